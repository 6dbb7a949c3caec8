// Readers of a copy read the original. Runs after differentiation, before lowering.
//
// Chains and adjoints name the same values several times over:
//     before                          after
//     hidden.I = fc1                  hidden.I = fc1
//     hidden.v[t] = … + hidden.I      hidden.v[t] = … + fc1
// The copy keeps its definition, so that it can be recorded; where nobody asks for it, lowering
// does not compute it any more.
#pragma once

#include "ir/net/network.h"

namespace snnc::ir {

/// Rewrites every definition and update. A formula is a copy if it reads one tensor at its own step
/// and nothing else. Where the original has fewer axes (the adjoint of a sum), formulas read it
/// directly, operators and reads of other steps the copy; a read of the past is also left alone
/// where the two differ before the first step. Values do not change.
void forward_copies(Network& network);

}  // namespace snnc::ir
