// Walking over expressions without asking what they mean.
#pragma once

#include <functional>

#include "frontend/ast.h"

namespace snnc::frontend {

using VisitExpression = std::function<void(const Expr&)>;

/// Calls `visit` for the expression and everything below it, arguments and indices included.
void for_each_expression(const Expr& root, const VisitExpression& visit);

/// The same for all expressions of a member of a cell.
void for_each_expression(const Member& member, const VisitExpression& visit);

}  // namespace snnc::frontend
