// A statement that does not fit the grammar, as the words about it need it: the wrong token, what
// stands before it, what could have stood there. Shared by syntax_messages.cpp, which chooses the
// message, and foreign_habits.cpp, which knows what other languages write.
#pragma once

#include <string>
#include <vector>

#include "frontend/syntax_messages.h"

namespace snnc::frontend {

class FaultView {
 public:
    FaultView(const SourceManager& sources, const FaultyStatement& statement);

    const FaultyStatement& statement() const { return statement_; }
    const Token& wrong() const { return wrong_; }
    const Token& last() const { return last_; }  // before the wrong one, if it is not the first
    const CodeToken& first() const { return statement_.tokens.front(); }
    bool at_start() const { return statement_.fault.token == 0; }
    bool on_new_line() const { return statement_.tokens[statement_.fault.token].starts_line; }

    /// The token `offset` places behind the wrong one; EndOfFile beyond the statement.
    Token token_at(std::size_t offset) const;
    TokenType type_at(std::size_t offset) const { return token_at(offset).type; }

    /// Could a token of this type have stood in the wrong one's place?
    bool expects(TokenType type) const;
    /// Could an expression?
    bool expects_value() const { return expects(TokenType::Number) && expects(TokenType::Minus); }
    /// Does a token of this type stand before the wrong one?
    bool seen(TokenType type) const;

    std::string text(const Token& token) const { return text(token.range); }
    std::string text(const SourceRange& range) const;
    /// For a message: "`word`".
    std::string quoted(const Token& token) const;
    /// What was found in place of the expected.
    std::string found() const;
    /// The wrong token; at an end, the place behind the last token.
    SourceRange place() const;
    /// The place between the last and the wrong token.
    SourceRange gap() const { return {last_.range.file, last_.range.end, last_.range.end}; }

 private:
    const SourceManager& sources_;
    const FaultyStatement& statement_;
    Token wrong_;
    Token last_;
};

/// Does the token end a statement?
bool is_end(TokenType type);

}  // namespace snnc::frontend
