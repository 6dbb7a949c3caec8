#include "driver/repl/completeness.h"

#include <vector>

#include "frontend/token.h"
#include "support/unicode.h"

namespace snnc::driver::repl {
namespace {

using frontend::Token;
using frontend::TokenType;

/// Without line ends; none for what is no text, which is told when it is read.
std::vector<TokenType> words(const std::string& input) {
    if (first_invalid_utf8(input)) return {};
    SourceManager sources;
    std::vector<TokenType> types;
    for (const Token& token : frontend::scan(sources, sources.add("", input)))
        if (token.type != TokenType::LineEnd) types.push_back(token.type);
    return types;
}

std::vector<TokenType> code(const std::string& input) {
    std::vector<TokenType> types = words(input);
    std::erase_if(types, frontend::is_comment);
    return types;
}

bool declares(TokenType type) {
    switch (type) {
        case TokenType::Encoder:
        case TokenType::Fn:
        case TokenType::Import:
        case TokenType::Loss:
        case TokenType::Network:
        case TokenType::Neuron:
        case TokenType::Surrogate:
        case TokenType::Train: return true;
        default: return false;
    }
}

}  // namespace

bool is_command(const std::string& input) {
    const auto first = input.find_first_not_of(" \t");
    return first != std::string::npos && input[first] == ':';
}

bool goes_on(const std::string& input) {
    if (is_command(input)) return false;
    std::vector<TokenType> types = words(input);
    const bool has_doc = !types.empty() && types.back() == TokenType::Doc;
    std::erase_if(types, frontend::is_comment);
    if (types.empty()) return has_doc;
    int depth = 0;
    for (const TokenType type : types) {
        if (frontend::is_opening(type)) ++depth;
        if (frontend::is_closing(type)) --depth;
    }
    if (types.back() == TokenType::Semicolon) types.pop_back();  // ends what stands before it
    return depth > 0 || (!types.empty() && frontend::continues_after(types.back()));
}

bool is_declaration(const std::string& input) {
    const std::vector<TokenType> types = code(input);
    if (types.empty()) return false;
    if (declares(types[0])) return true;
    // No expression begins with two words: a keyword is misspelt, or it is `snn 1`.
    const bool second_names = types.size() > 1 && frontend::is_name(types[1]);
    return frontend::is_name(types[0]) &&
           (second_names || (types[0] == TokenType::Snn && types.size() > 1));
}

bool says_something(const std::string& input) {
    return !code(input).empty() || first_invalid_utf8(input).has_value();
}

}  // namespace snnc::driver::repl
