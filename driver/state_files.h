// The state of a run in files: what `--state` reads and `--save-state` writes (language.md 8.3).
//
// A folder holds `step.npy`, the number of steps so far, and NAME.VAR.npy for everything whose past
// is read: [batch, shape…], the value after the last step; where equations read further back than
// that, [depth, batch, shape…], the last values, the oldest first.
#pragma once

#include <optional>
#include <set>
#include <string>
#include <vector>

#include "driver/run_state.h"

namespace snnc::driver {

/// What `--state` gave.
struct GivenState {
    /// Given values before the first step, in the place of their formulas.
    std::vector<ir::TensorId> initials;
    /// Longer pasts, and the step from which the run goes on.
    std::optional<RunState> state;
    /// Of the longer pasts those for which one value stands for every step.
    std::set<ir::TensorId> repeated;
    std::int64_t first_step() const { return state ? state->first_step() : 0; }
};

/// Each text is NAME.VAR=V.npy, step=N.npy, or a folder. The network is made to read what it needs.
/// Reports as bind_states() does.
GivenState read_states(Session& session, ir::Network& network,
                       const std::vector<std::string>& texts, SizeFinder& sizes,
                       PortValues& values);

/// What a run must keep to be gone on with.
class SavedState {
 public:
    /// Adds to the network what it has to hand out; make it after read_states().
    explicit SavedState(ir::Network& network);

    const std::vector<ir::TensorId>& results() const { return results_; }
    /// Writes the folder after the run. WriteFailed.
    void write(const std::string& folder, const PortValues& values, const ir::RunSize& size,
               const GivenState& before) const;

 private:
    struct Kept {
        ir::TensorId variable;
        int depth = 1;
        ir::TensorId result;  // the last value, or for longer pasts the variable itself
    };

    runtime::Array array(const Kept& kept, const PortValues& values, const ir::RunSize& size,
                         const GivenState& before) const;

    ir::Network& network_;
    std::vector<Kept> kept_;
    std::vector<ir::TensorId> results_;
};

}  // namespace snnc::driver
