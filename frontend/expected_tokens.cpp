#include "frontend/expected_tokens.h"

#include <iterator>
#include <set>

namespace snnc::frontend {

std::string expected_list(const std::vector<TokenType>& expected, TokenType last) {
    std::set<TokenType> rest(expected.begin(), expected.end());
    std::vector<std::string> items;
    const auto remove_words = [&] {
        for (auto it = rest.begin(); it != rest.end();) {
            const bool word = is_name(*it) || is_keyword(*it);
            it = word ? rest.erase(it) : std::next(it);
        }
    };
    const bool value = rest.count(TokenType::Number) != 0 && rest.count(TokenType::Minus) != 0;
    const bool any_operator = rest.count(TokenType::Plus) != 0 && rest.count(TokenType::Star) != 0;
    if (value) {
        items.emplace_back("an expression");
        remove_words();
        rest.erase(TokenType::Number);
        rest.erase(TokenType::Minus);
        rest.erase(TokenType::LeftParen);
    } else if (rest.count(TokenType::Name) != 0) {
        items.emplace_back("a name");
        remove_words();
    }
    if (any_operator) {
        for (const TokenType type :
             {TokenType::Plus, TokenType::Minus, TokenType::Star, TokenType::Slash, TokenType::Hat,
              TokenType::Less, TokenType::LessEqual, TokenType::Greater, TokenType::GreaterEqual,
              TokenType::Equal, TokenType::NotEqual, TokenType::And, TokenType::Or,
              TokenType::Surrogate}) {
            rest.erase(type);
        }
    }
    if (any_operator || ends_value(last)) {
        // They could go on with what is complete; nobody misses them.
        for (const TokenType type :
             {TokenType::Dot, TokenType::LeftParen, TokenType::LeftBracket}) {
            if (rest.size() > 1 || any_operator) rest.erase(type);
        }
    }
    const bool end = rest.count(TokenType::EndOfFile) != 0;
    for (const TokenType type :
         {TokenType::EndOfFile, TokenType::Separator, TokenType::Semicolon}) {
        rest.erase(type);
    }
    for (const TokenType type : rest) {
        if (!spelling(type).empty()) items.push_back("`" + std::string(spelling(type)) + "`");
        if (type == TokenType::Number) items.emplace_back("a number");
        if (type == TokenType::String) items.emplace_back("a string");
    }
    if (any_operator && items.empty()) items.emplace_back("an operator");
    if (end) items.emplace_back("the end of the statement");
    if (items.size() > 4) return {};
    std::string list;
    for (std::size_t i = 0; i < items.size(); ++i) {
        if (i > 0) list += i + 1 == items.size() ? " or " : ", ";
        list += items[i];
    }
    return list;
}

}  // namespace snnc::frontend
