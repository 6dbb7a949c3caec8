#include "codegen/llvm/scan.h"

#include <llvm/IR/Intrinsics.h>

#include <algorithm>
#include <set>

#include "codegen/llvm/draws.h"

namespace snnc::codegen {
namespace {

using ir::TensorId;
using llvm::Value;

/// The values of a tensor at the steps before (or, backward in time, after) the current one, in
/// registers: phi nodes of the loop over the steps.
struct History {
    TensorId tensor;
    std::vector<std::vector<llvm::PHINode*>> phis;  // [distance - 1][vector]
};

/// One loop over the steps (or none) for one strip. The recomputation and the body of a scan are
/// two of them.
class StepLoop {
 public:
    StepLoop(FunctionBuilder& f, const ir::ScanTask& scan, const Strip& strip, ir::Order order,
             const std::vector<TensorId>& statements, bool recomputing)
        : f_(f),
          scan_(scan),
          strip_(strip),
          order_(order),
          statements_(statements),
          recomputing_(recomputing),
          own_(statements.begin(), statements.end()),
          recomputed_(scan.recompute.begin(), scan.recompute.end()),
          kept_(kept_values(f.frame.network, scan)),
          formulas_(
              f, strip.vectors, [this](const ir::ExprNode& read) { return value_of(read); },
              [this](const ir::ExprNode& draw) { return numbers_of(draw.stream); }) {}

    void emit() {
        if (order_ == ir::Order::Once)
            emit_once();
        else
            emit_over_steps();
    }

 private:
    const ir::Network& network() const { return f_.frame.network; }

    // ---- no steps, or the one step of an enclosing recurrence
    // ------------------------------------

    void emit_once() {
        step_ = f_.step();
        formulas_.set_step(step_);
        run_statements();
        std::vector<Lanes> updated;
        for (const std::uint32_t index : scan_.updates)
            updated.push_back(formulas_.emit(network().updates[index].value));
        for (std::size_t i = 0; i < updated.size(); ++i)
            store_lanes(f_, network().updates[scan_.updates[i]].target, strip_, step_, updated[i]);
    }

    // ---- a loop over the steps ------------------------------------------------------------------

    void emit_over_steps() {
        const std::vector<std::pair<TensorId, int>> depths = history_depths();
        std::vector<std::vector<Lanes>> starts;
        for (const auto& [tensor, depth] : depths) starts.push_back(start_of(tensor, depth));

        llvm::BasicBlock* before = f_.ir.GetInsertBlock();
        auto* head = llvm::BasicBlock::Create(f_.frame.context, "step", f_.function);
        auto* after = llvm::BasicBlock::Create(f_.frame.context, "after", f_.function);
        Value* steps = f_.steps();
        llvm::Instruction* enter = f_.ir.CreateBr(head);
        f_.ir.SetInsertPoint(head);
        llvm::PHINode* i = f_.ir.CreatePHI(f_.ir.getInt64Ty(), 2, "i");
        i->addIncoming(f_.number(0), before);
        for (std::size_t h = 0; h < depths.size(); ++h)
            histories_.push_back(make_history(depths[h].first, starts[h], before));
        make_sums(before);

        step_ = i;
        if (order_ == ir::Order::Backward)
            step_ = f_.ir.CreateSub(f_.ir.CreateSub(steps, f_.number(1)), i);
        formulas_.enter_loop(enter, step_);
        run_statements();

        llvm::BasicBlock* last = f_.ir.GetInsertBlock();
        close_histories(last);
        close_sums(last);
        Value* next = f_.ir.CreateAdd(i, f_.number(1));
        i->addIncoming(next, last);
        f_.ir.CreateCondBr(f_.ir.CreateICmpSLT(next, steps), head, after);
        f_.ir.SetInsertPoint(after);
        store_sums();
    }

    /// How far back (forward scans) or ahead (backward scans) the statements read their own values.
    std::vector<std::pair<TensorId, int>> history_depths() const {
        std::map<TensorId, int> depths;
        for (const TensorId id : statements_)
            for (const ir::Use& use : ir::uses(network(), *network().definition(id))) {
                const int distance = order_ == ir::Order::Forward ? use.lag : -use.lag;
                if (distance > 0 && own_.count(use.tensor))
                    depths[use.tensor] = std::max(depths[use.tensor], distance);
            }
        return {depths.begin(), depths.end()};
    }

    /// Before the first step a value is the tensor's initial value; beyond the last it is 0.
    std::vector<Lanes> start_of(TensorId tensor, int depth) {
        Lanes start = zeros();
        if (order_ == ir::Order::Forward) start = initial_of(tensor);
        return std::vector<Lanes>(std::size_t(depth), start);
    }

    Lanes initial_of(TensorId tensor) {
        const TensorId initial = network()[tensor].initial;
        return initial.valid() ? load_lanes(f_, initial, strip_, nullptr) : zeros();
    }

    Lanes zeros() {
        return Lanes(std::size_t(strip_.vectors),
                     llvm::Constant::getNullValue(f_.vector(f_.f32())));
    }

    History make_history(TensorId tensor, const std::vector<Lanes>& start,
                         llvm::BasicBlock* before) {
        History history{tensor, {}};
        for (const Lanes& lanes : start) {
            std::vector<llvm::PHINode*> phis;
            for (Value* value : lanes) {
                phis.push_back(f_.ir.CreatePHI(value->getType(), 2));
                phis.back()->addIncoming(value, before);
            }
            history.phis.push_back(std::move(phis));
        }
        return history;
    }

    void close_histories(llvm::BasicBlock* last) {
        for (History& history : histories_)
            for (std::size_t distance = 0; distance < history.phis.size(); ++distance)
                for (std::size_t j = 0; j < std::size_t(strip_.vectors); ++j) {
                    Value* next = distance == 0 ? current_.at(history.tensor)[j]
                                                : history.phis[distance - 1][j];
                    history.phis[distance][j]->addIncoming(next, last);
                }
    }

    void make_sums(llvm::BasicBlock* before) {
        if (recomputing_) return;
        for (const TensorId id : scan_.sums) {
            const TensorId source = std::get<ir::SumTo>(network().definition(id)->kind).source;
            sums_.push_back(make_history(source, {zeros()}, before));
        }
    }

    void close_sums(llvm::BasicBlock* last) {
        for (History& sum : sums_) {
            const Lanes& added = current_.at(sum.tensor);
            Lanes totals;
            for (std::size_t j = 0; j < added.size(); ++j) {
                totals.push_back(f_.ir.CreateFAdd(sum.phis[0][j], added[j]));
                sum.phis[0][j]->addIncoming(totals.back(), last);
            }
            totals_.push_back(std::move(totals));
        }
    }

    void store_sums() {
        for (std::size_t i = 0; i < sums_.size(); ++i)
            store_lanes(f_, scan_.sums[i], strip_, nullptr, totals_[i]);
    }

    // ---- statements -----------------------------------------------------------------------------

    void run_statements() {
        for (const TensorId id : statements_) {
            const ir::Definition& definition = *network().definition(id);
            const auto* dense = std::get_if<ir::Dense>(&definition.kind);
            current_[id] = dense ? narrow_product(*dense)
                                 : formulas_.emit(std::get<ir::Formula>(definition.kind).value);
            if (recomputing_)
                keep(id);
            else
                store_lanes(f_, id, strip_, step_, current_[id]);
        }
    }

    /// sum over k of source[k] * weight[element, k], from the transposed copy of the weight.
    Lanes narrow_product(const ir::Dense& dense) {
        const std::int64_t columns = ir::element_count(strip_.shape);
        const std::int64_t terms = ir::element_count(network()[dense.source].shape);
        Value* weight = f_.slot(f_.frame.plan.turned.at(dense.weight));
        Lanes sum = zeros();
        for (std::int64_t k = 0; k < terms; ++k) {
            Value* scalar = load_element(f_, dense.source, step_, strip_.sample, f_.number(k));
            Value* factor = f_.ir.CreateVectorSplat(unsigned(f_.frame.plan.lanes), scalar);
            Value* row = f_.ir.CreateAdd(f_.number(k * columns), strip_.element);
            const Lanes weights = load_floats(f_, f_.at(weight, row, f_.f32()), strip_);
            for (std::size_t j = 0; j < sum.size(); ++j)
                sum[j] = f_.ir.CreateIntrinsic(llvm::Intrinsic::fma, {factor->getType()},
                                               {factor, weights[j], sum[j]});
        }
        return sum;
    }

    // ---- reads ----------------------------------------------------------------------------------

    Lanes value_of(const ir::ExprNode& read) {
        if (!network()[read.tensor].per_step) {
            if (own_.count(read.tensor)) return current_.at(read.tensor);
            return load_lanes(f_, read.tensor, strip_, nullptr);
        }
        if (own_.count(read.tensor)) {
            const int distance = order_ == ir::Order::Forward ? read.lag : -read.lag;
            if (read.lag == 0) return current_.at(read.tensor);
            if (order_ != ir::Order::Once && distance > 0)
                return from_history(read.tensor, distance);
        }
        if (!recomputing_ && recomputed_.count(read.tensor))
            return at_step(read, [&](Value* step) { return load_kept(read.tensor, step); });
        return at_step(read,
                       [&](Value* step) { return load_lanes(f_, read.tensor, strip_, step); });
    }

    Lanes numbers_of(ir::StreamId stream) {
        return emit_uniform(f_, stream, strip_, network()[stream].per_step ? step_ : nullptr);
    }

    Lanes from_history(TensorId tensor, int distance) {
        for (const History& history : histories_)
            if (history.tensor == tensor) {
                const auto& phis = history.phis[std::size_t(distance - 1)];
                return {phis.begin(), phis.end()};
            }
        llvm_unreachable("a value without its history");
    }

    /// A stored value at [t - lag], with what stands outside the run: the initial value before
    /// it, 0 behind it.
    Lanes at_step(const ir::ExprNode& read, const std::function<Lanes(Value*)>& load) {
        if (read.lag == 0) return load(step_);
        Value* wanted = f_.ir.CreateSub(step_, f_.number(read.lag));
        Value* last = f_.ir.CreateSub(f_.steps(), f_.number(1));
        Value* inside = f_.ir.CreateAnd(f_.ir.CreateICmpSGE(wanted, f_.number(0)),
                                        f_.ir.CreateICmpSLE(wanted, last));
        Value* legal = f_.ir.CreateSelect(inside, wanted, f_.number(0));
        const Lanes found = load(legal);
        const Lanes outside = read.lag > 0 ? initial_of(read.tensor) : zeros();
        Lanes chosen;
        for (std::size_t j = 0; j < found.size(); ++j)
            chosen.push_back(f_.ir.CreateSelect(inside, found[j], outside[j]));
        return chosen;
    }

    // ---- recomputed values, in the strip's scratch
    // ------------------------------------------------

    /// Place of a kept tensor's strip at a step: a block for each tensor, a row for each step.
    Value* kept_address(TensorId tensor, Value* step) {
        const auto place = std::lower_bound(kept_.begin(), kept_.end(), tensor) - kept_.begin();
        const std::int64_t row = std::int64_t(strip_vectors) * f_.frame.plan.lanes;
        Value* block = f_.ir.CreateMul(f_.steps(), f_.number(place));
        Value* index = f_.ir.CreateMul(f_.ir.CreateAdd(block, step), f_.number(row));
        return f_.at(f_.scratch_of_thread(), index, f_.f32());
    }

    Strip unmasked() const {
        Strip strip = strip_;
        strip.last_mask = nullptr;
        return strip;
    }

    void keep(TensorId tensor) {
        if (!std::binary_search(kept_.begin(), kept_.end(), tensor)) return;
        Value* base = kept_address(tensor, step_);
        for (int j = 0; j < strip_.vectors; ++j) {
            Value* index = f_.number(std::int64_t(j) * f_.frame.plan.lanes);
            f_.ir.CreateAlignedStore(current_[tensor][std::size_t(j)], f_.at(base, index, f_.f32()),
                                     llvm::Align(4));
        }
    }

    Lanes load_kept(TensorId tensor, Value* step) {
        return load_floats(f_, kept_address(tensor, step), unmasked());
    }

    FunctionBuilder& f_;
    const ir::ScanTask& scan_;
    const Strip& strip_;
    ir::Order order_;
    const std::vector<TensorId>& statements_;
    bool recomputing_;
    std::set<TensorId> own_, recomputed_;
    std::vector<TensorId> kept_;
    FormulaEmitter formulas_;
    Value* step_ = nullptr;
    std::map<TensorId, Lanes> current_;
    std::vector<History> histories_, sums_;
    std::vector<Lanes> totals_;
};

void emit_strip(FunctionBuilder& f, const ir::ScanTask& scan, const Strip& strip) {
    if (!scan.recompute.empty())
        StepLoop(f, scan, strip, ir::Order::Forward, scan.recompute, true).emit();
    StepLoop(f, scan, strip, scan.order, scan.body, false).emit();
}

/// The lanes of the last vector that exist when `rest` elements remain for it; null if all do.
Value* tail_mask(FunctionBuilder& f, std::int64_t rest) {
    const int lanes = f.frame.plan.lanes;
    if (rest % lanes == 0) return nullptr;
    std::vector<llvm::Constant*> flags;
    for (int lane = 0; lane < lanes; ++lane) flags.push_back(f.ir.getInt1(lane < rest % lanes));
    return llvm::ConstantVector::get(flags);
}

}  // namespace

std::int64_t strips_of(const ir::Shape& shape, int lanes) {
    const std::int64_t width = std::int64_t(strip_vectors) * lanes;
    return (ir::element_count(shape) + width - 1) / width;
}

llvm::Function* emit_scan(ModuleFrame& frame, const ir::ScanTask& scan, const std::string& name) {
    FunctionBuilder f(frame, name, true);
    const std::int64_t count = ir::element_count(scan.shape);
    const std::int64_t width = std::int64_t(strip_vectors) * frame.plan.lanes;
    const std::int64_t strips = strips_of(scan.shape, frame.plan.lanes);
    const std::int64_t full = count / width, rest = count % width;

    Strip strip;
    strip.shape = scan.shape;
    strip.vectors = strip_vectors;
    strip.sample = f.ir.CreateSDiv(f.task, f.number(strips));
    Value* number = f.ir.CreateSRem(f.task, f.number(strips));
    strip.element = f.ir.CreateMul(number, f.number(width));

    auto* whole = llvm::BasicBlock::Create(frame.context, "whole", f.function);
    auto* tail = llvm::BasicBlock::Create(frame.context, "tail", f.function);
    f.ir.CreateCondBr(f.ir.CreateICmpSLT(number, f.number(full)), whole, tail);
    f.ir.SetInsertPoint(whole);
    if (full > 0) emit_strip(f, scan, strip);
    f.finish();
    f.ir.SetInsertPoint(tail);
    if (rest > 0) {
        strip.vectors = int((rest + frame.plan.lanes - 1) / frame.plan.lanes);
        strip.last_mask = tail_mask(f, rest);
        emit_strip(f, scan, strip);
    }
    f.finish();
    return f.function;
}

llvm::Function* emit_turn(ModuleFrame& frame, TensorId weight, const std::string& name) {
    FunctionBuilder f(frame, name, true);
    const ir::Shape& shape = frame.network[weight].shape;
    Value* from = f.slot(frame.plan.values[weight.index]);
    Value* to = f.slot(frame.plan.turned.at(weight));
    f.loop(f.number(0), f.number(shape[0]), [&](Value* row) {
        f.loop(f.number(0), f.number(shape[1]), [&](Value* column) {
            Value* source = f.ir.CreateAdd(f.ir.CreateMul(row, f.number(shape[1])), column);
            Value* target = f.ir.CreateAdd(f.ir.CreateMul(column, f.number(shape[0])), row);
            f.ir.CreateStore(f.ir.CreateLoad(f.f32(), f.at(from, source, f.f32())),
                             f.at(to, target, f.f32()));
        });
    });
    f.finish();
    return f.function;
}

}  // namespace snnc::codegen
