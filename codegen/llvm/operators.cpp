#include "codegen/llvm/operators.h"

#include <llvm/IR/Intrinsics.h>

#include <cmath>

#include "codegen/llvm/edges.h"
#include "codegen/llvm/sparse_adjoint.h"
#include "codegen/llvm/spike_convolutions.h"
#include "codegen/llvm/spike_products.h"
#include "codegen/llvm/tensor_access.h"
#include "codegen/llvm/windows.h"

namespace snnc::codegen {
namespace {

using ir::TensorId;
using llvm::Value;

/// Emits one operator; which row a task works on follows from the target's steps and samples.
class OperatorTask {
 public:
    OperatorTask(ModuleFrame& frame, TensorId target, const std::string& name, bool in_loop)
        : f_(frame, name, true),
          network_(frame.network),
          target_(target),
          call_{f_.function, 1, network_[target].per_step && !in_loop,
                network_[target].per_sample} {
        locate(in_loop);
    }

    TaskCall emit() {
        std::visit([this](const auto& kind) { emit(kind); }, network_.definition(target_)->kind);
        f_.finish();
        return call_;
    }

    TaskCall unpack() {
        emit_unpacked_row(f_, {target_, step_, sample_});
        f_.finish();
        return call_;
    }

 private:
    void locate(bool in_loop) {
        if (call_.by_step && call_.by_sample) {
            Value* samples = f_.samples();
            step_ = f_.ir.CreateSDiv(f_.task, samples);
            sample_ = f_.ir.CreateSRem(f_.task, samples);
            return;
        }
        step_ = in_loop ? f_.step() : f_.number(0);
        sample_ = f_.number(0);
        if (call_.by_step) step_ = f_.task;
        if (call_.by_sample) sample_ = f_.task;
    }

    std::int64_t columns(TensorId id) const { return ir::element_count(network_[id].shape); }
    Value* element(TensorId id, Value* index) {
        return load_element(f_, id, step_, sample_, index);
    }
    void store(Value* value, Value* index) {
        Value* row = f_.row(f_.frame.plan.values[target_.index], step_, sample_);
        f_.ir.CreateStore(value, f_.at(row, index, f_.f32()));
    }
    void for_columns(TensorId id, const std::function<void(Value*)>& body) {
        f_.loop(f_.number(0), f_.number(columns(id)), body);
    }
    Value* fold_columns(TensorId id, Value* start,
                        const std::function<Value*(Value*, Value*)>& body) {
        return f_.fold(f_.number(0), f_.number(columns(id)), start, body);
    }

    // ---- along the shape ------------------------------------------------------------------------

    Value* largest(TensorId source) {
        return fold_columns(source, f_.real(-INFINITY), [&](Value* i, Value* best) {
            Value* value = element(source, i);
            return f_.ir.CreateSelect(f_.ir.CreateFCmpOGT(value, best), value, best);
        });
    }

    Value* exp_shifted(TensorId source, Value* index, Value* shift) {
        return f_.libm("expf", {f_.ir.CreateFSub(element(source, index), shift)});
    }

    Value* sum_of_exp(TensorId source, Value* shift) {
        return fold_columns(source, f_.real(0), [&](Value* i, Value* sum) {
            return f_.ir.CreateFAdd(sum, exp_shifted(source, i, shift));
        });
    }

    void emit(const ir::CrossEntropy& op) {
        Value* shift = largest(op.source);
        Value* log_sum = f_.libm("logf", {sum_of_exp(op.source, shift)});
        Value* label = f_.ir.CreateSExt(element(op.label, f_.number(0)), f_.ir.getInt64Ty());
        Value* score = element(op.source, label);
        store(f_.ir.CreateFSub(log_sum, f_.ir.CreateFSub(score, shift)), f_.number(0));
    }

    void emit(const ir::Softmax& op) {
        Value* shift = largest(op.source);
        Value* sum = sum_of_exp(op.source, shift);
        for_columns(op.source, [&](Value* i) {
            store(f_.ir.CreateFDiv(exp_shifted(op.source, i, shift), sum), i);
        });
    }

    void emit(const ir::OneHot& op) {
        Value* label = f_.ir.CreateSExt(element(op.label, f_.number(0)), f_.ir.getInt64Ty());
        for_columns(target_, [&](Value* i) {
            store(f_.ir.CreateUIToFP(f_.ir.CreateICmpEQ(i, label), f_.f32()), i);
        });
    }

    /// Index of the first largest element.
    Value* index_of_largest(TensorId source) {
        return fold_columns(source, f_.number(0), [&](Value* i, Value* best) {
            Value* larger = f_.ir.CreateFCmpOGT(element(source, i), element(source, best));
            return f_.ir.CreateSelect(larger, i, best);
        });
    }

    void emit(const ir::ArgMax& op) {
        store(f_.ir.CreateSIToFP(index_of_largest(op.source), f_.f32()), f_.number(0));
    }

    void emit(const ir::Winner& op) {
        Value* winner = index_of_largest(op.source);
        for_columns(op.source, [&](Value* i) {
            store(f_.ir.CreateUIToFP(f_.ir.CreateICmpEQ(i, winner), f_.f32()), i);
        });
    }

    // ---- along the steps ------------------------------------------------------------------------

    /// For every element of the target's row: fold over the steps.
    void over_steps(TensorId source, Value* start,
                    const std::function<Value*(Value* value, Value* step, Value* carried)>& body,
                    const std::function<void(Value* result, Value* index)>& finish) {
        for_columns(target_, [&](Value* index) {
            Value* result =
                f_.fold(f_.number(0), f_.steps(), start, [&](Value* step, Value* carried) {
                    return body(load_element(f_, source, step, sample_, index), step, carried);
                });
            finish(result, index);
        });
    }

    void emit(const ir::MaxOverTime& op) {
        over_steps(
            op.source, f_.real(-INFINITY),
            [&](Value* value, Value*, Value* best) {
                return f_.ir.CreateSelect(f_.ir.CreateFCmpOGT(value, best), value, best);
            },
            [&](Value* result, Value* index) { store(result, index); });
    }

    void emit(const ir::FirstMaxOverTime& op) {
        for_columns(target_, [&](Value* index) {
            Value* first =
                f_.fold(f_.number(0), f_.steps(), f_.number(0), [&](Value* step, Value* best) {
                    Value* value = load_element(f_, op.source, step, sample_, index);
                    Value* known = load_element(f_, op.source, best, sample_, index);
                    return f_.ir.CreateSelect(f_.ir.CreateFCmpOGT(value, known), step, best);
                });
            store(f_.ir.CreateSIToFP(first, f_.f32()), index);
        });
    }

    void emit(const ir::LastStep& op) {
        Value* last = f_.ir.CreateSub(f_.steps(), f_.number(1));
        for_columns(target_, [&](Value* index) {
            store(load_element(f_, op.source, last, sample_, index), index);
        });
    }

    void emit(const ir::FirstSpike& op) {
        Value* last = f_.ir.CreateSub(f_.steps(), f_.number(1));
        over_steps(
            op.source, last,
            [&](Value* value, Value* step, Value* first) {
                Value* fires = f_.ir.CreateFCmpUNE(value, f_.real(0));
                Value* earlier = f_.ir.CreateICmpSLT(step, first);
                return f_.ir.CreateSelect(f_.ir.CreateAnd(fires, earlier), step, first);
            },
            [&](Value* first, Value* index) { store(f_.ir.CreateSIToFP(first, f_.f32()), index); });
    }

    // ---- sums -----------------------------------------------------------------------------------

    void emit(const ir::SumTo& op) {
        if (network_[op.source].shape == network_[target_].shape &&
            !network_[target_].shape.empty())
            sum_rows(op.source);
        else
            sum_elements(op.source);
    }

    /// All steps and samples that the target lacks, in their order.
    Value* fold_rows(TensorId source, Value* start,
                     const std::function<Value*(Value* step, Value* sample, Value* sum)>& body) {
        const ir::Tensor& from = network_[source];
        const ir::Tensor& to = network_[target_];
        const bool steps = from.per_step && !to.per_step;
        const bool samples = from.per_sample && !to.per_sample;
        const auto inner = [&](Value* step, Value* sum) {
            if (!samples) return body(step, sample_, sum);
            return f_.fold(f_.number(0), f_.samples(), sum,
                           [&](Value* sample, Value* part) { return body(step, sample, part); });
        };
        if (!steps) return inner(step_, start);
        return f_.fold(f_.number(0), f_.steps(), start, inner);
    }

    /// Same shape: a task takes one vector of elements of one row of the target.
    void sum_rows(TensorId source) {
        const int lanes = f_.frame.plan.lanes;
        const std::int64_t count = columns(target_);
        const std::int64_t vectors = (count + lanes - 1) / lanes;
        Strip strip;
        strip.shape = network_[target_].shape;
        f_.loop(f_.number(0), f_.number(vectors), [&](Value* vector) {
            strip.element = f_.ir.CreateMul(vector, f_.number(lanes));
            strip.last_mask =
                f_.ir.CreateIntrinsic(llvm::Intrinsic::get_active_lane_mask,
                                      {f_.vector(f_.ir.getInt1Ty()), f_.ir.getInt64Ty()},
                                      {strip.element, f_.number(count)});
            Value* zero = llvm::Constant::getNullValue(f_.vector(f_.f32()));
            Value* sum = fold_rows(source, zero, [&](Value* step, Value* sample, Value* part) {
                Strip row = strip;
                row.sample = sample;
                return f_.ir.CreateFAdd(part, load_lanes(f_, source, row, step)[0]);
            });
            strip.sample = sample_;
            store_lanes(f_, target_, strip, step_, {sum});
        });
    }

    /// To a scalar, or to channels: element by element. Long sums are split into one part for each
    /// row, so that rounding errors do not pile up.
    void sum_elements(TensorId source) {
        const std::int64_t inner = columns(source) / columns(target_);
        for_columns(target_, [&](Value* index) {
            Value* first = f_.ir.CreateMul(index, f_.number(inner));
            Value* sum =
                fold_rows(source, f_.real(0), [&](Value* step, Value* sample, Value* part) {
                    Value* row = f_.fold(
                        f_.number(0), f_.number(inner), f_.real(0), [&](Value* i, Value* total) {
                            Value* place = f_.ir.CreateAdd(first, i);
                            return f_.ir.CreateFAdd(total,
                                                    load_element(f_, source, step, sample, place));
                        });
                    return f_.ir.CreateFAdd(part, row);
                });
            store(sum, index);
        });
    }

    // ---- products with spikes
    // ---------------------------------------------------------------------

    void emit(const ir::Dense& dense) { emit_spike_product(f_, target_, dense, step_, sample_); }

    void emit(const ir::DenseWeight& product) {
        call_.count = spike_words(network_[product.source].shape);
        emit_spike_weight(f_, target_, product);
    }

    // ---- windows and segments -------------------------------------------------------------------

    void emit(const ir::MaxPool& op) { emit_row(f_, {target_, step_, sample_}, op); }
    void emit(const ir::SumPool& op) { emit_row(f_, {target_, step_, sample_}, op); }
    void emit(const ir::MaxPoolAdjoint& op) { emit_row(f_, {target_, step_, sample_}, op); }
    void emit(const ir::SumPoolAdjoint& op) { emit_row(f_, {target_, step_, sample_}, op); }
    void emit(const ir::Segment& op) { emit_row(f_, {target_, step_, sample_}, op); }

    ConvolutionCall convolution() const {
        return *convolution_of(network_, *network_.definition(target_));
    }
    void emit(const ir::Convolution&) {
        emit_spike_convolution(f_, {target_, step_, sample_}, convolution());
    }
    void emit(const ir::ConvolutionWeight&) {
        call_.count = weight_parts;
        emit_spike_convolution_weight(f_, target_, convolution());
    }
    void emit(const ir::ConvolutionSource&) {
        emit_sparse_adjoint(f_, {target_, step_, sample_}, convolution());
    }

    // ---- edges ----------------------------------------------------------------------------------

    void emit(const ir::Sparse& op) { emit_sparse(f_, {target_, step_, sample_}, op); }
    void emit(const ir::SparseSource& op) { emit_sparse_source(f_, {target_, step_, sample_}, op); }
    void emit(const ir::SparseWeight& op) {
        call_.count = sparse_weight_tasks(f_, op);
        emit_sparse_weight(f_, target_, op);
    }

    void emit(const ir::Formula&) { llvm_unreachable("formulas belong to scans"); }

    FunctionBuilder f_;
    const ir::Network& network_;
    TensorId target_;
    TaskCall call_;
    Value* step_ = nullptr;
    Value* sample_ = nullptr;
};

}  // namespace

TaskCall emit_operator_task(ModuleFrame& frame, TensorId target, const std::string& name,
                            bool in_loop) {
    return OperatorTask(frame, target, name, in_loop).emit();
}

TaskCall emit_parts_task(ModuleFrame& frame, TensorId target, const std::string& name) {
    FunctionBuilder f(frame, name, true);
    const auto call = *convolution_of(frame.network, *frame.network.definition(target));
    emit_sum_of_parts(f, target, call);
    f.finish();
    return {f.function, call.kernel.in() * call.kernel.window.places(), false, false};
}

TaskCall emit_turn_task(ModuleFrame& frame, TensorId target, const std::string& name) {
    FunctionBuilder f(frame, name, true);
    const auto call = *convolution_of(frame.network, *frame.network.definition(target));
    const bool forward = call.kernel.kind == ConvolutionKind::Forward;
    if (forward)
        emit_turned_taps(f, call);
    else
        emit_turned_window(f, call);
    f.finish();
    return {f.function, forward ? call.kernel.in() : call.kernel.result.channels, false, false};
}

TaskCall emit_unpack_task(ModuleFrame& frame, TensorId tensor, const std::string& name,
                          bool in_loop) {
    return OperatorTask(frame, tensor, name, in_loop).unpack();
}

}  // namespace snnc::codegen
