// Runs rules of the grammar on tokens; hides ANTLR from the rest of the parser.
//
// Between layout.h and parse.cpp. A rule either fits, then its tree is built (and what the grammar
// leaves open is checked), or it faults at one token; there is no recovery inside a rule.
#pragma once

#include <optional>
#include <vector>

#include "frontend/ast.h"
#include "frontend/layout.h"
#include "support/diagnostics.h"

namespace snnc::frontend {

enum class Rule { Version, Declaration, Member, NetworkStatement, TrainStatement };

/// Where the tokens stop to fit.
struct SyntaxFault {
    std::size_t token = 0;            // index into the tokens given
    std::vector<TokenType> expected;  // what could have stood there; may be incomplete
};

/// How hard to look: Fast decides on the tokens alone (SLL), Exact takes the context into account
/// and gives the expected tokens of a fault.
enum class Effort { Fast, Exact };

/// A whole file. On success fills `program`.
std::optional<SyntaxFault> parse_program(const SourceManager& sources,
                                         const std::vector<CodeToken>& tokens, Effort effort,
                                         Program& program, Diagnostics& diagnostics);

/// One statement, which must take all tokens; its tree is checked and dropped.
std::optional<SyntaxFault> check_statement(const SourceManager& sources,
                                           const std::vector<CodeToken>& tokens, Rule rule,
                                           Diagnostics& diagnostics);

/// One expression, which must take all tokens.
std::optional<SyntaxFault> parse_lone_expression(const SourceManager& sources,
                                                 const std::vector<CodeToken>& tokens,
                                                 ExprPtr& expression, Diagnostics& diagnostics);

}  // namespace snnc::frontend
