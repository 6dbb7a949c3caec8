// The words of a .snn text, as the lexer finds them.
//
// Shared by the parser (through layout.h), the formatter, `emit --stage=tokens` and editors.
#pragma once

#include <string_view>
#include <vector>

#include "support/source.h"

namespace snnc::frontend {

enum class TokenType {
    EndOfFile,
#define SNNC_TOKEN(name, antlr, text, class) name,
#include "frontend/token.def"
#undef SNNC_TOKEN
};

enum class TokenClass { Other, Keyword, SoftKeyword, Symbol };

struct Token {
    TokenType type = TokenType::EndOfFile;
    SourceRange range;
};

/// The enumerator's name, "LeftParen".
std::string_view type_name(TokenType type);

/// How a keyword or symbol is written; empty for numbers, names and the like.
std::string_view spelling(TokenType type);

TokenClass token_class(TokenType type);

/// A word that may name something: an identifier or one of the keywords that are free as names.
bool is_name(TokenType type);

/// A reserved word.
bool is_keyword(TokenType type);

/// May be the last word of an expression.
bool ends_value(TokenType type);

/// Opens or closes a bracket.
bool is_opening(TokenType type);
bool is_closing(TokenType type);
/// The partner of a bracket.
TokenType partner(TokenType bracket);

/// A comment of either kind.
bool is_comment(TokenType type);

/// A line that ends with such a token goes on in the next line (language.md section 1).
bool continues_after(TokenType type);
/// A line that begins with such a token belongs to the line before.
bool continues_before(TokenType type);

/// All tokens but blanks, in the order of the text, without an end mark: line ends, comments and
/// characters that belong to no token (type Unknown) included. Needs a file that is valid UTF-8;
/// never fails.
std::vector<Token> scan(const SourceManager& sources, FileId file);

}  // namespace snnc::frontend
