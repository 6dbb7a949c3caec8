// From networks to the programs of a library (`compile`): what each computes, and where in the
// caller's blocks and structures its tensors stand.
#pragma once

#include "codegen/library_model.h"
#include "driver/parameters.h"
#include "driver/pipeline.h"

namespace snnc::driver {

/// A network with its parameters in `values`.
struct PreparedNetwork {
    ir::Network network;
    std::map<ir::TensorId, Values> parameters;
};

/// Edges and parameters as `run`, `grad` and `train` have them.
PreparedNetwork prepare_network(Session& session, ir::Network network,
                                const WeightOptions& weights);

/// All parameters one behind the other, edges excepted: the layout of the blocks.
std::vector<codegen::BlockTensor> block_of_parameters(const ir::Network& network);
std::vector<std::byte> block_values(const PreparedNetwork& prepared,
                                    const std::vector<codegen::BlockTensor>& block);

/// The forward run, in pieces; its outputs are those that the network declares.
codegen::LibraryProgram run_program(const PreparedNetwork& prepared,
                                    const std::vector<codegen::BlockTensor>& parameters);

/// Everything of a train block: gradients of all that is learned, with and without those of
/// inputs, and an update. NothingLearned.
codegen::LibraryTraining training_programs(const PreparedNetwork& prepared,
                                           const std::vector<codegen::BlockTensor>& parameters);

}  // namespace snnc::driver
