// The C structures that a caller fills, field by field: the one table that the header, the manifest
// and the generated code are written from.
#pragma once

#include <string>
#include <vector>

#include "codegen/library_model.h"

namespace snnc::codegen {

enum class Field {
    AbiVersion,
    StructBytes,
    Steps,
    Samples,
    Seed,
    Epoch,
    SampleNumbers,
    SampleNumbersBytes,
    Parameters,
    ParametersBytes,
    Gradients,
    GradientsBytes,
    Optimizer,
    OptimizerBytes,
    State,
    StateBytes,
    Memory,
    MemoryBytes,
    LearningRate,
    Loss,
};

struct FieldInfo {
    Field field;
    std::string type;     // of C: "const void *"
    std::string name;     // "abi_version"
    std::string comment;  // may be empty

    bool is_pointer() const { return type.back() == '*'; }
    std::int64_t bytes() const { return type == "int32_t" ? 4 : 8; }
};

/// In their order; the arrays follow, each {data, bytes}.
std::vector<FieldInfo> fields_of(const LibraryModel& model, Interface interface);

/// Where they stand, in bytes. No field is padded.
std::int64_t field_offset(const std::vector<FieldInfo>& fields, std::size_t index);
std::int64_t array_offset(const std::vector<FieldInfo>& fields, std::size_t array);

/// Whether a structure has a field of this name, whatever its case.
bool is_field_name(const std::string& upper_case_name);

/// "P_arguments", "P_grad_arguments", "P_update_arguments".
std::string structure_name(const LibraryModel& model, Interface interface);

}  // namespace snnc::codegen
