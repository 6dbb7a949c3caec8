// The one interface of code generation: a step program becomes something that runs.
//
// Neither Halide nor LLVM types appear here. The kernels are compiled for the target's vector
// width; steps and samples are free at each call.
#pragma once

#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

#include "codegen/target.h"
#include "ir/interpreter/interpreter.h"
#include "ir/net/network.h"
#include "ir/step/program.h"

namespace snnc::codegen {

struct CompileOptions {
    Target target = Target::host();
    std::string cache_folder;  // empty: no cache on disk
    int threads = 0;           // 0: SNNC_THREADS, else all processors this process may use
};

/// Of a program in two parts (ir::StepProgram::first_part). The second goes on from what the first
/// has left in the buffers, with the same size and the same ports.
enum class Part : std::int64_t { Both = 0, First = 1, Second = 2 };

/// A compiled step program with its buffers and threads: one run at a time.
class Executable {
 public:
    virtual ~Executable() = default;
    /// Arguments as for ir::interpret<float>. Scratch memory is kept by the executable between
    /// runs of the same size.
    virtual void run(const ir::RunSize& size, const std::vector<void*>& ports,
                     const ir::Draws& draws, Part part) = 0;
    void run(const ir::RunSize& size, const std::vector<void*>& ports,
             const ir::Draws& draws = {}) {
        run(size, ports, draws, Part::Both);
    }
    /// True when every kernel came from the cache.
    virtual bool from_cache() const = 0;
};

/// Throws CompileFailure (a defect of snnc) if the generated code is refused by Halide or LLVM.
struct CompileFailure : std::runtime_error {
    using std::runtime_error::runtime_error;
};
std::unique_ptr<Executable> compile(const ir::Network& network, const ir::StepProgram& program,
                                    const CompileOptions& options);

/// Text of a stage: "halide", "llvm", "asm".
std::string emit(const ir::Network& network, const ir::StepProgram& program,
                 const CompileOptions& options, const std::string& stage);

}  // namespace snnc::codegen
