#include "frontend/token.h"

#include <cstddef>

namespace snnc::frontend {

namespace {

struct TokenInfo {
    std::string_view name, text;
    TokenClass kind;
};

constexpr TokenInfo token_infos[] = {
    {"EndOfFile", "", TokenClass::Other},
#define SNNC_TOKEN(name, antlr, text, class) {#name, text, TokenClass::class},
#include "frontend/token.def"
#undef SNNC_TOKEN
};

const TokenInfo& token_info(TokenType type) { return token_infos[static_cast<std::size_t>(type)]; }

bool is_joining(TokenType type) {
    switch (type) {
        case TokenType::Plus:
        case TokenType::Minus:
        case TokenType::Star:
        case TokenType::Slash:
        case TokenType::Hat:
        case TokenType::Less:
        case TokenType::LessEqual:
        case TokenType::Greater:
        case TokenType::GreaterEqual:
        case TokenType::Equal:
        case TokenType::NotEqual:
        case TokenType::Assign:
        case TokenType::Tilde:
        case TokenType::Arrow:
        case TokenType::FatArrow:
        case TokenType::Bar:
        case TokenType::Comma:
        case TokenType::Colon:
        case TokenType::Dot:
        case TokenType::And:
        case TokenType::Or:
        case TokenType::In:
        case TokenType::As:
        case TokenType::Recurrent:
        case TokenType::Else: return true;
        default: return false;
    }
}

}  // namespace

std::string_view type_name(TokenType type) { return token_info(type).name; }
std::string_view spelling(TokenType type) { return token_info(type).text; }
TokenClass token_class(TokenType type) { return token_info(type).kind; }

bool is_name(TokenType type) {
    return type == TokenType::Name || token_class(type) == TokenClass::SoftKeyword;
}

bool is_keyword(TokenType type) { return token_class(type) == TokenClass::Keyword; }

bool ends_value(TokenType type) {
    return is_name(type) || type == TokenType::Number || is_closing(type);
}

bool is_opening(TokenType type) {
    return type == TokenType::LeftParen || type == TokenType::LeftBracket ||
           type == TokenType::LeftBrace;
}

bool is_closing(TokenType type) {
    return type == TokenType::RightParen || type == TokenType::RightBracket ||
           type == TokenType::RightBrace;
}

TokenType partner(TokenType bracket) {
    switch (bracket) {
        case TokenType::LeftParen: return TokenType::RightParen;
        case TokenType::RightParen: return TokenType::LeftParen;
        case TokenType::LeftBracket: return TokenType::RightBracket;
        case TokenType::RightBracket: return TokenType::LeftBracket;
        case TokenType::LeftBrace: return TokenType::RightBrace;
        case TokenType::RightBrace: return TokenType::LeftBrace;
        default: return bracket;
    }
}

bool is_comment(TokenType type) { return type == TokenType::Doc || type == TokenType::Comment; }

bool continues_after(TokenType type) {
    return is_joining(type) || type == TokenType::Not || is_opening(type) ||
           type == TokenType::Semicolon;
}

bool continues_before(TokenType type) {
    return is_joining(type) || type == TokenType::LeftBrace || is_closing(type) ||
           type == TokenType::Semicolon || type == TokenType::EndOfFile;
}

}  // namespace snnc::frontend
