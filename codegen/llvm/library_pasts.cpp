#include "codegen/llvm/library_pasts.h"

namespace snnc::codegen {

using llvm::Value;

Value* PastsEmitter::row_of(const ir::CarriedPast& past) {
    Value* row = f_.number(past_row_bytes(program_.network, past));
    return program_.network[past.past.tensor].per_sample ? f_.ir.CreateMul(row, run_.samples) : row;
}

/// body(past, its place in the state, bytes of a step)
template <class Body>
void PastsEmitter::for_each(const Body& body) {
    Value* offset = f_.number(head_bytes);
    for (const ir::CarriedPast& past : program_.pasts) {
        Value* row = row_of(past);
        body(past, f_.at(run_.state, offset), row);
        Value* bytes = f_.ir.CreateMul(row, f_.number(past.past.depth()));
        offset = f_.round_up(f_.ir.CreateAdd(offset, bytes));
    }
}

Value* PastsEmitter::fewer(Value* count, std::int64_t most) {
    return f_.ir.CreateBinaryIntrinsic(llvm::Intrinsic::smin, count, f_.number(most));
}

void PastsEmitter::give() {
    for_each([&](const ir::CarriedPast& past, Value* place, Value* row) {
        for (std::size_t i = 0; i < past.given.size(); ++i) {
            const auto given = run_.ports.find(past.given[i]);
            if (given == run_.ports.end()) continue;
            const std::int64_t lag = past.past.lags[i];
            const std::int64_t skipped = past.past.depth() - lag;
            Value* rows = past.past.depth() == 1 ? f_.number(1) : fewer(run_.steps, lag);
            Value* bytes = f_.ir.CreateMul(rows, row);
            f_.otherwise(
                run_.resumed,
                [&] {
                    f_.copy(given->second, f_.at(place, f_.ir.CreateMul(row, f_.number(skipped))),
                            bytes);
                },
                [&] { f_.zero(given->second, bytes); });
        }
    });
}

void PastsEmitter::keep() {
    for_each([&](const ir::CarriedPast& past, Value* place, Value* row) {
        Value* course = run_.ports.at(past.kept);
        const std::int64_t depth = past.past.depth();
        if (depth == 1) return f_.copy(place, course, row);
        f_.when(f_.ir.CreateNot(run_.resumed), [&] { begin(past, place, row); });
        Value* added = fewer(run_.steps, depth);
        Value* kept = f_.ir.CreateMul(f_.ir.CreateSub(f_.number(depth), added), row);
        f_.ir.CreateMemMove(place, llvm::MaybeAlign(4), f_.at(place, f_.ir.CreateMul(added, row)),
                            llvm::MaybeAlign(4), kept);
        Value* from = f_.ir.CreateMul(f_.ir.CreateSub(run_.steps, added), row);
        f_.copy(f_.at(place, kept), f_.at(course, from), f_.ir.CreateMul(added, row));
    });
}

/// Before the first step: the initial value at every earlier one.
void PastsEmitter::begin(const ir::CarriedPast& past, Value* place, Value* row) {
    const ir::TensorId initial = program_.network[past.past.tensor].initial;
    for (std::int64_t i = 0; i < past.past.depth(); ++i) {
        Value* to = f_.at(place, f_.ir.CreateMul(row, f_.number(i)));
        if (initial.valid())
            f_.copy(to, run_.ports.at(initial), row);
        else
            f_.zero(to, row);
    }
}

}  // namespace snnc::codegen
