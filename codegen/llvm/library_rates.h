// The numbers that the update equations read (ir::optimizer_number), computed by the library: the
// learning rate along its schedule, the corrections of an average's beginning. Included by
// codegen/llvm/library_*.cpp.
#pragma once

#include "codegen/llvm/library_builder.h"

namespace snnc::codegen {

class RatesEmitter {
 public:
    /// `optimizer`: the block; `learning_rate`: a double, 0 for that of the train block.
    RatesEmitter(EntryBuilder& f, const ir::Training& settings, llvm::Value* optimizer,
                 llvm::Value* learning_rate);

    /// The double of that name for the update at hand. Throws std::logic_error for one that is no
    /// optimiser's.
    llvm::Value* number(const std::string& name);

 private:
    /// Values on the way along a schedule.
    struct Place {
        llvm::Value *k, *rest, *updates_per_epoch;
    };
    llvm::Value* real(double value) { return llvm::ConstantFP::get(f_.ir.getDoubleTy(), value); }
    llvm::Value* word(llvm::Value* optimizer, OptimizerWord word);
    llvm::Value* smaller(llvm::Value* a, llvm::Value* b);
    llvm::Value* factor(llvm::Value* optimizer);
    llvm::Value* factor_from(std::size_t segment, const Place& place);
    llvm::Value* length_of(const ir::ScheduleSegment& segment, const Place& place);
    llvm::Value* factor_at(const ir::ScheduleSegment& segment, llvm::Value* k, llvm::Value* length);

    EntryBuilder& f_;
    const ir::Training& settings_;
    llvm::Value *update_, *rate_;  // from 1; of the schedule
};

}  // namespace snnc::codegen
