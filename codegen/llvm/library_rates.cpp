#include "codegen/llvm/library_rates.h"

#include <numbers>
#include <stdexcept>

namespace snnc::codegen {

using llvm::Value;
using Segment = ir::ScheduleSegment;

// Operation for operation what driver/schedule.cpp and ir::optimizer_number compute.

RatesEmitter::RatesEmitter(EntryBuilder& f, const ir::Training& settings, Value* optimizer,
                           Value* learning_rate)
    : f_(f), settings_(settings) {
    update_ = f_.ir.CreateFAdd(word(optimizer, OptimizerWord::Count), real(1));
    Value* own = f_.ir.CreateFCmpOEQ(learning_rate, real(0));
    Value* rate = f_.ir.CreateSelect(own, real(settings.optimizer.learning_rate), learning_rate);
    rate_ = f_.ir.CreateFMul(rate, factor(optimizer));
}

Value* RatesEmitter::word(Value* optimizer, OptimizerWord word) {
    return f_.ir.CreateSIToFP(f_.load_word(optimizer, word), f_.ir.getDoubleTy());
}

Value* RatesEmitter::number(const std::string& name) {
    const ir::OptimizerConfig& config = settings_.optimizer;
    const auto correction = [&](double beta) {
        return f_.ir.CreateFSub(real(1), f_.libm("pow", {real(beta), update_}));
    };
    if (name == "lr") return rate_;
    if (name == "adam.step_size") return f_.ir.CreateFDiv(rate_, correction(config.beta1));
    if (name == "adam.sqrt_correction2")
        return f_.ir.CreateUnaryIntrinsic(llvm::Intrinsic::sqrt, correction(config.beta2));
    if (name == "adagrad.rate") {
        Value* before = f_.ir.CreateFSub(update_, real(1));
        return f_.ir.CreateFDiv(
            rate_, f_.ir.CreateFAdd(real(1), f_.ir.CreateFMul(before, real(config.rate_decay))));
    }
    if (name == "sgd.undamped")
        return f_.ir.CreateSelect(f_.ir.CreateFCmpOEQ(update_, real(1)), real(1),
                                  real(1 - config.dampening));
    throw std::logic_error("nobody sets the hyperparameter " + name);
}

// ---- the schedule --------------------------------------------------------------------------

Value* RatesEmitter::smaller(Value* a, Value* b) {
    return f_.ir.CreateSelect(f_.ir.CreateFCmpOLT(b, a), b, a);
}

Value* RatesEmitter::factor(Value* optimizer) {
    if (settings_.schedule.empty()) return real(1);
    return factor_from(
        0, {word(optimizer, OptimizerWord::Count), word(optimizer, OptimizerWord::Updates),
            word(optimizer, OptimizerWord::UpdatesPerEpoch)});
}

Value* RatesEmitter::factor_from(std::size_t index, const Place& place) {
    const Segment& segment = settings_.schedule[index];
    Value* length = length_of(segment, place);
    Value* here = factor_at(segment, place.k, length);
    if (index + 1 == settings_.schedule.size()) return here;
    Value* left = f_.ir.CreateFSub(place.rest, length);
    left = f_.ir.CreateSelect(f_.ir.CreateFCmpOLT(real(0), left), left, real(0));
    Value* later =
        factor_from(index + 1, {f_.ir.CreateFSub(place.k, length), left, place.updates_per_epoch});
    return f_.ir.CreateSelect(f_.ir.CreateFCmpOLT(place.k, length), here, later);
}

Value* RatesEmitter::length_of(const Segment& segment, const Place& place) {
    if (segment.updates) return real(*segment.updates);
    if (segment.epochs) return f_.ir.CreateFMul(real(*segment.epochs), place.updates_per_epoch);
    return place.rest;
}

Value* RatesEmitter::factor_at(const Segment& segment, Value* k, Value* length) {
    Value* some = f_.ir.CreateFCmpOGT(length, real(0));
    Value* share = f_.ir.CreateSelect(some, smaller(real(1), f_.ir.CreateFDiv(k, length)), real(1));
    switch (segment.kind) {
        case Segment::Kind::Warmup:
            return smaller(real(1), f_.ir.CreateFDiv(f_.ir.CreateFAdd(k, real(1)), length));
        case Segment::Kind::Cosine: {
            Value* angle = f_.ir.CreateFMul(real(std::numbers::pi), share);
            Value* height = f_.ir.CreateFAdd(real(1), f_.libm("cos", {angle}));
            Value* scaled = f_.ir.CreateFMul(real(1 - segment.to), height);
            return f_.ir.CreateFAdd(real(segment.to), f_.ir.CreateFDiv(scaled, real(2)));
        }
        case Segment::Kind::Linear:
            return f_.ir.CreateFAdd(real(segment.from),
                                    f_.ir.CreateFMul(real(segment.to - segment.from), share));
        case Segment::Kind::Step:
            return f_.libm("pow",
                           {real(segment.to), f_.libm("floor", {f_.ir.CreateFDiv(k, length)})});
    }
    return real(1);
}

}  // namespace snnc::codegen
