// What the caller can get wrong about a structure, in the order of the errors where it matters:
// nothing is read before it is known to be there, nothing is written at all.
#include "codegen/llvm/library_arguments.h"

namespace snnc::codegen {
namespace {

using llvm::Value;

class Checker {
 public:
    Checker(EntryFrame& frame, const std::string& name, Interface interface,
            const std::vector<const CompiledProgram*>& programs,
            const std::vector<SizeFormula>& memory)
        : frame_(frame),
          model_(frame.model),
          programs_(programs),
          memory_(memory),
          interface_(interface),
          f_(frame, name, frame.i32(), {frame.pointer()}, false),
          arguments_(f_, interface, f_.argument(0)) {}

    void emit() {
        f_.require_given(arguments_.address(), LibraryError::ArgumentsNull);
        check_version();
        if (arguments_.has(Field::Steps)) check_size();
        steps_ = arguments_.steps();
        samples_ = arguments_.samples();
        check_parameters();
        if (arguments_.has(Field::Gradients))
            check_block(Field::Gradients, Field::GradientsBytes, model_.parameter_bytes,
                        LibraryError::GradientsNull, LibraryError::GradientsSize);
        if (arguments_.has(Field::Optimizer)) check_optimizer();
        if (arguments_.has(Field::State)) check_state();
        if (interface_ == Interface::Grad) check_grad();
        check_memory();
        for (std::size_t i = 0; i < arguments_.arrays().size(); ++i) check_array(i);
        f_.return_code(LibraryError::None);
    }

 private:
    void check_version() {
        Value* version =
            f_.ir.CreateICmpEQ(arguments_.load(Field::AbiVersion), f_.ir.getInt32(abi_version));
        Value* size = f_.ir.CreateICmpEQ(arguments_.load(Field::StructBytes),
                                         f_.ir.getInt32(std::uint32_t(arguments_.bytes())));
        f_.require(f_.ir.CreateAnd(version, size), LibraryError::WrongVersion);
    }

    void check_size() {
        Value* steps = arguments_.steps();
        Value* samples = arguments_.samples();
        f_.require(f_.within(samples), LibraryError::SamplesOutOfRange);
        f_.require(f_.within(steps), LibraryError::StepsOutOfRange);
        f_.require(f_.enough(f_.number(INT32_MAX), largest_array(), steps, samples),
                   LibraryError::StepsOutOfRange);
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
        for (const CompiledProgram* program : programs_)
            for (const LibraryVariant& variant : program->variants)
                for (const Slot& slot : variant.plan.slots) see(slot);
        return result;
    }

    // ---- blocks -----------------------------------------------------------------------------

    void check_block(Field block, Field bytes, std::int64_t wanted, LibraryError null,
                     LibraryError size) {
        f_.require_given(arguments_.load(block), null);
        f_.require_equal(arguments_.load(bytes), wanted, size);
    }

    /// Those of the library stand in for what a run or a gradient is not given.
    void check_parameters() {
        if (model_.parameters.empty()) return;
        const auto check = [&] {
            check_block(Field::Parameters, Field::ParametersBytes, model_.parameter_bytes,
                        LibraryError::ParametersNull, LibraryError::ParametersSize);
        };
        if (model_.weights && interface_ != Interface::Update)
            f_.when(f_.ir.CreateIsNotNull(arguments_.load(Field::Parameters)), check);
        else
            check();
    }

    void check_optimizer() {
        const LibraryTraining& training = *model_.training;
        check_block(Field::Optimizer, Field::OptimizerBytes, training.optimizer_bytes,
                    LibraryError::OptimizerNull, LibraryError::OptimizerSize);
        f_.require_equal(f_.load_word(arguments_.load(Field::Optimizer), OptimizerWord::Identity),
                         std::int64_t(training.update.identity), LibraryError::OptimizerForeign);
        // Not a number is none of these either.
        Value* rate = arguments_.load(Field::LearningRate);
        Value* positive = f_.ir.CreateFCmpOGE(rate, llvm::ConstantFP::get(rate->getType(), 0));
        Value* finite = f_.ir.CreateFCmpONE(rate, llvm::ConstantFP::getInfinity(rate->getType()));
        f_.require(f_.ir.CreateAnd(positive, finite), LibraryError::LearningRate);
    }

    void check_state() {
        f_.when(f_.ir.CreateIsNotNull(arguments_.load(Field::State)), [&] {
            f_.require(f_.enough(arguments_.load(Field::StateBytes), state_size(model_.run),
                                 f_.number(1), samples_),
                       LibraryError::StateSize);
        });
    }

    // ---- the rest ---------------------------------------------------------------------------

    void check_grad() {
        f_.require_given(arguments_.load(Field::Loss), LibraryError::LossNull);
        f_.require(
            f_.ir.CreateICmpULE(arguments_.load(Field::Epoch), f_.number(std::int64_t(UINT32_MAX))),
            LibraryError::EpochOutOfRange);
        f_.when(f_.ir.CreateIsNotNull(arguments_.load(Field::SampleNumbers)), [&] {
            f_.require(f_.ir.CreateICmpEQ(arguments_.load(Field::SampleNumbersBytes),
                                          f_.ir.CreateMul(samples_, f_.number(4))),
                       LibraryError::SampleNumbersSize);
        });
    }

    void check_memory() {
        f_.require_given(arguments_.load(Field::Memory), LibraryError::MemoryNull);
        Value* bytes = arguments_.load(Field::MemoryBytes);
        Value* good = f_.enough(bytes, memory_[0], steps_, samples_);
        if (memory_.size() > 1)
            good = f_.ir.CreateSelect(arguments_.wants_input_gradients(),
                                      f_.enough(bytes, memory_[1], steps_, samples_), good);
        f_.require(good, LibraryError::MemorySize);
    }

    void check_array(std::size_t index) {
        const LibraryArray& array = arguments_.arrays()[index];
        Value* data = arguments_.array_data(index);
        const Slot shape{4 * ir::element_count(array.shape), array.per_step, array.per_sample, -1,
                         0};
        Value* bytes = f_.bytes_of(shape, steps_, samples_);
        const auto check = [&] {
            f_.require(f_.ir.CreateICmpEQ(arguments_.array_bytes(index), bytes), array.error + 1);
            if (array.kind == ir::DataKind::Index) check_labels(array, data, bytes);
        };
        if (array.optional) return f_.when(f_.ir.CreateIsNotNull(data), check);
        f_.require(f_.ir.CreateIsNotNull(data), array.error);
        check();
    }

    void check_labels(const LibraryArray& array, Value* data, Value* bytes) {
        llvm::Type* i32 = frame_.i32();
        const std::int64_t classes =
            array.classes > 0 ? array.classes : std::int64_t{INT32_MAX} + 1;
        f_.loop(f_.ir.CreateLShr(bytes, f_.number(2)), [&](Value* i) {
            Value* label = f_.ir.CreateLoad(i32, f_.ir.CreateInBoundsGEP(i32, data, i));
            f_.require(f_.ir.CreateICmpULT(label, f_.ir.getInt32(std::uint32_t(classes))),
                       array.error + 2);
        });
    }

    EntryFrame& frame_;
    const LibraryModel& model_;
    const std::vector<const CompiledProgram*>& programs_;
    const std::vector<SizeFormula>& memory_;
    Interface interface_;
    EntryBuilder f_;
    Arguments arguments_;
    Value *steps_ = nullptr, *samples_ = nullptr;
};

}  // namespace

void emit_check(EntryFrame& frame, const std::string& name, Interface interface,
                const std::vector<const CompiledProgram*>& programs,
                const std::vector<SizeFormula>& memory) {
    Checker(frame, name, interface, programs, memory).emit();
}

void require_checked(EntryBuilder& f, const std::string& name) {
    Value* error = f.call(f.frame.name(name), f.frame.i32(), {f.argument(0)});
    f.require(f.ir.CreateICmpEQ(error, f.ir.getInt32(0)), error);
}

}  // namespace snnc::codegen
