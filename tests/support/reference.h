// Reading the reference data under tests/reference (see the README there) and writing the .snn
// texts and array files that put a case to the snnc command.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <nlohmann/json.hpp>
#include <set>
#include <string>
#include <vector>

namespace snnc::test {

using Json = nlohmann::json;

struct Tensor {
    std::vector<std::int64_t> shape;
    std::vector<float> data;
};
using Tensors = std::map<std::string, Tensor>;

/// The cases of tests/reference/NAME.json; SNNC_REFERENCE names another folder of such files (made
/// with another seed).
std::vector<Json> reference_cases(const std::string& name);

/// {"shape": …, "data": …}; NaN and infinities are strings there.
Tensor tensor(const Json& json);
Tensors tensors(const Json& json);

// Array files (array_files.cpp).
void write_npy(const std::filesystem::path& path, const Tensor& tensor);
void write_npy_labels(const std::filesystem::path& path, const Json& labels);
Tensor read_npy(const std::filesystem::path& path);
void write_safetensors(const std::filesystem::path& path, const Tensors& tensors);
Tensors read_safetensors(const std::filesystem::path& path);

/// The use of a surrogate as .snn text, and the declaration it needs if the library has none.
struct SurrogateText {
    std::string use;
    std::string declaration;
};
SurrogateText surrogate_text(const Json& surrogate);

/// The use of a cell that a neuron description asks for.
enum class CellParameters {
    Constant,  // scalars are written into the text; values per neuron are learned ones
    Learned,   // every parameter is learned: its value comes from the weights file
};
struct CellText {
    std::string use;
    Tensors weights;       // "NAME.beta" … for the parameters that come from a file
    std::string settings;  // what the network must say, "    dt = 0.001\n"
};
/// `learned` names further parameters (as the reference data do) that are learned in any case.
CellText cell_text(const Json& neuron, const std::string& name, CellParameters parameters,
                   const std::string& surrogate = {}, const std::set<std::string>& learned = {});

/// The shape of one sample of an input [steps, samples, …] as .snn text: "2, 4, 5".
std::string sample_shape(const Tensor& x);

/// A number as .snn text that reads back as the same float.
std::string number_text(double value);

/// What snnc calls a parameter or a state ("mem", "syn") of the reference data.
std::string parameter_name(const std::string& reference_name);
std::string state_name(const std::string& reference_name);

/// For names of tests.
std::string identifier(std::string text);

}  // namespace snnc::test
