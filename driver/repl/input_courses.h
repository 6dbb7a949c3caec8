// The inputs of a run as arrays: files, and expressions over the steps.
//
// `I = 0.3`, `I = if t > 10 { 1 } else { 0 }`, `I ~ bernoulli(0.2)` are what an encoder without
// inputs could say; such a one is made and run.
#pragma once

#include <optional>
#include <vector>

#include "driver/arrays.h"
#include "driver/repl/plan.h"

namespace snnc::driver::repl {

class InputCourses {
 public:
    /// Reads the files of the plan.
    InputCourses(Session& session, const Plan& plan);

    /// What the files say of the run's size, for tensors (inputs, targets) of the network.
    void see_sizes(const ir::Network& network, const std::vector<ir::TensorId>& tensors,
                   SizeFinder& sizes) const;
    /// Works out those of these tensors for a run of this size; files must fit it.
    void prepare(const ir::Network& network, const std::vector<ir::TensorId>& tensors,
                 const ir::RunSize& size);
    /// All arrays, cut to these steps where they have steps.
    std::vector<GivenArray> piece(const ir::Network& network, std::int64_t first,
                                  std::int64_t count) const;
    /// What the file or the expression of this name gave, if it is given.
    const runtime::Array* find(const std::string& name) const;

    /// A file, not an expression.
    static bool is_file(const Given& given);

 private:
    struct Course {
        Given given;
        runtime::Array array;
    };
    runtime::Array worked_out(const Given& given, const ir::Network& network,
                              const ir::Tensor& tensor, const ir::RunSize& size);

    Session& session_;
    const Plan& plan_;
    std::vector<Course> courses_;
};

}  // namespace snnc::driver::repl
