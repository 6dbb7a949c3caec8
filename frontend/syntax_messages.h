// What to say where the tokens of a statement stop to fit the grammar.
//
// Used by parse.cpp. ANTLR only says which token is wrong and what could have stood there; the
// words are chosen here, the likely mistakes first.
#pragma once

#include <optional>

#include "frontend/parse_rules.h"

namespace snnc::frontend {

/// A statement that did not fit.
struct FaultyStatement {
    const std::vector<CodeToken>& tokens;  // its own, ended by EndOfFile
    SyntaxFault fault;
    Rule rule = Rule::Declaration;
    std::string_view place;                  // "a neuron", "a network", ...
    const CodeToken* before = nullptr;       // the code token before the statement
    TokenType after = TokenType::EndOfFile;  // the token behind it in the file
};

/// Reports the fault. If it is only that a separator is missing, gives the index of the token at
/// which the next statement begins.
std::optional<std::size_t> report_fault(const SourceManager& sources,
                                        const FaultyStatement& statement, Diagnostics& diagnostics);

/// The words with which a statement of the rule may begin, for suggestions.
std::vector<std::string> first_words(Rule rule);

}  // namespace snnc::frontend
