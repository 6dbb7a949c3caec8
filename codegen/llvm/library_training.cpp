// A train block as functions: loss and gradients, steps of the optimizer.
#include "codegen/llvm/library_arguments.h"

namespace snnc::codegen {
namespace {

using llvm::Value;

constexpr const char* grad_check_name = "grad_check";
constexpr const char* update_check_name = "update_check";

class TrainingEmitter {
 public:
    TrainingEmitter(EntryFrame& frame, const CompiledTraining& training, const LibrarySizes& sizes,
                    Exports& exports)
        : frame_(frame),
          model_(*frame.model.training),
          training_(training),
          sizes_(sizes),
          exports_(exports) {}

    void emit() {
        emit_grad();
        emit_grad_memory();
        emit_begin();
        emit_update();
    }

 private:
    /// The program that also makes gradients of inputs runs where they are asked for.
    void emit_grad() {
        std::vector<const CompiledProgram*> programs{&training_.gradients};
        if (training_.input_gradients) programs.push_back(&*training_.input_gradients);
        emit_check(frame_, grad_check_name, Interface::Grad, programs,
                   {sizes_.gradients, sizes_.input_gradients});
        llvm::Constant* go = emit_choice(frame_, training_.gradients);
        llvm::Constant* go_with_inputs =
            training_.input_gradients ? emit_choice(frame_, *training_.input_gradients) : nullptr;
        EntryBuilder f = exports_.add("grad", frame_.i32(), {frame_.pointer()});
        require_checked(f, grad_check_name);
        Arguments arguments(f, Interface::Grad, f.argument(0));
        if (go_with_inputs) {
            auto* more = llvm::BasicBlock::Create(frame_.context, "with_inputs", f.function);
            auto* usual = llvm::BasicBlock::Create(frame_.context, "usual", f.function);
            f.ir.CreateCondBr(arguments.wants_input_gradients(), more, usual);
            f.ir.SetInsertPoint(more);
            return_result(f, go_with_inputs, f.ir.getFalse());
            f.ir.SetInsertPoint(usual);
        }
        return_result(f, go, f.ir.getFalse());
    }

    /// i64 P_grad_memory_bytes(i64 steps, i64 samples, i32 with_inputs)
    void emit_grad_memory() {
        EntryBuilder f = exports_.add("grad_memory_bytes", frame_.i64(),
                                      {frame_.i64(), frame_.i64(), frame_.i32()});
        Value* steps = f.argument(0);
        Value* samples = f.argument(1);
        Value* bytes = f.ir.CreateSelect(f.ir.CreateICmpNE(f.argument(2), f.ir.getInt32(0)),
                                         f.evaluate(sizes_.input_gradients, steps, samples),
                                         f.evaluate(sizes_.gradients, steps, samples));
        f.return_size(bytes, steps, samples);
    }

    /// i32 P_begin_optimizer(ptr block, i64 bytes, i64 updates, i64 updates_per_epoch)
    void emit_begin() {
        EntryBuilder f = exports_.add("begin_optimizer", frame_.i32(),
                                      {frame_.pointer(), frame_.i64(), frame_.i64(), frame_.i64()});
        Value* block = f.argument(0);
        f.require_given(block, LibraryError::OptimizerNull);
        f.require_equal(f.argument(1), model_.optimizer_bytes, LibraryError::OptimizerSize);
        for (const unsigned count : {2u, 3u})
            f.require(f.ir.CreateICmpSGT(f.argument(count), f.number(0)),
                      LibraryError::UpdatesOutOfRange);
        f.zero(block, f.number(model_.optimizer_bytes));
        f.store_word(block, OptimizerWord::Identity,
                     f.number(std::int64_t(model_.update.identity)));
        f.store_word(block, OptimizerWord::Updates, f.argument(2));
        f.store_word(block, OptimizerWord::UpdatesPerEpoch, f.argument(3));
        f.return_code(LibraryError::None);
    }

    void emit_update() {
        emit_check(frame_, update_check_name, Interface::Update, {&training_.update},
                   {sizes_.update});
        llvm::Constant* go = emit_choice(frame_, training_.update);
        EntryBuilder f = exports_.add("update", frame_.i32(), {frame_.pointer()});
        require_checked(f, update_check_name);
        return_result(f, go, f.ir.getFalse());
    }

    EntryFrame& frame_;
    const LibraryTraining& model_;
    const CompiledTraining& training_;
    const LibrarySizes& sizes_;
    Exports& exports_;
};

}  // namespace

void emit_training_functions(EntryFrame& frame, const CompiledTraining& training,
                             const LibrarySizes& sizes, Exports& exports) {
    TrainingEmitter(frame, training, sizes, exports).emit();
}

}  // namespace snnc::codegen
