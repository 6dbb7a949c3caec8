// What may be wrong with a call of a compiled library.
#pragma once

#include <string>
#include <vector>

#include "codegen/library_model.h"

namespace snnc::codegen {

enum class LibraryError : std::int32_t {
    None = 0,
    ArgumentsNull = 1,
    WrongVersion = 2,
    StepsOutOfRange = 3,
    SamplesOutOfRange = 4,
    ParametersNull = 5,
    ParametersSize = 6,
    StateNull = 7,
    StateSize = 8,
    StateForeign = 9,
    StateSamples = 10,
    MemoryNull = 11,
    MemorySize = 12,
    ProcessorTooOld = 13,
    NameUnknown = 14,
    ValuesNull = 15,
    ValuesSize = 16,
    GradientsNull = 17,
    GradientsSize = 18,
    OptimizerNull = 19,
    OptimizerSize = 20,
    OptimizerForeign = 21,
    UpdatesOutOfRange = 22,
    LearningRate = 23,
    LossNull = 24,
    EpochOutOfRange = 25,
    SampleNumbersSize = 26,
    /// The codes of arrays follow one another: null, size, and of labels class.
    FirstArray = 100,
};

/// How many codes an array has.
std::int32_t error_count(const LibraryArray& array);

/// Every code with its name in C and its message, ascending.
struct ErrorText {
    std::int32_t code;
    std::string name;  // "STATE_NULL"
    std::string message;
};
std::vector<ErrorText> error_texts(const LibraryModel& model);

}  // namespace snnc::codegen
