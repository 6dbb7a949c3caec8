// A train block as programs of a library: gradients, and steps of the optimizer.
#include <algorithm>

#include "driver/library_parts.h"

namespace snnc::driver {
namespace {

using codegen::Block;
using codegen::BlockTensor;
using codegen::LibraryArray;
using codegen::LibraryProgram;
using Use = LibraryArray::Use;

// ---- gradients -----------------------------------------------------------------------------

/// The network of a train block with its loss, gradients and next statistics as results.
class GradientProgram {
 public:
    GradientProgram(const PreparedNetwork& prepared, const std::vector<BlockTensor>& block)
        : prepared_(prepared), block_(block) {
        program_.interface = codegen::Interface::Grad;
        program_.network = prepared.network;
    }

    LibraryProgram make(const std::string& name, bool of_inputs) {
        ir::Network& network = program_.network;
        program_.name = name;
        const auto learned = learned_parameters(network);
        std::vector<ir::TensorId> wrt = learned;
        if (of_inputs) wrt.insert(wrt.end(), network.inputs.begin(), network.inputs.end());
        network.training->loss = give_definition(network, network.training->loss);
        program_.loss = network.training->loss;
        const ir::Gradients gradients = add_gradients(network, wrt);
        lowering_.results = {program_.loss};
        add_arrays(of_inputs ? gradients : ir::Gradients{});
        for (const ir::TensorId id : learned)
            if (gradients.of(id).valid()) stands_at(id, gradients.of(id));
        add_statistics();
        lower_program(program_, lowering_);
        place_parameters(prepared_, block_, program_);
        return std::move(program_);
    }

 private:
    void add_arrays(const ir::Gradients& gradients) {
        const ir::Network& network = program_.network;
        for (const ir::TensorId id : network.inputs)
            program_.arrays.push_back(array_of(network, id, Use::Input));
        for (const ir::TensorId id : network.training->targets)
            program_.arrays.push_back(array_of(network, id, Use::Target));
        LibraryArray losses = array_of(network, program_.loss, Use::Output);
        losses.name = "losses";
        losses.optional = true;
        program_.arrays.push_back(std::move(losses));
        for (const ir::TensorId id : network.inputs) {
            LibraryArray array = array_of(network, id, Use::Output);
            array.tensor = gradients.of(id);
            array.kind = ir::DataKind::Real;
            array.factor = network[id].unit;  // of a slope: the input stands below the line
            array.gradient = array.optional = true;
            if (array.tensor.valid()) lowering_.want(array.tensor);
            program_.arrays.push_back(std::move(array));
        }
    }

    /// `value` is handed out where the parameter stands in its own block.
    void stands_at(ir::TensorId parameter, ir::TensorId value) {
        lowering_.want(value);
        program_.entries.push_back(
            {value, Block::Gradients, offset_of(block_, program_.network[parameter].name)});
    }

    /// Batch normalisation: the next values of its statistics, which an update puts in their place.
    void add_statistics() {
        ir::Network& network = program_.network;
        for (const ir::Update& update : network.updates) {
            ir::Tensor next = network[update.target];
            next.name = "next(" + next.name + ")";
            next.role = ir::Role::Variable;
            next.trainable = false;
            const ir::TensorId id = network.add(std::move(next));
            network.define(id, ir::Formula{update.value});
            stands_at(update.target, id);
        }
        network.updates.clear();
    }

    const PreparedNetwork& prepared_;
    const std::vector<BlockTensor>& block_;
    LibraryProgram program_;
    ir::LoweringOptions lowering_;
};

// ---- updates -------------------------------------------------------------------------------

/// The update equations alone: parameters, gradients and what the optimizer keeps are the caller's.
class UpdateMaker {
 public:
    UpdateMaker(const ir::Network& network, const std::vector<BlockTensor>& block,
                codegen::LibraryTraining& training)
        : from_(network), block_(block), training_(training), program_(training.update) {
        program_.name = "update";
        program_.interface = codegen::Interface::Update;
        program_.network.name = network.name;
    }

    void make() {
        ir::Network& network = program_.network;
        for (const ir::Parameter& parameter : from_.parameters)
            if (has_gradient(parameter.tensor)) add(parameter);
        if (gradients_.adjoint.empty()) fail_independent_loss(from_);
        ir::add_optimizer(network, gradients_, from_.training->optimizer);
        place_states();
        ir::LoweringOptions lowering;
        lowering.updates = true;
        lower_program(program_, lowering);
    }

 private:
    /// Whether a call of P_grad writes its place in the block.
    bool has_gradient(ir::TensorId parameter) const {
        if (from_[parameter].kind == ir::DataKind::Index) return false;
        const std::int64_t place = offset_of(block_, from_[parameter].name);
        const auto& entries = training_.gradients.entries;
        return std::any_of(entries.begin(), entries.end(), [&](const codegen::BlockEntry& one) {
            return one.block == Block::Gradients && one.offset == place;
        });
    }

    /// What training moves has a gradient; of a statistic the block holds the next value.
    void add(const ir::Parameter& parameter) {
        ir::Network& network = program_.network;
        ir::Tensor tensor = from_[parameter.tensor];
        const std::int64_t place = offset_of(block_, tensor.name);
        const ir::TensorId id = network.add(tensor);
        tensor.name = "gradient(" + tensor.name + ")";
        tensor.role = ir::Role::Adjoint;
        tensor.trainable = false;
        const ir::TensorId gradient = network.add(std::move(tensor));
        program_.entries.push_back({id, Block::Parameters, place});
        program_.entries.push_back({gradient, Block::Gradients, place});
        ir::Parameter copy = parameter;
        copy.tensor = id;
        network.parameters.push_back(std::move(copy));
        if (!network[id].trainable)
            return network.updates.push_back({id, network.pool.read(gradient, 0)});
        gradients_.adjoint.resize(network.tensors.size());
        gradients_.adjoint[id.index] = gradient;
    }

    void place_states() {
        training_.optimizer_bytes = codegen::head_bytes;
        for (std::uint32_t i = 0; i < program_.network.tensors.size(); ++i) {
            const ir::Tensor& tensor = program_.network.tensors[i];
            if (tensor.role != ir::Role::OptimizerState) continue;
            training_.optimizer_bytes =
                append_to_block(training_.optimizer, training_.optimizer_bytes, tensor);
            program_.entries.push_back({{i}, Block::Optimizer, training_.optimizer.back().offset});
        }
    }

    const ir::Network& from_;
    const std::vector<BlockTensor>& block_;
    codegen::LibraryTraining& training_;
    LibraryProgram& program_;
    ir::Gradients gradients_;
};

}  // namespace

codegen::LibraryTraining training_programs(const PreparedNetwork& prepared,
                                           const std::vector<BlockTensor>& parameters) {
    const ir::Network& network = prepared.network;
    codegen::LibraryTraining training;
    training.block = network.training->name;
    training.settings = *network.training;
    training.seed = network.seed;
    training.gradients = GradientProgram(prepared, parameters).make("grad", false);
    if (!network.inputs.empty())
        training.input_gradients = GradientProgram(prepared, parameters).make("grad_inputs", true);
    UpdateMaker(network, parameters, training).make();
    return training;
}

}  // namespace snnc::driver
