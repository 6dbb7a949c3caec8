// Runs a lowered network and compares it with the naive evaluation of its definitions.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <vector>

#include "ir/interpreter/interpreter.h"
#include "ir/net/network.h"
#include "ir/step/program.h"

namespace snnc::ir::test {

/// Values of a run by tensor: what was given (before) and what came out (after), row-major.
struct Run {
    std::map<std::uint32_t, std::vector<double>> given;
    std::map<std::uint32_t, std::vector<double>> results;
    const std::vector<double>& operator[](TensorId id) const { return results.at(id.index); }
};

/// Interprets in Real with the given values; the rest is drawn from `seed` (indices in 0 … 2).
template <class Real>
Run run(const Network& network, const StepProgram& program, const RunSize& size, std::uint64_t seed,
        std::map<std::uint32_t, std::vector<double>> given = {}, const Draws& draws = {});

/// Runs in float by something else than the interpreter: `execute` gets the arguments of the ports.
Run run_by(const Network& network, const StepProgram& program, const RunSize& size,
           std::uint64_t seed, const std::function<void(const std::vector<void*>&)>& execute,
           std::map<std::uint32_t, std::vector<double>> given = {});

/// Lowers, verifies, interprets in double, and expects every result and updated tensor to be what
/// the definitions say, to the last bit. Returns the program.
StepProgram expect_as_defined(const Network& network, const LoweringOptions& options,
                              const RunSize& size, std::uint64_t seed, const Draws& draws = {},
                              const std::map<std::uint32_t, std::vector<double>>& given = {});

}  // namespace snnc::ir::test
