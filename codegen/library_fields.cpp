#include "codegen/library_fields.h"

#include <fmt/format.h>

#include <algorithm>

#include "codegen/library_text.h"

namespace snnc::codegen {
namespace {

std::vector<FieldInfo> head(const LibraryModel& model, Interface interface) {
    return {{Field::AbiVersion, "int32_t", "abi_version", upper(model.prefix) + "_ABI_VERSION"},
            {Field::StructBytes, "int32_t", "struct_bytes",
             fmt::format("sizeof(struct {})", structure_name(model, interface))}};
}

std::vector<FieldInfo> size() {
    return {{Field::Steps, "int64_t", "steps", "at least 1"},
            {Field::Samples, "int64_t", "samples", "the batch, at least 1"}};
}

std::vector<FieldInfo> parameters(const LibraryModel& model) {
    return {{Field::Parameters, "const void *", "parameters",
             model.weights ? "0: those that came with the library" : ""},
            {Field::ParametersBytes, "int64_t", "parameters_bytes", ""}};
}

std::vector<FieldInfo> memory() {
    return {{Field::Memory, "void *", "memory", ""},
            {Field::MemoryBytes, "int64_t", "memory_bytes", ""}};
}

std::vector<FieldInfo> run_fields(const LibraryModel& model) {
    const std::string& p = model.prefix;
    return {{Field::Seed, "uint64_t", "seed", "of random numbers, where the network draws some"},
            {Field::State, "void *", "state",
             fmt::format("{0}_step needs one; {0}_run writes it where it is not 0", p)},
            {Field::StateBytes, "int64_t", "state_bytes", ""}};
}

std::vector<FieldInfo> grad_fields(const LibraryModel& model) {
    return {{Field::Seed, "uint64_t", "seed", upper(model.prefix) + "_SEED, as training draws"},
            {Field::Gradients, "void *", "gradients", "a block like that of the parameters"},
            {Field::GradientsBytes, "int64_t", "gradients_bytes", ""},
            {Field::Epoch, "int64_t", "epoch", "of random numbers, from 0"},
            {Field::SampleNumbers, "const uint32_t *", "sample_numbers",
             "[samples], of random numbers; 0: from 0 on"},
            {Field::SampleNumbersBytes, "int64_t", "sample_numbers_bytes", ""},
            {Field::Loss, "double *", "loss", "the mean over the batch"}};
}

std::vector<FieldInfo> update_fields() {
    return {{Field::Parameters, "void *", "parameters", "are moved"},
            {Field::ParametersBytes, "int64_t", "parameters_bytes", ""},
            {Field::Gradients, "const void *", "gradients", ""},
            {Field::GradientsBytes, "int64_t", "gradients_bytes", ""},
            {Field::Optimizer, "void *", "optimizer", "moves on"},
            {Field::OptimizerBytes, "int64_t", "optimizer_bytes", ""},
            {Field::LearningRate, "double", "learning_rate",
             "before the schedule; 0: that of the train block"}};
}

void append(std::vector<FieldInfo>& to, std::vector<FieldInfo> more) {
    to.insert(to.end(), more.begin(), more.end());
}

}  // namespace

std::vector<FieldInfo> fields_of(const LibraryModel& model, Interface interface) {
    std::vector<FieldInfo> fields = head(model, interface);
    switch (interface) {
        case Interface::Run: {
            append(fields, size());
            std::vector<FieldInfo> own = run_fields(model);
            fields.push_back(own[0]);
            append(fields, parameters(model));
            append(fields, {own.begin() + 1, own.end()});
            append(fields, memory());
            break;
        }
        case Interface::Grad:
            append(fields, size());
            append(fields, parameters(model));
            append(fields, grad_fields(model));
            append(fields, memory());
            break;
        case Interface::Update:
            append(fields, update_fields());
            append(fields, memory());
            break;
    }
    return fields;
}

std::int64_t field_offset(const std::vector<FieldInfo>& fields, std::size_t index) {
    std::int64_t offset = 0;
    for (std::size_t i = 0; i < index; ++i) offset += fields[i].bytes();
    return offset;
}

std::int64_t array_offset(const std::vector<FieldInfo>& fields, std::size_t array) {
    return field_offset(fields, fields.size()) + 16 * std::int64_t(array);
}

bool is_field_name(const std::string& name) {
    const LibraryModel none;
    for (const Interface interface : {Interface::Run, Interface::Grad, Interface::Update})
        for (const FieldInfo& field : fields_of(none, interface))
            if (upper(field.name) == name) return true;
    return false;
}

std::string structure_name(const LibraryModel& model, Interface interface) {
    const char* words[] = {"arguments", "grad_arguments", "update_arguments"};
    return model.prefix + "_" + words[int(interface)];
}

}  // namespace snnc::codegen
