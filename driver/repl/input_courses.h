// The inputs of a run as arrays, piece by piece: files, and expressions over the steps
// (input_source.h).
#pragma once

#include <memory>
#include <vector>

#include "driver/arrays.h"
#include "driver/repl/input_source.h"
#include "driver/repl/plan.h"

namespace snnc::driver::repl {

class InputCourses {
 public:
    /// Reads the files of the plan, which must outlive this.
    InputCourses(Session& session, const Plan& plan);

    /// What the files say of the run's size, for tensors (inputs, targets) of the network.
    void see_sizes(const ir::Network& network, const std::vector<ir::TensorId>& tensors,
                   SizeFinder& sizes) const;
    /// Makes ready what expressions give to these tensors, in a run of this size.
    void prepare(const ir::Network& network, const std::vector<ir::TensorId>& tensors,
                 const ir::RunSize& size);
    /// Others in the place of some of them, from the step `first` on. Where that fails all stays as
    /// it was.
    void replace(const std::vector<Given>& inputs, const ir::Network& network,
                 const ir::RunSize& size, std::int64_t first);
    /// StepsDiffer where a file has fewer steps than these.
    void check_length(const ir::Network& network, std::int64_t steps) const;
    /// All arrays, cut to these steps where they have steps. They stay until the next call, which
    /// must not be of earlier steps.
    std::vector<GivenArray> piece(const ir::Network& network, std::int64_t first,
                                  std::int64_t count);
    /// What the file of this name holds, if there is one.
    const runtime::Array* find_file(const std::string& name) const;

    /// A file, not an expression.
    static bool is_file(const Given& given);

 private:
    struct Course {
        explicit Course(Given given);
        Given given;
        runtime::Array array;                 // of a file all, else of the piece
        std::unique_ptr<InputSource> source;  // of an expression, once it is prepared
    };
    std::unique_ptr<InputSource> source_of(const Given& given, const ir::Network& network,
                                           const ir::Tensor& tensor, const ir::RunSize& size,
                                           std::int64_t first);

    Session& session_;
    const Plan& plan_;
    Machine machine_;
    std::vector<Course> courses_;
};

}  // namespace snnc::driver::repl
