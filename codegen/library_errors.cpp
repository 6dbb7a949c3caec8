#include "codegen/library_errors.h"

#include <fmt/format.h>

#include <map>

#include "codegen/library_text.h"

namespace snnc::codegen {
namespace {

using Error = LibraryError;

std::int32_t code(Error error) { return std::int32_t(error); }

std::vector<ErrorText> common_texts(const LibraryModel& model) {
    const std::string& p = model.prefix;
    return {
        {code(Error::None), "OK", "no error"},
        {code(Error::ArgumentsNull), "ARGUMENTS_NULL", "the arguments are null"},
        {code(Error::WrongVersion), "WRONG_VERSION",
         "abi_version or struct_bytes is not that of this library: was it compiled with another "
         "header?"},
        {code(Error::StepsOutOfRange), "STEPS_OUT_OF_RANGE",
         "steps must be at least 1, and no array may have more than 2^31 - 1 elements"},
        {code(Error::SamplesOutOfRange), "SAMPLES_OUT_OF_RANGE",
         "samples must be at least 1 and less than 2^31"},
        {code(Error::ParametersNull), "PARAMETERS_NULL", "parameters is null"},
        {code(Error::ParametersSize), "PARAMETERS_SIZE",
         fmt::format("parameters_bytes must be {}", model.parameter_bytes)},
        {code(Error::StateNull), "STATE_NULL", "state is null"},
        {code(Error::StateSize), "STATE_SIZE",
         fmt::format("state_bytes is less than {}_state_bytes(samples)", p)},
        {code(Error::StateForeign), "STATE_FOREIGN",
         fmt::format("the state was not begun by {0}_begin or {0}_run of this library", p)},
        {code(Error::StateSamples), "STATE_SAMPLES",
         "the state was begun with another number of samples"},
        {code(Error::MemoryNull), "MEMORY_NULL", "memory is null"},
        {code(Error::MemorySize), "MEMORY_SIZE",
         model.training
             ? fmt::format("memory_bytes is less than {0}_memory_bytes(steps, samples), or "
                           "{0}_grad_memory_bytes or {1}_UPDATE_MEMORY_BYTES where these count",
                           p, upper(p))
             : fmt::format("memory_bytes is less than {}_memory_bytes(steps, samples)", p)},
        {code(Error::ProcessorTooOld), "PROCESSOR_TOO_OLD",
         "this processor has less than every processor that the library was compiled for"},
        {code(Error::NameUnknown), "NAME_UNKNOWN", "there is no parameter of this name"},
        {code(Error::ValuesNull), "VALUES_NULL", "name or values is null"},
        {code(Error::ValuesSize), "VALUES_SIZE",
         "count is not the number of elements of this parameter"},
    };
}

std::vector<ErrorText> training_texts(const LibraryModel& model) {
    const std::string& p = model.prefix;
    return {
        {code(Error::GradientsNull), "GRADIENTS_NULL", "gradients is null"},
        {code(Error::GradientsSize), "GRADIENTS_SIZE",
         fmt::format("gradients_bytes must be {}", model.parameter_bytes)},
        {code(Error::OptimizerNull), "OPTIMIZER_NULL", "optimizer is null"},
        {code(Error::OptimizerSize), "OPTIMIZER_SIZE",
         fmt::format("optimizer_bytes must be {}", model.training->optimizer_bytes)},
        {code(Error::OptimizerForeign), "OPTIMIZER_FOREIGN",
         fmt::format("the optimizer was not begun by {}_begin_optimizer of this library", p)},
        {code(Error::UpdatesOutOfRange), "UPDATES_OUT_OF_RANGE",
         "updates and updates_per_epoch must be at least 1"},
        {code(Error::LearningRate), "LEARNING_RATE",
         "learning_rate must be positive, or 0 for that of the train block"},
        {code(Error::LossNull), "LOSS_NULL", "loss is null"},
        {code(Error::EpochOutOfRange), "EPOCH_OUT_OF_RANGE",
         "epoch must be at least 0 and less than 2^32"},
        {code(Error::SampleNumbersSize), "SAMPLE_NUMBERS_SIZE",
         "sample_numbers_bytes must be samples * 4"},
    };
}

void add_array(const LibraryArray& array, std::map<std::int32_t, ErrorText>& texts) {
    const auto add = [&](const std::string& name, const std::string& message) {
        const std::int32_t code =
            array.error + std::int32_t(name == "SIZE") + 2 * std::int32_t(name == "CLASS");
        texts[code] = {code, upper(array.member) + "_" + name, message};
    };
    if (!array.optional) add("NULL", fmt::format("{}.data is null", array.member));
    add("SIZE",
        fmt::format("{}.bytes must be {}{}{}", array.member, array.per_step ? "steps * " : "",
                    array.per_sample ? "samples * " : "", 4 * ir::element_count(array.shape)));
    if (array.kind != ir::DataKind::Index) return;
    add("CLASS", array.classes > 0 ? fmt::format("{} holds a label that is not from 0 to {}",
                                                 array.member, array.classes - 1)
                                   : fmt::format("{} holds a negative label", array.member));
}

}  // namespace

std::int32_t error_count(const LibraryArray& array) {
    return array.kind == ir::DataKind::Index ? 3 : 2;
}

std::vector<ErrorText> error_texts(const LibraryModel& model) {
    std::vector<ErrorText> texts = common_texts(model);
    std::map<std::int32_t, ErrorText> of_arrays;
    for (const LibraryArray& array : model.run.arrays) add_array(array, of_arrays);
    if (model.training) {
        for (ErrorText& text : training_texts(model)) texts.push_back(std::move(text));
        for (const LibraryArray& array : arrays_of(model, Interface::Grad))
            add_array(array, of_arrays);
    }
    for (auto& [code, text] : of_arrays) texts.push_back(std::move(text));
    return texts;
}

}  // namespace snnc::codegen
