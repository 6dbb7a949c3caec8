#include "codegen/llvm/library_entry.h"

#include <algorithm>

#include "codegen/llvm/library_builder.h"
#include "codegen/llvm/machine.h"

namespace snnc::codegen {
namespace {

using llvm::Value;

/// Largest number of steps, of samples, and of elements of one array.
constexpr std::int64_t most = INT32_MAX;

class ExportEmitter {
 public:
    explicit ExportEmitter(EntryFrame& frame) : frame_(frame), context_(frame.context) {}

    std::vector<std::string> emit(llvm::Constant* go) {
        emit_sizes();
        emit_check();
        emit_run(go);
        emit_begin();
        emit_step(go);
        emit_parameter("set_parameter", true);
        emit_parameter("get_parameter", false);
        if (frame_.model.weights) emit_weights();
        emit_texts();
        return exported_;
    }

 private:
    llvm::Type* i32() { return llvm::Type::getInt32Ty(context_); }
    llvm::Type* i64() { return llvm::Type::getInt64Ty(context_); }
    llvm::Type* pointer() { return llvm::PointerType::get(context_, 0); }

    EntryBuilder exported(const std::string& name, llvm::Type* result,
                          const std::vector<llvm::Type*>& parameters) {
        exported_.push_back(frame_.name(name));
        return {frame_, name, result, parameters, true};
    }

    static Value* within(EntryBuilder& f, Value* count) {
        // 0 and below wrap around.
        return f.ir.CreateICmpULT(f.ir.CreateSub(count, f.number(1)), f.number(most));
    }

    // ---- sizes ------------------------------------------------------------------------------

    void emit_sizes() {
        EntryBuilder memory = exported("memory_bytes", i64(), {i64(), i64()});
        return_size(memory, frame_.memory, memory.argument(0), memory.argument(1));
        EntryBuilder state = exported("state_bytes", i64(), {i64()});
        return_size(state, state_size(frame_.network, frame_.model), state.number(1),
                    state.argument(0));
    }

    /// -1 where the size of the run is no size, or the bytes do not fit.
    static void return_size(EntryBuilder& f, const SizeFormula& size, Value* steps,
                            Value* samples) {
        Value* bytes = f.evaluate(size, steps, samples);
        Value* good = f.ir.CreateAnd(within(f, steps), within(f, samples));
        good = f.ir.CreateAnd(good, f.ir.CreateICmpSLE(bytes, f.wide(f.number(INT64_MAX))));
        f.ir.CreateRet(
            f.ir.CreateSelect(good, f.ir.CreateTrunc(bytes, f.ir.getInt64Ty()), f.number(-1)));
    }

    // ---- checks -----------------------------------------------------------------------------

    void emit_check() {
        EntryBuilder f(frame_, "check", i32(), {pointer()}, false);
        Value* arguments = f.argument(0);
        f.require(f.ir.CreateIsNotNull(arguments), LibraryError::ArgumentsNull);
        check_version(f, arguments);
        Value* steps = f.load(arguments, Field::Steps);
        Value* samples = f.load(arguments, Field::Samples);
        f.require(within(f, samples), LibraryError::SamplesOutOfRange);
        f.require(within(f, steps), LibraryError::StepsOutOfRange);
        f.require(
            f.ir.CreateICmpSLE(f.evaluate(largest_array(), steps, samples), f.wide(f.number(most))),
            LibraryError::StepsOutOfRange);
        check_parameters(f, arguments);
        Value* state = f.load(arguments, Field::State);
        f.when(f.ir.CreateIsNotNull(state), [&] {
            f.require(enough(f, f.load(arguments, Field::StateBytes),
                             state_size(frame_.network, frame_.model), f.number(1), samples),
                      LibraryError::StateSize);
        });
        f.require(f.ir.CreateIsNotNull(f.load(arguments, Field::Memory)), LibraryError::MemoryNull);
        f.require(enough(f, f.load(arguments, Field::MemoryBytes), frame_.memory, steps, samples),
                  LibraryError::MemorySize);
        check_arrays(f, arguments, steps, samples);
        f.ir.CreateRet(f.ir.getInt32(0));
    }

    void check_version(EntryBuilder& f, Value* arguments) {
        const auto bytes = frame_.module.getDataLayout().getTypeAllocSize(arguments_type(frame_));
        Value* version =
            f.ir.CreateICmpEQ(f.load(arguments, Field::AbiVersion), f.ir.getInt32(abi_version));
        Value* size = f.ir.CreateICmpEQ(f.load(arguments, Field::StructBytes),
                                        f.ir.getInt32(std::uint32_t(bytes.getFixedValue())));
        f.require(f.ir.CreateAnd(version, size), LibraryError::WrongVersion);
    }

    static Value* enough(EntryBuilder& f, Value* bytes, const SizeFormula& size, Value* steps,
                         Value* samples) {
        return f.ir.CreateICmpSGE(f.wide(bytes), f.evaluate(size, steps, samples));
    }

    /// Elements; kernels count them in 32 bits.
    SizeFormula largest_array() const {
        SizeFormula result;
        const auto see = [&](const Slot& shape) {
            SizeFormula one;
            const std::int64_t elements = (shape.row_bytes + 3) / 4;
            (shape.per_step     ? shape.per_sample ? one.per_step_and_sample : one.per_step
             : shape.per_sample ? one.per_sample
                                : one.constant) = elements;
            result = larger(result, one);
        };
        for (const LibraryVariant& variant : frame_.variants)
            for (const Slot& slot : variant.plan.slots) see(slot);
        return result;
    }

    void check_parameters(EntryBuilder& f, Value* arguments) {
        if (frame_.model.parameters.empty()) return;
        Value* parameters = f.load(arguments, Field::Parameters);
        const auto check_size = [&] {
            f.require(f.ir.CreateICmpEQ(f.load(arguments, Field::ParametersBytes),
                                        f.number(frame_.model.parameter_bytes)),
                      LibraryError::ParametersSize);
        };
        if (frame_.model.weights) return f.when(f.ir.CreateIsNotNull(parameters), check_size);
        f.require(f.ir.CreateIsNotNull(parameters), LibraryError::ParametersNull);
        check_size();
    }

    void check_arrays(EntryBuilder& f, Value* arguments, Value* steps, Value* samples) {
        std::int32_t code = std::int32_t(LibraryError::ArrayNull);
        for (std::size_t i = 0; i < frame_.model.arrays.size(); ++i) {
            const ir::Tensor& tensor = frame_.network[frame_.model.arrays[i].tensor];
            f.require(f.ir.CreateIsNotNull(f.array_data(arguments, i)), code++);
            const Slot shape{4 * ir::element_count(tensor.shape), tensor.per_step,
                             tensor.per_sample, -1, 0};
            f.require(
                f.ir.CreateICmpEQ(f.array_bytes(arguments, i), f.bytes_of(shape, steps, samples)),
                code++);
        }
    }

    // ---- runs -------------------------------------------------------------------------------

    void checked(EntryBuilder& f) {
        Value* error = f.call(frame_.name("check"), i32(), {f.argument(0)});
        f.require(f.ir.CreateICmpEQ(error, f.ir.getInt32(0)), error);
    }

    void start(EntryBuilder& f, llvm::Constant* go, Value* resumed) {
        auto* type = llvm::FunctionType::get(i32(), {pointer(), f.ir.getInt1Ty()}, false);
        f.ir.CreateRet(f.ir.CreateCall(type, go, {f.argument(0), resumed}));
    }

    void emit_run(llvm::Constant* go) {
        EntryBuilder f = exported("run", i32(), {pointer()});
        checked(f);
        start(f, go, f.ir.getFalse());
    }

    void emit_step(llvm::Constant* go) {
        EntryBuilder f = exported("step", i32(), {pointer()});
        checked(f);
        Value* given = f.load(f.argument(0), Field::State);
        f.require(f.ir.CreateIsNotNull(given), LibraryError::StateNull);
        Value* state = f.align_pointer(given);
        f.require(f.ir.CreateICmpEQ(f.load_state(state, StateWord::Identity),
                                    f.number(std::int64_t(frame_.model.identity))),
                  LibraryError::StateForeign);
        f.require(f.ir.CreateICmpEQ(f.load_state(state, StateWord::Samples),
                                    f.load(f.argument(0), Field::Samples)),
                  LibraryError::StateSamples);
        start(f, go, f.ir.CreateICmpSGT(f.load_state(state, StateWord::Steps), f.number(0)));
    }

    /// i32 P_begin(ptr state, i64 bytes, i64 samples)
    void emit_begin() {
        EntryBuilder f = exported("begin", i32(), {pointer(), i64(), i64()});
        f.require(f.ir.CreateIsNotNull(f.argument(0)), LibraryError::StateNull);
        f.require(within(f, f.argument(2)), LibraryError::SamplesOutOfRange);
        f.require(enough(f, f.argument(1), state_size(frame_.network, frame_.model), f.number(1),
                         f.argument(2)),
                  LibraryError::StateSize);
        f.store_state_head(f.align_pointer(f.argument(0)), f.argument(2), f.number(0));
        f.ir.CreateRet(f.ir.getInt32(0));
    }

    // ---- parameters -------------------------------------------------------------------------

    /// i32 P_set_parameter(ptr block, i64 bytes, ptr name, ptr values, i64 count), and its inverse.
    /// Values stand in the layout of weights files: of a weight the last axis of the block first.
    void emit_parameter(const std::string& function, bool set) {
        EntryBuilder f = exported(function, i32(), {pointer(), i64(), pointer(), pointer(), i64()});
        f.require(f.ir.CreateIsNotNull(f.argument(0)), LibraryError::ParametersNull);
        f.require(f.ir.CreateICmpEQ(f.argument(1), f.number(frame_.model.parameter_bytes)),
                  LibraryError::ParametersSize);
        f.require(f.ir.CreateAnd(f.ir.CreateIsNotNull(f.argument(2)),
                                 f.ir.CreateIsNotNull(f.argument(3))),
                  LibraryError::ValuesNull);
        for (const LibraryParameter& parameter : frame_.model.parameters)
            copy_parameter(f, parameter, set);
        f.ir.CreateRet(f.ir.getInt32(std::uint32_t(LibraryError::NameUnknown)));
    }

    void copy_parameter(EntryBuilder& f, const LibraryParameter& parameter, bool set) {
        const ir::Tensor& tensor = frame_.network[parameter.tensor];
        Value* differs =
            f.call("strcmp", i32(), {f.argument(2), text_constant(frame_, tensor.name)});
        f.when(f.ir.CreateICmpEQ(differs, f.ir.getInt32(0)), [&] {
            const std::int64_t count = ir::element_count(tensor.shape);
            f.require(f.ir.CreateICmpEQ(f.argument(4), f.number(count)), LibraryError::ValuesSize);
            const std::int64_t columns = tensor.transposed_in_files ? tensor.shape.back() : 1;
            const std::int64_t rows = count / std::max<std::int64_t>(columns, 1);
            Value* block = f.at(f.argument(0), f.number(parameter.offset));
            llvm::Type* f32 = f.ir.getFloatTy();
            const auto element = [&](Value* base, Value* major, std::int64_t width, Value* minor) {
                Value* index = f.ir.CreateAdd(f.ir.CreateMul(major, f.number(width)), minor);
                return f.ir.CreateInBoundsGEP(f32, base, index);
            };
            f.loop(f.number(rows), [&](Value* row) {
                f.loop(f.number(columns), [&](Value* column) {
                    Value* inside = element(block, row, columns, column);
                    Value* outside = element(f.argument(3), column, rows, row);
                    f.ir.CreateStore(f.ir.CreateLoad(f32, set ? outside : inside),
                                     set ? inside : outside);
                });
            });
            f.require(f.ir.getFalse(), LibraryError::None);  // done: nothing is left to compare
        });
    }

    /// i32 P_weights(ptr to, i64 bytes)
    void emit_weights() {
        EntryBuilder f = exported("weights", i32(), {pointer(), i64()});
        f.require(f.ir.CreateIsNotNull(f.argument(0)), LibraryError::ParametersNull);
        f.require(f.ir.CreateICmpEQ(f.argument(1), f.number(frame_.model.parameter_bytes)),
                  LibraryError::ParametersSize);
        f.copy(f.argument(0), frame_.module.getNamedGlobal(frame_.name("own_weights")),
               f.argument(1));
        f.ir.CreateRet(f.ir.getInt32(0));
    }

    // ---- texts ------------------------------------------------------------------------------

    void emit_texts() {
        EntryBuilder version = exported("abi_version", i32(), {});
        version.ir.CreateRet(version.ir.getInt32(abi_version));
        EntryBuilder message = exported("message", pointer(), {i32()});
        Value* text = text_constant(frame_, "there is no such error");
        for (const ErrorText& error : error_texts(frame_.network, frame_.model)) {
            Value* meant = message.ir.CreateICmpEQ(message.argument(0),
                                                   message.ir.getInt32(std::uint32_t(error.code)));
            text = message.ir.CreateSelect(meant, text_constant(frame_, error.message), text);
        }
        message.ir.CreateRet(text);
    }

    EntryFrame& frame_;
    llvm::LLVMContext& context_;
    std::vector<std::string> exported_;
};

void emit_own_weights(EntryFrame& frame) {
    if (!frame.model.weights) return;
    auto* global = llvm::cast<llvm::GlobalVariable>(bytes_constant(frame, *frame.model.weights));
    global->setName(frame.name("own_weights"));
}

}  // namespace

LibraryEntry compile_entry(const ir::Network& network, const ir::StepProgram& program,
                           const LibraryModel& model, const std::vector<LibraryVariant>& variants,
                           const SizeFormula& memory) {
    llvm::LLVMContext context;
    const auto machine = make_machine({"x86-64"});
    llvm::Module module("snnc", context);
    prepare_module(module, *machine);
    EntryFrame frame{network, program, model, variants, memory, context, module};
    emit_own_weights(frame);
    emit_hooks(frame);
    std::vector<llvm::Function*> bodies;
    for (const LibraryVariant& variant : variants) bodies.push_back(emit_body(frame, variant));
    LibraryEntry entry;
    entry.exported = ExportEmitter(frame).emit(emit_choice(frame, bodies));
    optimize(module, *machine);
    entry.object = generate(module, *machine, llvm::CodeGenFileType::ObjectFile);
    return entry;
}

}  // namespace snnc::codegen
