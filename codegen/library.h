// A network as a library for other programs (`snnc compile`): what it shows to its caller.
//
// The same step program that `run` executes is compiled for each processor level; in front of the
// copies stand entry points with a C interface, which check what they are given, lay out the
// caller's memory and keep the state. Free of Halide and LLVM.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "codegen/plan.h"
#include "ir/passes/carry_past.h"

namespace snnc::codegen {

/// Of the structure that the caller fills and of all layouts below; a library refuses others.
inline constexpr std::int32_t abi_version = 1;

/// Bytes in a run of that size.
struct SizeFormula {
    std::int64_t constant = 0, per_step = 0, per_sample = 0, per_step_and_sample = 0;
};

/// An array that the caller gives (an input) or receives (an output): float, row-major,
/// [steps if per step, samples, shape…], counted in the unit of its declaration.
struct LibraryArray {
    std::string name;    // "image", "out.s"
    std::string member;  // of the C structure: "image", "out_s"
    ir::TensorId tensor;
    bool output = false;
};

/// Gives each array its member: its name as C takes it, with a line behind what C or the library
/// has for itself or another array has already ("out.s" is `out_s`, "int" is `int_`).
void name_members(std::vector<LibraryArray>& arrays);

/// A tensor in the block of parameters.
struct LibraryParameter {
    ir::TensorId tensor;
    std::int64_t offset = 0;  // bytes
};

struct LibraryModel {
    std::string prefix;  // of every name that the library exports
    std::vector<LibraryArray> arrays;
    std::vector<LibraryParameter> parameters;
    std::int64_t parameter_bytes = 0;
    /// The past that a run hands to the one that goes on from it.
    std::vector<ir::CarriedPast> pasts;
    /// What is fixed when the library is made: the edges of sparse layers.
    std::map<ir::TensorId, std::vector<std::byte>> constants;
    /// The block of parameters, where it comes with the library.
    std::optional<std::vector<std::byte>> weights;
    std::uint64_t identity = 0;  // of the program: a state of another one is refused
};

/// What may be wrong with a call. The codes of an array follow: array_null + 2 * its index, and one
/// more where its size is wrong.
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
    ArrayNull = 100,
};

/// Every code with its name in C and its message.
struct ErrorText {
    std::int32_t code;
    std::string name;  // "STATE_NULL"
    std::string message;
};
std::vector<ErrorText> error_texts(const ir::Network& network, const LibraryModel& model);

// ---- the caller's memory ---------------------------------------------------------------------

/// The head of a state: identity, samples, steps so far. The pasts follow, each on a cache line.
inline constexpr std::int64_t state_head_bytes = 64;
SizeFormula state_size(const ir::Network& network, const LibraryModel& model);

/// Bytes of one step of a past.
std::int64_t past_row_bytes(const ir::Network& network, const ir::CarriedPast& past);

/// Behind the rows of a region: what a vector may read beyond the end.
inline constexpr std::int64_t region_room = 128;

/// A part of the memory for one run: 64-byte aligned.
struct Region {
    Slot shape;
    bool zeroed = false;  // before each run
};

struct MemoryPlan {
    std::vector<Region> regions;
    std::vector<int> of_slot;  // by slot: its region, -1: the array is somewhere else
    int numbers = -1;          // of the samples, where random numbers are drawn
    int scratch = -1;
    SizeFormula size;  // of all of it, wherever the memory begins
};
/// Throws std::logic_error if the program reads something that nobody gives.
MemoryPlan plan_memory(const ir::Network& network, const ir::StepProgram& program,
                       const BufferPlan& plan, const LibraryModel& model);

/// Large enough for both.
SizeFormula larger(const SizeFormula& a, const SizeFormula& b);

// ---- files -----------------------------------------------------------------------------------

enum class LibraryKind { Shared, Archive, Object };

struct LibraryFiles {
    std::vector<std::byte> binary;
    std::string header;
    std::string manifest;
};

/// `file`: the name that programs look for ("libnet.so").
struct LibraryRequest {
    std::string file, header_file;
    std::string source_hash;  // of the text that it was made from
    LibraryKind kind = LibraryKind::Shared;
    std::vector<Target> targets;  // ascending
};

/// Throws CompileFailure.
LibraryFiles make_library(const ir::Network& network, const ir::StepProgram& program,
                          const LibraryModel& model, const LibraryRequest& request);

/// The C header and the manifest (JSON).
std::string library_header(const ir::Network& network, const LibraryModel& model,
                           const LibraryRequest& request);
std::string library_manifest(const ir::Network& network, const LibraryModel& model,
                             const SizeFormula& memory, const LibraryRequest& request);

/// "net" for a network `Net`; a name that C takes.
std::string c_identifier(const std::string& name);

}  // namespace snnc::codegen
