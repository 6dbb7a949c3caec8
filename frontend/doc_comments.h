// `///` comments, given to what they document.
#pragma once

#include <vector>

#include "frontend/ast.h"
#include "frontend/token.h"

namespace snnc::frontend {

/// Fills in the `doc` of declarations, members and statements (language.md section 1): a comment on
/// lines of its own belongs to what follows at once, one behind code to the last member (or
/// statement, or declaration) on that line. Others, between the parts of a statement, belong to
/// nothing. `tokens` is the result of scan().
void attach_doc_comments(const SourceManager& sources, const std::vector<Token>& tokens,
                         Program& program);

}  // namespace snnc::frontend
