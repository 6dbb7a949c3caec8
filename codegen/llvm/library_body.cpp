// What runs behind a library's entry points: where every array lies, what goes in and comes out.
#include <map>

#include "codegen/llvm/builder.h"
#include "codegen/llvm/library_arguments.h"
#include "codegen/llvm/library_pasts.h"
#include "codegen/llvm/library_rates.h"

namespace snnc::codegen {
namespace {

using ir::TensorId;
using llvm::Value;

class BodyEmitter {
 public:
    BodyEmitter(EntryFrame& frame, const LibraryProgram& program, const LibraryVariant& variant)
        : frame_(frame),
          program_(program),
          network_(program.network),
          variant_(variant),
          f_(frame, program.name + "_" + c_identifier(variant.target.name), frame.i32(),
             {frame.pointer(), llvm::Type::getInt1Ty(frame.context)}, false),
          arguments_(f_, program.interface, f_.argument(0)) {}

    llvm::Function* emit() {
        steps_ = arguments_.steps();
        samples_ = arguments_.samples();
        first_step_ = f_.number(0);
        switch (program_.interface) {
            case Interface::Run: run_pieces(); break;
            case Interface::Grad: run_gradient(); break;
            case Interface::Update: run_update(); break;
        }
        f_.return_code(LibraryError::None);
        return f_.function;
    }

 private:
    // ---- the three kinds --------------------------------------------------------------------

    void run_pieces() {
        Value* given = arguments_.load(Field::State);
        Value* state = f_.align_pointer(given);
        Value* resumed = f_.argument(1);
        Value* place = f_.ir.CreateAlloca(f_.ir.getInt64Ty());
        f_.ir.CreateStore(f_.number(0), place);
        f_.when(resumed, [&] { f_.ir.CreateStore(f_.load_word(state, StateWord::Steps), place); });
        first_step_ = f_.ir.CreateLoad(f_.ir.getInt64Ty(), place);
        lay_out();
        PastsEmitter pasts(f_, program_, {state, resumed, steps_, samples_, ports_});
        pasts.give();
        run();
        hand_out();
        f_.when(f_.ir.CreateIsNotNull(given), [&] {
            pasts.keep();
            f_.store_state_head(state, samples_, f_.ir.CreateAdd(first_step_, steps_));
        });
    }

    /// What the loss does not depend on has the gradient 0.
    void run_gradient() {
        lay_out();
        f_.zero(block(Block::Gradients), f_.number(frame_.model.parameter_bytes));
        run();
        hand_out();
        f_.ir.CreateStore(mean_loss(), arguments_.load(Field::Loss));
    }

    void run_update() {
        Value* optimizer = block(Block::Optimizer);
        rates_.emplace(f_, frame_.model.training->settings, optimizer,
                       arguments_.load(Field::LearningRate));
        lay_out();
        run();
        f_.store_word(optimizer, OptimizerWord::Count,
                      f_.ir.CreateAdd(f_.load_word(optimizer, OptimizerWord::Count), f_.number(1)));
    }

    /// Summed in double, sample by sample, as `grad` does it.
    Value* mean_loss() {
        Value* count = network_[program_.loss].per_sample ? samples_ : f_.number(1);
        Value* losses = ports_.at(program_.loss);
        llvm::Type* f32 = f_.ir.getFloatTy();
        llvm::Type* f64 = f_.ir.getDoubleTy();
        Value* sum = emit_fold(f_.ir, f_.number(0), count, llvm::ConstantFP::get(f64, 0),
                               [&](Value* i, Value* carried) {
                                   Value* loss = f_.ir.CreateLoad(
                                       f32, f_.ir.CreateInBoundsGEP(f32, losses, i));
                                   return f_.ir.CreateFAdd(carried, f_.ir.CreateFPExt(loss, f64));
                               });
        return f_.ir.CreateFDiv(sum, f_.ir.CreateSIToFP(count, f64));
    }

    // ---- places -----------------------------------------------------------------------------

    /// The regions one behind the other, as runtime's own allocation makes each of them; then every
    /// array of the program.
    void lay_out() {
        Value* cursor = f_.align_pointer(arguments_.load(Field::Memory));
        for (const Region& region : variant_.memory.regions) {
            Value* bytes = f_.bytes_of(region.shape, steps_, samples_);
            regions_.push_back(cursor);
            if (region.zeroed) f_.zero(cursor, bytes);
            cursor = f_.at(cursor, f_.round_up(f_.ir.CreateAdd(bytes, f_.number(region_room))));
        }
        place_ports();
    }

    void place_ports() {
        const auto& slots = variant_.plan.slots;
        auto* table = llvm::ArrayType::get(f_.ir.getPtrTy(), slots.size());
        buffers_ = f_.ir.CreateAlloca(table);
        for (std::size_t i = 0; i < slots.size(); ++i) {
            const int region = variant_.memory.of_slot[i];
            Value* inside = region >= 0 ? regions_[std::size_t(region)] : nullptr;
            Value* place =
                slots[i].port < 0
                    ? inside
                    : place_port(program_.program.ports[std::size_t(slots[i].port)].tensor, inside);
            f_.ir.CreateStore(place, f_.ir.CreateConstInBoundsGEP2_64(table, buffers_, 0, i));
        }
    }

    /// `inside`: its region, or null.
    Value* place_port(TensorId id, Value* inside) {
        Value* place = inside ? inside : outside(id);
        if (const auto array = array_of(id); array && inside) {
            Value* data = arguments_.array_data(*array);
            if (program_.arrays[*array].use == LibraryArray::Use::Output)
                place = f_.ir.CreateSelect(f_.ir.CreateIsNull(data), inside, data);
            else
                convert(place, data, program_.arrays[*array]);
        }
        return ports_[id] = place;
    }

    std::optional<std::size_t> array_of(TensorId id) const {
        for (std::size_t i = 0; i < program_.arrays.size(); ++i)
            if (program_.arrays[i].tensor == id) return i;
        return std::nullopt;
    }

    /// What lies outside of the memory.
    Value* outside(TensorId id) {
        if (const auto array = array_of(id)) return arguments_.array_data(*array);
        for (const BlockEntry& entry : program_.entries)
            if (entry.tensor == id) return f_.at(block(entry.block), f_.number(entry.offset));
        if (const auto constant = program_.constants.find(id); constant != program_.constants.end())
            return bytes_constant(frame_, constant->second);
        return real(number(network_[id].name));
    }

    Value* number(const std::string& name) {
        llvm::Type* f32 = f_.ir.getFloatTy();
        if (rates_) return f_.ir.CreateFPTrunc(rates_->number(name), f32);
        if (name == ir::resumed_name) return f_.ir.CreateUIToFP(f_.argument(1), f32);
        if (name == ir::first_step_name) return f_.ir.CreateSIToFP(first_step_, f32);
        throw std::logic_error("nobody sets the hyperparameter " + name);
    }

    Value* real(Value* value) {
        Value* place = f_.ir.CreateAlloca(f_.ir.getFloatTy());
        f_.ir.CreateStore(value, place);
        return place;
    }

    Value* block(Block which) {
        switch (which) {
            case Block::Parameters: return parameters();
            case Block::Gradients: return arguments_.load(Field::Gradients);
            case Block::Optimizer: return arguments_.load(Field::Optimizer);
        }
        return nullptr;
    }

    /// The caller's block, else that of the library.
    Value* parameters() {
        if (parameters_) return parameters_;
        parameters_ = arguments_.load(Field::Parameters);
        if (frame_.model.weights && program_.interface != Interface::Update) {
            Value* own = frame_.module.getNamedGlobal(frame_.name(weights_name));
            parameters_ = f_.ir.CreateSelect(f_.ir.CreateIsNull(parameters_), own, parameters_);
        }
        return parameters_;
    }

    // ---- units ------------------------------------------------------------------------------

    Value* bytes_of(const LibraryArray& array) {
        const Slot shape{4 * ir::element_count(array.shape), array.per_step, array.per_sample, -1,
                         0};
        return f_.bytes_of(shape, steps_, samples_);
    }

    /// to[i] = from[i] * factor, rounded once, as arrays in files are converted.
    void convert(Value* to, Value* from, const LibraryArray& array) {
        llvm::Type* f32 = f_.ir.getFloatTy();
        llvm::Type* f64 = f_.ir.getDoubleTy();
        f_.loop(f_.ir.CreateLShr(bytes_of(array), f_.number(2)), [&](Value* i) {
            Value* value = f_.ir.CreateFPExt(
                f_.ir.CreateLoad(f32, f_.ir.CreateInBoundsGEP(f32, from, i)), f64);
            value = f_.ir.CreateFMul(value, llvm::ConstantFP::get(f64, array.factor));
            f_.ir.CreateStore(f_.ir.CreateFPTrunc(value, f32), f_.ir.CreateInBoundsGEP(f32, to, i));
        });
    }

    /// Outputs in the unit of their declaration; they were computed in place.
    void hand_out() {
        for (std::size_t i = 0; i < program_.arrays.size(); ++i) {
            const LibraryArray& array = program_.arrays[i];
            if (array.use != LibraryArray::Use::Output) continue;
            if (array.tensor.valid() && array.factor == 1) continue;
            Value* data = arguments_.array_data(i);
            const auto finish = [&] {
                if (array.tensor.valid())
                    convert(data, data, array);
                else
                    f_.zero(data, bytes_of(array));
            };
            array.optional ? f_.when(f_.ir.CreateIsNotNull(data), finish) : finish();
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
                                 {arguments_.load(Field::Seed), text_constant(frame_, text),
                                  f_.number(std::int64_t(text.size()))});
            f_.ir.CreateStore(key, f_.ir.CreateConstInBoundsGEP2_64(type, keys, 0, i));
        }
        return keys;
    }

    /// Those that the caller gives, else 0, 1, 2 …
    Value* number_samples() {
        Value* numbers = regions_[std::size_t(variant_.memory.numbers)];
        llvm::Type* i32 = f_.ir.getInt32Ty();
        f_.loop(samples_, [&](Value* i) {
            f_.ir.CreateStore(f_.ir.CreateTrunc(i, i32), f_.ir.CreateInBoundsGEP(i32, numbers, i));
        });
        if (!arguments_.has(Field::SampleNumbers)) return numbers;
        Value* given = arguments_.load(Field::SampleNumbers);
        return f_.ir.CreateSelect(f_.ir.CreateIsNull(given), numbers, given);
    }

    /// The stack of allocations, empty.
    Value* kernel_memory() {
        if (variant_.memory.kernels < 0) return f_.null();
        auto* type = llvm::ArrayType::get(f_.ir.getPtrTy(), 2);
        Value* stack = f_.ir.CreateAlloca(type);
        Value* const words[] = {regions_[std::size_t(variant_.memory.kernels)], f_.null()};
        for (unsigned i = 0; i < 2; ++i)
            f_.ir.CreateStore(words[i], f_.ir.CreateConstInBoundsGEP2_64(type, stack, 0, i));
        return stack;
    }

    void run() {
        const bool draws = !network_.streams.empty();
        Value* keys = draws ? make_keys() : f_.null();
        Value* numbers = draws ? number_samples() : f_.null();
        const int scratch = variant_.memory.scratch;
        // In the order of RunContext (codegen/plan.h).
        Value* const values[] = {
            steps_,
            samples_,
            f_.number(0),
            buffers_,
            scratch < 0 ? f_.null() : regions_[std::size_t(scratch)],
            f_.number(0),
            f_.frame.module.getFunction(frame_.name(serial_name)),
            keys,
            numbers,
            arguments_.has(Field::Epoch) ? arguments_.load(Field::Epoch) : f_.number(0),
            first_step_,
            kernel_memory(),
            f_.number(0)};
        llvm::StructType* type = run_context_type(frame_.context);
        Value* context = f_.ir.CreateAlloca(type);
        for (unsigned i = 0; i < std::size(values); ++i)
            f_.ir.CreateStore(values[i], f_.ir.CreateStructGEP(type, context, i));
        f_.call(variant_.driver, f_.ir.getVoidTy(), {context});
    }

    EntryFrame& frame_;
    const LibraryProgram& program_;
    const ir::Network& network_;
    const LibraryVariant& variant_;
    EntryBuilder f_;
    Arguments arguments_;
    std::optional<RatesEmitter> rates_;  // of an update
    Value *steps_ = nullptr, *samples_ = nullptr, *first_step_ = nullptr;
    Value *buffers_ = nullptr, *parameters_ = nullptr;
    std::vector<Value*> regions_;
    std::map<TensorId, Value*> ports_;
};

}  // namespace

llvm::Function* emit_body(EntryFrame& frame, const LibraryProgram& program,
                          const LibraryVariant& variant) {
    return BodyEmitter(frame, program, variant).emit();
}

}  // namespace snnc::codegen
