// Forms that beginners expect of the language and that it writes in another way: lists without
// commas, arrows that point back, derivatives as on paper. What whole other languages write stands
// in foreign_habits.h.
#pragma once

#include "frontend/fault_view.h"

namespace snnc::frontend {

/// Reports the fault if it is a form of a formula or of an event.
bool report_foreign_formula(const FaultView& fault, Diagnostics& diagnostics);

/// The same of `beta v` and `tanh x`, where nothing else explains the fault.
bool report_values_side_by_side(const FaultView& fault, Diagnostics& diagnostics);

/// Reports the fault if it is a form of a chain, a list or a declaration.
bool report_foreign_form(const FaultView& fault, Diagnostics& diagnostics);

}  // namespace snnc::frontend
