// The run behind a library's entry points: where every array lies, what the state gives and takes.
#include <map>

#include "codegen/llvm/builder.h"
#include "codegen/llvm/library_builder.h"

namespace snnc::codegen {
namespace {

using ir::TensorId;
using llvm::Value;

class BodyEmitter {
 public:
    BodyEmitter(EntryFrame& frame, const LibraryVariant& variant)
        : frame_(frame),
          network_(frame.network),
          variant_(variant),
          f_(frame, c_identifier(variant.target.name) + "_go",
             llvm::Type::getInt32Ty(frame.context),
             {llvm::PointerType::get(frame.context, 0), llvm::Type::getInt1Ty(frame.context)},
             false) {}

    llvm::Function* emit() {
        arguments_ = f_.argument(0);
        resumed_ = f_.argument(1);
        steps_ = f_.load(arguments_, Field::Steps);
        samples_ = f_.load(arguments_, Field::Samples);
        state_ = f_.align_pointer(f_.load(arguments_, Field::State));
        first_step_ = f_.ir.CreateAlloca(f_.ir.getInt64Ty());
        f_.ir.CreateStore(f_.number(0), first_step_);
        f_.when(resumed_,
                [&] { f_.ir.CreateStore(f_.load_state(state_, StateWord::Steps), first_step_); });
        lay_out();
        place_ports();
        give_pasts();
        run();
        hand_out();
        f_.when(f_.ir.CreateIsNotNull(f_.load(arguments_, Field::State)), [&] { keep_pasts(); });
        f_.ir.CreateRet(f_.ir.getInt32(0));
        return f_.function;
    }

 private:
    Value* first_step() { return f_.ir.CreateLoad(f_.ir.getInt64Ty(), first_step_); }
    Value* bytes_of(const Slot& shape) { return f_.bytes_of(shape, steps_, samples_); }

    /// The regions one behind the other, as runtime's own allocation makes each of them.
    void lay_out() {
        Value* cursor = f_.align_pointer(f_.load(arguments_, Field::Memory));
        for (const Region& region : variant_.memory.regions) {
            Value* bytes = bytes_of(region.shape);
            regions_.push_back(cursor);
            if (region.zeroed) f_.zero(cursor, bytes);
            cursor = f_.at(cursor, f_.round_up(f_.ir.CreateAdd(bytes, f_.number(region_room))));
        }
    }

    // ---- ports ------------------------------------------------------------------------------

    void place_ports() {
        const auto& slots = variant_.plan.slots;
        auto* table = llvm::ArrayType::get(f_.ir.getPtrTy(), slots.size());
        buffers_ = f_.ir.CreateAlloca(table);
        for (std::size_t i = 0; i < slots.size(); ++i) {
            const int region = variant_.memory.of_slot[i];
            Value* place = nullptr;
            if (slots[i].port < 0) {
                place = regions_[std::size_t(region)];
            } else {
                const TensorId id = frame_.program.ports[std::size_t(slots[i].port)].tensor;
                place = region >= 0 ? regions_[std::size_t(region)] : outside(id);
                if (const LibraryArray* array = array_of(id); array && region >= 0)
                    convert(place, f_.array_data(arguments_, index_of(*array)), id,
                            network_[id].unit);
                ports_[id] = place;
            }
            f_.ir.CreateStore(place, f_.ir.CreateConstInBoundsGEP2_64(table, buffers_, 0, i));
        }
    }

    const LibraryArray* array_of(TensorId id) const {
        for (const LibraryArray& array : frame_.model.arrays)
            if (array.tensor == id) return &array;
        return nullptr;
    }
    std::size_t index_of(const LibraryArray& array) const {
        return std::size_t(&array - frame_.model.arrays.data());
    }

    /// What lies outside of the memory.
    Value* outside(TensorId id) {
        if (const LibraryArray* array = array_of(id))
            return f_.array_data(arguments_, index_of(*array));
        for (const LibraryParameter& parameter : frame_.model.parameters)
            if (parameter.tensor == id) return f_.at(parameters(), f_.number(parameter.offset));
        if (const auto constant = frame_.model.constants.find(id);
            constant != frame_.model.constants.end())
            return bytes_constant(frame_, constant->second);
        // plan_memory() has seen that it is one of these two.
        return network_[id].name == ir::resumed_name
                   ? real(f_.ir.CreateUIToFP(resumed_, f_.ir.getFloatTy()))
                   : real(f_.ir.CreateSIToFP(first_step(), f_.ir.getFloatTy()));
    }

    Value* real(Value* value) {
        Value* place = f_.ir.CreateAlloca(f_.ir.getFloatTy());
        f_.ir.CreateStore(value, place);
        return place;
    }

    /// The caller's block, else that of the library.
    Value* parameters() {
        if (parameters_) return parameters_;
        parameters_ = f_.load(arguments_, Field::Parameters);
        if (frame_.model.weights) {
            Value* own = frame_.module.getNamedGlobal(frame_.name("own_weights"));
            parameters_ = f_.ir.CreateSelect(f_.ir.CreateIsNull(parameters_), own, parameters_);
        }
        return parameters_;
    }

    /// to[i] = from[i] * factor, rounded once, as arrays in files are converted.
    void convert(Value* to, Value* from, TensorId id, double factor) {
        const ir::Tensor& tensor = network_[id];
        const Slot shape{ir::element_count(tensor.shape), tensor.per_step, tensor.per_sample, -1,
                         0};
        llvm::Type* f32 = f_.ir.getFloatTy();
        llvm::Type* f64 = f_.ir.getDoubleTy();
        f_.loop(bytes_of(shape), [&](Value* i) {
            Value* value = f_.ir.CreateFPExt(
                f_.ir.CreateLoad(f32, f_.ir.CreateInBoundsGEP(f32, from, i)), f64);
            value = f_.ir.CreateFMul(value, llvm::ConstantFP::get(f64, factor));
            f_.ir.CreateStore(f_.ir.CreateFPTrunc(value, f32), f_.ir.CreateInBoundsGEP(f32, to, i));
        });
    }

    /// Outputs in the unit of their declaration; they were computed in place.
    void hand_out() {
        for (const LibraryArray& array : frame_.model.arrays) {
            const double unit = network_[array.tensor].unit;
            if (!array.output || unit == 1) continue;
            Value* data = f_.array_data(arguments_, index_of(array));
            convert(data, data, array.tensor, 1 / unit);
        }
    }

    // ---- state ------------------------------------------------------------------------------

    Value* row_of(const ir::CarriedPast& past) {
        Value* row = f_.number(past_row_bytes(network_, past));
        return network_[past.past.tensor].per_sample ? f_.ir.CreateMul(row, samples_) : row;
    }

    /// body(past, its place in the state, bytes of a step)
    template <class Body>
    void for_each_past(const Body& body) {
        Value* offset = f_.number(state_head_bytes);
        for (const ir::CarriedPast& past : frame_.model.pasts) {
            Value* row = row_of(past);
            body(past, f_.at(state_, offset), row);
            Value* bytes = f_.ir.CreateMul(row, f_.number(past.past.depth()));
            offset = f_.round_up(f_.ir.CreateAdd(offset, bytes));
        }
    }

    Value* fewer(Value* count, std::int64_t most) {
        return f_.ir.CreateBinaryIntrinsic(llvm::Intrinsic::smin, count, f_.number(most));
    }

    /// Fills what the program reads of earlier steps (driver/run_state.h has it for files).
    void give_pasts() {
        for_each_past([&](const ir::CarriedPast& past, Value* place, Value* row) {
            for (std::size_t i = 0; i < past.given.size(); ++i) {
                const auto given = ports_.find(past.given[i]);
                if (given == ports_.end()) continue;
                const std::int64_t lag = past.past.lags[i];
                const std::int64_t skipped = past.past.depth() - lag;
                Value* rows = past.past.depth() == 1 ? f_.number(1) : fewer(steps_, lag);
                Value* bytes = f_.ir.CreateMul(rows, row);
                f_.otherwise(
                    resumed_,
                    [&] {
                        f_.copy(given->second,
                                f_.at(place, f_.ir.CreateMul(row, f_.number(skipped))), bytes);
                    },
                    [&] { f_.zero(given->second, bytes); });
            }
        });
    }

    /// The last steps of this run, behind what is left of earlier ones.
    void keep_pasts() {
        for_each_past([&](const ir::CarriedPast& past, Value* place, Value* row) {
            Value* course = ports_.at(past.kept);
            const std::int64_t depth = past.past.depth();
            if (depth == 1) return f_.copy(place, course, row);
            f_.when(f_.ir.CreateNot(resumed_), [&] { begin_past(past, place, row); });
            Value* added = fewer(steps_, depth);
            Value* kept = f_.ir.CreateMul(f_.ir.CreateSub(f_.number(depth), added), row);
            f_.ir.CreateMemMove(place, llvm::MaybeAlign(4),
                                f_.at(place, f_.ir.CreateMul(added, row)), llvm::MaybeAlign(4),
                                kept);
            Value* from = f_.ir.CreateMul(f_.ir.CreateSub(steps_, added), row);
            f_.copy(f_.at(place, kept), f_.at(course, from), f_.ir.CreateMul(added, row));
        });
        f_.store_state_head(state_, samples_, f_.ir.CreateAdd(first_step(), steps_));
    }

    /// Before the first step: the initial value at every earlier one.
    void begin_past(const ir::CarriedPast& past, Value* place, Value* row) {
        const TensorId initial = network_[past.past.tensor].initial;
        for (std::int64_t i = 0; i < past.past.depth(); ++i) {
            Value* to = f_.at(place, f_.ir.CreateMul(row, f_.number(i)));
            if (initial.valid())
                f_.copy(to, ports_.at(initial), row);
            else
                f_.zero(to, row);
        }
    }

    // ---- the run ----------------------------------------------------------------------------

    Value* make_keys() {
        llvm::Type* i64 = f_.ir.getInt64Ty();
        auto* type = llvm::ArrayType::get(i64, network_.streams.size());
        Value* keys = f_.ir.CreateAlloca(type);
        for (std::size_t i = 0; i < network_.streams.size(); ++i) {
            const ir::Stream& stream = network_.streams[i];
            const std::string text = std::string(1, char(stream.purpose)) + stream.name;
            Value* key = f_.call(frame_.name(key_name), i64,
                                 {f_.load(arguments_, Field::Seed), text_constant(frame_, text),
                                  f_.number(std::int64_t(text.size()))});
            f_.ir.CreateStore(key, f_.ir.CreateConstInBoundsGEP2_64(type, keys, 0, i));
        }
        return keys;
    }

    Value* number_samples() {
        Value* numbers = regions_[std::size_t(variant_.memory.numbers)];
        llvm::Type* i32 = f_.ir.getInt32Ty();
        f_.loop(samples_, [&](Value* i) {
            f_.ir.CreateStore(f_.ir.CreateTrunc(i, i32), f_.ir.CreateInBoundsGEP(i32, numbers, i));
        });
        return numbers;
    }

    void run() {
        const bool draws = !network_.streams.empty();
        Value* keys = draws ? make_keys() : f_.null();
        Value* numbers = draws ? number_samples() : f_.null();
        const int scratch = variant_.memory.scratch;
        // In the order of RunContext (codegen/plan.h); `part` is read by programs in two parts only.
        Value* const values[] = {steps_,
                                 samples_,
                                 f_.number(0),
                                 buffers_,
                                 scratch < 0 ? f_.null() : regions_[std::size_t(scratch)],
                                 f_.number(0),
                                 f_.frame.module.getFunction(frame_.name(serial_name)),
                                 keys,
                                 numbers,
                                 f_.number(0),
                                 first_step()};
        llvm::StructType* type = run_context_type(frame_.context);
        Value* context = f_.ir.CreateAlloca(type);
        for (unsigned i = 0; i < std::size(values); ++i)
            f_.ir.CreateStore(values[i], f_.ir.CreateStructGEP(type, context, i));
        f_.call(variant_.driver, f_.ir.getVoidTy(), {context});
    }

    EntryFrame& frame_;
    const ir::Network& network_;
    const LibraryVariant& variant_;
    EntryBuilder f_;
    Value *arguments_ = nullptr, *resumed_ = nullptr, *steps_ = nullptr, *samples_ = nullptr;
    Value *state_ = nullptr, *first_step_ = nullptr, *buffers_ = nullptr, *parameters_ = nullptr;
    std::vector<Value*> regions_;
    std::map<TensorId, Value*> ports_;
};

}  // namespace

llvm::Function* emit_body(EntryFrame& frame, const LibraryVariant& variant) {
    return BodyEmitter(frame, variant).emit();
}

}  // namespace snnc::codegen
