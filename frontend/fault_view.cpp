#include "frontend/fault_view.h"

#include <algorithm>

namespace snnc::frontend {

namespace {

constexpr std::size_t longest_quote = 40;  // bytes

}  // namespace

bool is_end(TokenType type) {
    return type == TokenType::EndOfFile || type == TokenType::Separator ||
           type == TokenType::Semicolon;
}

FaultView::FaultView(const SourceManager& sources, const FaultyStatement& statement)
    : sources_(sources),
      statement_(statement),
      wrong_(statement.tokens[statement.fault.token].token) {
    if (statement.fault.token > 0) last_ = statement.tokens[statement.fault.token - 1].token;
}

Token FaultView::token_at(std::size_t offset) const {
    const std::size_t at = statement_.fault.token + offset;
    return at < statement_.tokens.size() ? statement_.tokens[at].token
                                         : Token{TokenType::EndOfFile, wrong_.range};
}

bool FaultView::expects(TokenType type) const {
    const auto& expected = statement_.fault.expected;
    return std::find(expected.begin(), expected.end(), type) != expected.end();
}

bool FaultView::seen(TokenType type) const {
    const auto begin = statement_.tokens.begin();
    return std::any_of(begin, begin + static_cast<std::ptrdiff_t>(statement_.fault.token),
                       [&](const CodeToken& t) { return t.token.type == type; });
}

std::string FaultView::text(const SourceRange& range) const {
    return std::string(sources_.text(range));
}

std::string FaultView::quoted(const Token& token) const {
    const std::string all = text(token);
    if (all.size() > longest_quote || all.find('\n') != std::string::npos) {
        return token.type == TokenType::String ? "the string" : "this";
    }
    return "`" + all + "`";
}

std::string FaultView::found() const {
    if (!is_end(wrong_.type)) {
        return (is_keyword(wrong_.type) ? "the keyword " : "") + quoted(wrong_);
    }
    const TokenType after = wrong_.type == TokenType::EndOfFile ? statement_.after : wrong_.type;
    if (after == TokenType::EndOfFile) return "the end of the file";
    if (after == TokenType::Separator) return "the end of the line";
    return "`" + std::string(spelling(after)) + "`";
}

SourceRange FaultView::place() const {
    return !is_end(wrong_.type) || at_start() ? wrong_.range : gap();
}

}  // namespace snnc::frontend
