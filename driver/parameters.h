// The parameters of a network: drawn, read from and written to .safetensors. The edges of its
// sparse layers are parameters too.
#pragma once

#include <cstdint>
#include <string>

#include "driver/arrays.h"
#include "runtime/safetensors.h"

namespace snnc::driver {

/// Takes the edges of all sparse layers from the file (empty: none) or, where it has none, draws
/// them; puts their number into the network. Before anything else is made of network and values.
/// Edges that do not fit their layer are reported and end the work (Stop).
void place_edges(Session& session, ir::Network& network, const std::string& file,
                 std::uint64_t seed, PortValues& values);
/// The same with what a file holds; `file` stands in messages.
void place_edges(Session& session, ir::Network& network, const runtime::TensorFile& contents,
                 const std::string& file, std::uint64_t seed, PortValues& values);

/// Draws every parameter by its initialiser: a function of seed, name and element alone (of an
/// edge's weight: the pair of cells). The edges must be there.
void initialise_parameters(const ir::Network& network, std::uint64_t seed, PortValues& values);

/// Reads a weights file over what is there. Missing, unknown and wrongly shaped tensors and values
/// that are no numbers are reported, all of them, and end the work (Stop). With `partial` tensors
/// may be missing, and those that nothing asks for are warnings.
void load_weights(Session& session, const ir::Network& network, const std::string& file,
                  bool partial, PortValues& values);

/// Places the edges, draws (by the options' seed, else the network's own), then reads the file of
/// the options, if there is one. `checkpoint`: a file that goes before it where edges are
/// concerned.
void prepare_parameters(Session& session, ir::Network& network, const WeightOptions& options,
                        PortValues& values, const std::string& checkpoint = {});

/// A tensor of the network as it stands in a file: PyTorch's layout.
runtime::Array to_file_layout(const ir::Tensor& tensor, const Values& values);
Values from_file_layout(const ir::Tensor& tensor, const runtime::Array& array);

/// All parameters, as they are written to a weights file.
runtime::TensorFile weights_file(const ir::Network& network, const PortValues& values);

}  // namespace snnc::driver
