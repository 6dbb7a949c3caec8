// One compiled step program with the arrays that it reads and writes, bound by name.
#pragma once

#include <snnc/array.h>

#include <memory>

#include "driver/arrays.h"
#include "driver/pipeline.h"

namespace snnc::api {

/// The parameters of a model: one memory for all its programs, by name.
using Parameters = std::map<std::string, std::shared_ptr<driver::Values>>;

class Program {
 public:
    /// Takes the network as it is to be lowered; its parameters are those of the model.
    Program(driver::Machine& machine, ir::Network network, const ir::LoweringOptions& lowering,
            const Parameters& parameters);

    ir::Network& network() { return network_; }
    driver::PortValues& values() { return values_; }

    void run(const ir::RunSize& size, const ir::Draws& draws);
    void run_first(const ir::RunSize& size, const ir::Draws& draws);
    void run_second(const ir::RunSize& size, const ir::Draws& draws);

    /// The values of a result, which are moved out where they need no change:
    /// [steps, samples, shape…] if `with_steps`, else [samples, shape…], in the declared unit.
    Array take(ir::TensorId id, const ir::RunSize& size, bool with_steps);
    /// The same as a copy.
    Array copy(ir::TensorId id, const ir::RunSize& size, bool with_steps);

 private:
    ir::Network network_;
    ir::StepProgram program_;
    driver::PortValues values_;
    std::unique_ptr<driver::Engine> engine_;
};

/// The arrays of a call as the driver takes them. Error-free: shapes are checked there.
std::vector<driver::GivenArray> given(const Arrays& arrays);

/// Binds the inputs of a program. Those that are no results of it are read where the caller has
/// them.
void bind_inputs(driver::Session& session, Program& program,
                 const std::vector<ir::TensorId>& results, const Arrays& inputs,
                 driver::SizeFinder& sizes);

/// Of a parameter, or of its gradient, in PyTorch's shape.
Shape strides_of(const ir::Tensor& parameter);

/// A tensor as the caller sees it.
TensorInfo describe(const ir::Tensor& tensor);

}  // namespace snnc::api
