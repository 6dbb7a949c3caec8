// What a compiled library shows to its caller and what it executes (`snnc compile`): structures,
// arrays, blocks of numbers, and a step program behind each function. Free of Halide and LLVM.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "ir/net/network.h"
#include "ir/passes/carry_past.h"
#include "ir/step/program.h"

namespace snnc::codegen {

/// Of the structures that the caller fills and of all layouts; a library refuses others.
inline constexpr std::int32_t abi_version = 1;

/// The C structures, each the argument of some functions.
enum class Interface {
    Run,     // P_run, P_step
    Grad,    // P_grad
    Update,  // P_update
};

/// An array that the caller gives (an input, a target) or receives (an output): float (labels:
/// int32), row-major, [steps if per step, samples if per sample, shape…].
struct LibraryArray {
    enum class Use { Input, Target, Output };
    std::string name;    // "image", "out.s"; of the gradient of an input: the input's
    std::string member;  // of the C structure: "image", "out_s"
    /// Of the program. Invalid: nothing depends on it, and 0 is handed out.
    ir::TensorId tensor;
    Use use = Use::Input;
    ir::Shape shape;
    bool per_step = false, per_sample = true;
    ir::DataKind kind = ir::DataKind::Real;
    /// On their way in or out values are multiplied by this: outside they are counted in the unit
    /// of the declaration.
    double factor = 1;
    bool gradient = false;     // of the loss with respect to an input
    bool optional = false;     // the caller may give null
    std::int64_t classes = 0;  // labels are below it; 0: only known not to be negative
    std::int32_t error = 0;    // the first of its codes (codegen/library_errors.h)
};

/// The caller's blocks of numbers. A gradient stands where its parameter stands.
enum class Block { Parameters, Gradients, Optimizer };

/// A tensor of a program in one of them.
struct BlockEntry {
    ir::TensorId tensor;
    Block block = Block::Parameters;
    std::int64_t offset = 0;  // bytes
};

/// A tensor as the caller sees it in a block.
struct BlockTensor {
    ir::Tensor tensor;
    std::int64_t offset = 0;
};

/// What one or two functions execute.
struct LibraryProgram {
    std::string name;  // part of its symbols
    Interface interface = Interface::Run;
    ir::Network network;
    ir::StepProgram program;
    std::vector<LibraryArray> arrays;
    std::vector<BlockEntry> entries;
    /// What is fixed when the library is made: the edges of sparse layers.
    std::map<ir::TensorId, std::vector<std::byte>> constants;
    /// The past that a run hands to the one that goes on from it.
    std::vector<ir::CarriedPast> pasts;
    ir::TensorId loss;           // of a sample, where the program computes one
    std::uint64_t identity = 0;  // what another one left behind is refused
};

/// `compile --grad`: a train block as functions.
struct LibraryTraining {
    std::string block;  // its name; empty where it has none
    LibraryProgram gradients;
    /// The same with gradients of inputs, where there are inputs.
    std::optional<LibraryProgram> input_gradients;
    LibraryProgram update;
    std::vector<BlockTensor> optimizer;  // what it keeps; before it the block's head
    std::int64_t optimizer_bytes = 0;
    ir::Training settings;
    std::uint64_t seed = 0;
};

struct LibraryModel {
    std::string prefix;  // of every name that the library exports
    LibraryProgram run;
    std::vector<BlockTensor> parameters;
    std::int64_t parameter_bytes = 0;
    /// The block of parameters, where it comes with the library.
    std::optional<std::vector<std::byte>> weights;
    std::optional<LibraryTraining> training;
};

/// The arrays of a structure. Those of both programs behind P_grad are alike.
const std::vector<LibraryArray>& arrays_of(const LibraryModel& model, Interface interface);

/// Gives each array its member and its errors: its name as C takes it, with a line behind what C or
/// the library has for itself or another array has already ("out.s" is `out_s`, "int" is `int_`).
/// An array of the same name and use has the same in every structure; the gradient of x is
/// `x_gradient`.
void name_members(LibraryModel& model);

/// A name that C takes: Greek letters by their names ("μ.s" is `mu_s`), a line for what else C does
/// not have in names.
std::string c_identifier(const std::string& name);

// ---- heads of blocks ------------------------------------------------------------------------

/// A state begins with its identity, samples, and steps so far; the pasts follow, each on a cache
/// line. An optimiser's block begins with its identity, the updates so far, all that are planned,
/// and those of an epoch.
inline constexpr std::int64_t head_bytes = 64;

}  // namespace snnc::codegen
