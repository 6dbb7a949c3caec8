// The syntax tree and the tokens as text: `emit --stage=ast`, `emit --stage=tokens`.
#pragma once

#include <string>
#include <string_view>

#include "frontend/ast.h"
#include "support/source.h"

namespace snnc::frontend {

/// As it is written: "+", "and".
std::string_view symbol(BinaryOperator op);

/// An indented tree, a line for each declaration and statement, expressions in prefix form:
/// `v[t] = beta*v[t-1] + I` is `equation v[t] = (+ (* beta v[(- t 1)]) I)`.
std::string print_ast(const Program& program);

/// An expression in prefix form.
std::string print_expression(const Expr& expression);

/// A line for each token: place, type, text. Line ends appear only where they separate statements.
std::string print_tokens(const SourceManager& sources, FileId file);

}  // namespace snnc::frontend
