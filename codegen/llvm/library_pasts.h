// The state of a run in generated code: what a piece is given of earlier steps, and what it keeps
// for the next (driver/run_state.h has the same for files). Included by codegen/llvm/library_*.cpp.
#pragma once

#include <map>

#include "codegen/llvm/library_builder.h"

namespace snnc::codegen {

class PastsEmitter {
 public:
    /// What the function around it knows.
    struct Run {
        llvm::Value *state, *resumed, *steps, *samples;
        const std::map<ir::TensorId, llvm::Value*>& ports;
    };
    PastsEmitter(EntryBuilder& f, const LibraryProgram& program, const Run& run)
        : f_(f), program_(program), run_(run) {}

    /// Before the run: fills what the program reads of earlier steps.
    void give();
    /// After it: the last steps, behind what is left of earlier ones.
    void keep();

 private:
    template <class Body>
    void for_each(const Body& body);
    llvm::Value* row_of(const ir::CarriedPast& past);
    llvm::Value* fewer(llvm::Value* count, std::int64_t most);
    void begin(const ir::CarriedPast& past, llvm::Value* place, llvm::Value* row);

    EntryBuilder& f_;
    const LibraryProgram& program_;
    Run run_;
};

}  // namespace snnc::codegen
