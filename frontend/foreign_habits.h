// What people write who come from Python, MATLAB, C or Brian2, and what is written here instead.
#pragma once

#include <string>

#include "frontend/fault_view.h"

namespace snnc::frontend {

/// Reports the fault if it is a habit of another language.
bool report_foreign_habit(const FaultView& fault, Diagnostics& diagnostics);

/// What to write instead of a statement that begins with a word such as `class`; empty for others.
std::string instead_of_statement(const std::string& word);

}  // namespace snnc::frontend
