// The state of a run between its pieces (language.md 8.3): for each tensor whose past is read its
// last values, and the number of steps so far.
//
// Windows of truncated training hand it on in memory, `run` through files. A piece that goes on
// needs a network that reads what is given (ir/passes/carry_past.h).
#pragma once

#include <functional>
#include <map>
#include <string>
#include <vector>

#include "driver/arrays.h"
#include "ir/passes/carry_past.h"

namespace snnc::driver {

/// The last values of one tensor, the oldest first: [depth, samples, shape…].
using PastValues = std::vector<float>;

class RunState {
 public:
    /// Makes the network, which must outlive it, read the pasts that are given.
    RunState(ir::Network& network, const std::vector<ir::Past>& pasts);

    /// What a piece must hand out so that the next can go on.
    std::vector<ir::TensorId> results() const;

    /// The next piece is the first one.
    void begin();
    bool resumed() const { return resumed_; }
    std::int64_t first_step() const { return first_step_; }

    /// Sets the state, for one that comes from a file.
    void resume_at(std::int64_t first_step);
    void set(ir::TensorId tensor, PastValues values) { values_[tensor] = std::move(values); }
    const std::map<ir::TensorId, PastValues>& values() const { return values_; }
    const std::vector<ir::CarriedPast>& carried() const { return carried_; }

    /// Before a piece: fills what the program reads of it.
    void give(PortValues& values, const ir::RunSize& size) const;
    /// The gradient of a carried past, in the order of its values, from those of what the network
    /// reads of it; `adjoint` gives the values of one, nullptr for none.
    using Adjoint = std::function<const std::vector<float>*(ir::TensorId)>;
    PastValues gradient(const ir::CarriedPast& one, const Adjoint& adjoint,
                        const ir::RunSize& size) const;
    /// After it: takes the values of its last steps.
    void take(const PortValues& values, const ir::RunSize& size);

 private:
    const ir::Network* network_;
    ir::TensorId resumed_number_, first_step_number_;
    std::vector<ir::CarriedPast> carried_;
    std::map<ir::TensorId, PastValues> values_;
    bool resumed_ = false;
    std::int64_t first_step_ = 0;
};

/// The values of the last `depth` steps, the oldest first, of a tensor whose values in this piece
/// are `course` and were `before` earlier (empty: `initial` at every earlier step, 0 if that is
/// empty too). `row` is the number of values in a step.
PastValues last_steps(const std::vector<float>& course, const PastValues& before,
                      const std::vector<float>& initial, std::size_t row, std::size_t depth);

}  // namespace snnc::driver
