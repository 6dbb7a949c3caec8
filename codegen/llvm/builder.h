// The frame in which all generated code stands: the module, the run context, addresses of tensor
// elements, loops. Included by codegen/llvm only.
#pragma once

#include <llvm/IR/IRBuilder.h>
#include <llvm/IR/LLVMContext.h>
#include <llvm/IR/Module.h>

#include <functional>
#include <string>

#include "codegen/llvm/loops.h"
#include "codegen/plan.h"

namespace snnc::codegen {

/// Everything that the emitters of one module share.
struct ModuleFrame {
    const ir::Network& network;
    const ir::StepProgram& program;
    const BufferPlan& plan;
    llvm::LLVMContext& context;
    llvm::Module& module;
};

/// An IRBuilder positioned in one function `void f(RunContext*, i64 task, i64 thread)` (or the
/// driver `void f(RunContext*)`), with the words of our domain.
class FunctionBuilder {
 public:
    FunctionBuilder(ModuleFrame& frame, const std::string& name, bool task);

    ModuleFrame& frame;
    llvm::IRBuilder<> ir;
    llvm::Function* function;
    llvm::Value* run;               // RunContext*
    llvm::Value* task = nullptr;    // number of the task
    llvm::Value* thread = nullptr;  // number of the thread

    llvm::Type* f32() { return ir.getFloatTy(); }
    llvm::Value* number(std::int64_t value) { return ir.getInt64(std::uint64_t(value)); }
    llvm::Constant* real(double value) {
        return llvm::ConstantFP::get(f32(), double(float(value)));
    }
    llvm::VectorType* vector(llvm::Type* element) {
        return llvm::FixedVectorType::get(element, unsigned(frame.plan.lanes));
    }

    /// Fields of the run context.
    llvm::Value* steps() { return field(0, "steps"); }
    llvm::Value* samples() { return field(1, "samples"); }
    llvm::Value* step() { return field(2, "step"); }
    void set_step(llvm::Value* value);
    llvm::Value* scratch_of_thread();
    llvm::Value* parallel_for() { return pointer_field(6); }
    llvm::Value* kernel_memory() { return pointer_field(11); }
    llvm::Value* slot(std::int32_t index);
    /// i32 words that random numbers are made of.
    llvm::Value* key(ir::StreamId stream, unsigned word);
    llvm::Value* sample_number(llvm::Value* sample);
    llvm::Value* epoch();
    llvm::Value* first_step();
    llvm::Value* part();

    /// First byte of the row of a tensor's slot at a step and sample (each may be null where the
    /// tensor does not have it).
    llvm::Value* row(std::int32_t slot, llvm::Value* step, llvm::Value* sample);
    llvm::Value* at(llvm::Value* base, llvm::Value* index, llvm::Type* element) {
        return ir.CreateInBoundsGEP(element, base, index);
    }

    void when(llvm::Value* condition, const std::function<void()>& body) {
        emit_branch(ir, condition, body, [] {});
    }
    /// for (i = begin; i < end; ++i) body(i); the body may add blocks.
    void loop(llvm::Value* begin, llvm::Value* end, const std::function<void(llvm::Value*)>& body) {
        emit_loop(ir, begin, end, body);
    }
    /// The same with a value carried from one round to the next; returns the last.
    llvm::Value* fold(
        llvm::Value* begin, llvm::Value* end, llvm::Value* start,
        const std::function<llvm::Value*(llvm::Value* i, llvm::Value* carried)>& body) {
        return emit_fold(ir, begin, end, start, body);
    }
    /// while (carried != 0) carried = body(carried).
    void while_nonzero(llvm::Value* start, const std::function<llvm::Value*(llvm::Value*)>& body);

    /// Calls an intrinsic or a function of the C library on floats.
    llvm::Value* libm(const std::string& name, const std::vector<llvm::Value*>& arguments);

    void finish() { ir.CreateRetVoid(); }

 private:
    llvm::Value* field(unsigned index, const char* name);
    llvm::Value* pointer_field(unsigned index);
    llvm::Value* word_of_run(unsigned array, llvm::Value* index);
};

/// The type of a run context, made once for each module.
llvm::StructType* run_context_type(llvm::LLVMContext& context);

}  // namespace snnc::codegen
