#include "codegen/llvm/edges.h"

#include <llvm/IR/Intrinsics.h>

namespace snnc::codegen {
namespace {

using llvm::Value;

/// What the three operators share: the index arrays, and ways to walk along them.
class EdgeWalk {
 public:
    EdgeWalk(FunctionBuilder& f, const ir::Edges& edges)
        : f_(f),
          from_(edges.from),
          cells_(ir::element_count(f.frame.network[edges.starts].shape) - 1),
          starts_(f.slot(f.frame.plan.values[edges.starts.index])),
          targets_(f.slot(f.frame.plan.values[edges.targets.index])) {}

    std::int64_t cells() const { return cells_; }
    /// The first edge of a source cell; the target cell of an edge.
    Value* start(Value* cell) { return index(starts_, cell); }
    Value* target(Value* edge) { return index(targets_, edge); }

    /// visit(edge, target cell) for the edges of a source cell; for none if `active` is given and
    /// false.
    void each_edge(Value* cell, Value* active,
                   const std::function<void(Value* edge, Value* target)>& visit) {
        Value* begin = start(cell);
        Value* end = start(f_.ir.CreateAdd(cell, f_.number(1)));
        if (active) end = f_.ir.CreateSelect(active, end, begin);
        f_.loop(begin, end, [&](Value* edge) { visit(edge, index(targets_, edge)); });
    }

    /// visit(source cell, its value, whether it counts: null if it does) for the cells that are
    /// elements `first` to `end` of the source's row, in ascending order.
    using Visit = std::function<void(Value* cell, Value* x, Value* active)>;
    void each_source(ir::TensorId source, Value* step, Value* sample, Value* first, Value* end,
                     const Visit& visit) {
        if (f_.frame.plan.bits[source.index] >= 0)
            each_bit(f_.row(f_.frame.plan.bits[source.index], step, sample), first, end, visit);
        else
            each_float(source, step, sample, first, end, visit);
    }

 private:
    Value* index(Value* array, Value* place) {
        Value* number =
            f_.ir.CreateLoad(f_.ir.getInt32Ty(), f_.at(array, place, f_.ir.getInt32Ty()));
        return f_.ir.CreateSExt(number, f_.ir.getInt64Ty());
    }
    Value* cell_of(Value* element) { return f_.ir.CreateSub(element, f_.number(from_)); }

    void each_float(ir::TensorId source, Value* step, Value* sample, Value* first, Value* end,
                    const Visit& visit) {
        Value* row = f_.row(f_.frame.plan.values[source.index], step, sample);
        const bool spikes = f_.frame.network[source].kind == ir::DataKind::Spike;
        f_.loop(first, end, [&](Value* element) {
            Value* x = f_.ir.CreateLoad(f_.f32(), f_.at(row, element, f_.f32()));
            visit(cell_of(element), x, spikes ? f_.ir.CreateFCmpUNE(x, f_.real(0)) : nullptr);
        });
    }

    /// Word by word; bits outside of the range are cleared first.
    void each_bit(Value* row, Value* first, Value* end, const Visit& visit) {
        Value* first_word = f_.ir.CreateLShr(first, 6);
        Value* end_word = f_.ir.CreateLShr(f_.ir.CreateAdd(end, f_.number(63)), 6);
        f_.loop(first_word, end_word, [&](Value* number) {
            llvm::Type* i64 = f_.ir.getInt64Ty();
            Value* base = f_.ir.CreateShl(number, 6);
            Value* word = f_.ir.CreateLoad(i64, f_.at(row, number, i64));
            word = f_.ir.CreateAnd(word, ones_from(f_.ir.CreateSub(first, base)));
            word = f_.ir.CreateAnd(word, f_.ir.CreateNot(ones_from(f_.ir.CreateSub(end, base))));
            f_.while_nonzero(word, [&](Value* rest) {
                Value* bit =
                    f_.ir.CreateIntrinsic(llvm::Intrinsic::cttz, {i64}, {rest, f_.ir.getTrue()});
                visit(cell_of(f_.ir.CreateAdd(base, bit)), f_.real(1), nullptr);
                return f_.ir.CreateAnd(rest, f_.ir.CreateSub(rest, f_.number(1)));
            });
        });
    }

    /// A word with ones from bit `place` on; all for a place below 0, none beyond 63.
    Value* ones_from(Value* place) {
        Value* inside = f_.ir.CreateBinaryIntrinsic(llvm::Intrinsic::smax, place, f_.number(0));
        Value* shifted = f_.ir.CreateShl(f_.number(-1), f_.ir.CreateAnd(inside, f_.number(63)));
        return f_.ir.CreateSelect(f_.ir.CreateICmpSGT(inside, f_.number(63)), f_.number(0),
                                  shifted);
    }

    FunctionBuilder& f_;
    std::int64_t from_, cells_;
    Value* starts_;
    Value* targets_;
};

/// The weights of edges; 1 where there are none.
class EdgeWeights {
 public:
    EdgeWeights(FunctionBuilder& f, ir::TensorId weight)
        : f_(f), array_(weight.valid() ? f.slot(f.frame.plan.values[weight.index]) : nullptr) {}
    Value* times(Value* x, Value* edge) {
        if (!array_) return x;
        return f_.ir.CreateFMul(x, f_.ir.CreateLoad(f_.f32(), f_.at(array_, edge, f_.f32())));
    }

 private:
    FunctionBuilder& f_;
    Value* array_;
};

void clear(FunctionBuilder& f, Value* row, std::int64_t elements) {
    f.ir.CreateMemSet(row, f.ir.getInt8(0), f.number(4 * elements), llvm::MaybeAlign(4));
}

void add_to(FunctionBuilder& f, Value* array, Value* place, Value* value) {
    Value* address = f.at(array, place, f.f32());
    Value* old = f.ir.CreateLoad(f.f32(), address);
    f.ir.CreateStore(f.ir.CreateFAdd(old, value), address);
}

std::int64_t columns(const FunctionBuilder& f, ir::TensorId id) {
    return ir::element_count(f.frame.network[id].shape);
}

}  // namespace

void emit_sparse(FunctionBuilder& f, const RowPlace& place, const ir::Sparse& op) {
    EdgeWalk walk(f, op.edges);
    EdgeWeights weights(f, op.weight);
    Value* out = f.row(f.frame.plan.values[place.target.index], place.step, place.sample);
    clear(f, out, columns(f, place.target));
    walk.each_source(op.source, place.step, place.sample, f.number(op.edges.from),
                     f.number(op.edges.from + walk.cells()),
                     [&](Value* cell, Value* x, Value* active) {
                         walk.each_edge(cell, active, [&](Value* edge, Value* target) {
                             add_to(f, out, target, weights.times(x, edge));
                         });
                     });
}

void emit_sparse_source(FunctionBuilder& f, const RowPlace& place, const ir::SparseSource& op) {
    EdgeWalk walk(f, op.edges);
    EdgeWeights weights(f, op.weight);
    Value* out = f.row(f.frame.plan.values[place.target.index], place.step, place.sample);
    Value* adjoint = f.row(f.frame.plan.values[op.adjoint.index], place.step, place.sample);
    if (columns(f, place.target) != walk.cells()) clear(f, out, columns(f, place.target));
    f.loop(f.number(0), f.number(walk.cells()), [&](Value* cell) {
        Value* end = walk.start(f.ir.CreateAdd(cell, f.number(1)));
        Value* sum = f.fold(walk.start(cell), end, f.real(0), [&](Value* edge, Value* part) {
            Value* x = f.ir.CreateLoad(f.f32(), f.at(adjoint, walk.target(edge), f.f32()));
            return f.ir.CreateFAdd(part, weights.times(x, edge));
        });
        Value* element = f.ir.CreateAdd(cell, f.number(op.edges.from));
        f.ir.CreateStore(sum, f.at(out, element, f.f32()));
    });
}

std::int64_t sparse_weight_tasks(const FunctionBuilder& f, const ir::SparseWeight& op) {
    const std::int64_t cells = columns(f, op.edges.starts) - 1;
    return (op.edges.from + cells + 63) / 64 - op.edges.from / 64;
}

void emit_sparse_weight(FunctionBuilder& f, ir::TensorId target, const ir::SparseWeight& op) {
    EdgeWalk walk(f, op.edges);
    const ir::Tensor& source = f.frame.network[op.source];
    Value* out = f.slot(f.frame.plan.values[target.index]);
    const std::int64_t from = op.edges.from;
    Value* word = f.ir.CreateShl(f.ir.CreateAdd(f.task, f.number(from / 64)), 6);
    Value* first = f.ir.CreateBinaryIntrinsic(llvm::Intrinsic::smax, word, f.number(from));
    Value* end = f.ir.CreateBinaryIntrinsic(
        llvm::Intrinsic::smin, f.ir.CreateAdd(word, f.number(64)), f.number(from + walk.cells()));
    Value* first_edge = walk.start(f.ir.CreateSub(first, f.number(from)));
    Value* end_edge = walk.start(f.ir.CreateSub(end, f.number(from)));
    f.loop(first_edge, end_edge,
           [&](Value* edge) { f.ir.CreateStore(f.real(0), f.at(out, edge, f.f32())); });
    f.loop(f.number(0), source.per_step ? f.steps() : f.number(1), [&](Value* step) {
        f.loop(f.number(0), source.per_sample ? f.samples() : f.number(1), [&](Value* sample) {
            Value* adjoint = f.row(f.frame.plan.values[op.adjoint.index], step, sample);
            walk.each_source(
                op.source, step, sample, first, end, [&](Value* cell, Value* x, Value* active) {
                    walk.each_edge(cell, active, [&](Value* edge, Value* reached) {
                        Value* y = f.ir.CreateLoad(f.f32(), f.at(adjoint, reached, f.f32()));
                        add_to(f, out, edge, f.ir.CreateFMul(x, y));
                    });
                });
        });
    });
}

}  // namespace snnc::codegen
