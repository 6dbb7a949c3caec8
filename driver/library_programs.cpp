#include "driver/library_programs.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>
#include <stdexcept>

#include "driver/run_state.h"
#include "support/fnv.h"

namespace snnc::driver {
namespace {

using codegen::Block;
using codegen::BlockTensor;
using codegen::LibraryArray;
using codegen::LibraryProgram;
using Use = LibraryArray::Use;

/// A tensor behind those that are in the block, on a cache line of it; returns the block's end.
std::int64_t append(std::vector<BlockTensor>& block, std::int64_t end, const ir::Tensor& tensor) {
    const std::int64_t offset = (end + 63) / 64 * 64;
    block.push_back({tensor, offset});
    return offset + 4 * ir::element_count(tensor.shape);
}

std::int64_t offset_of(const std::vector<BlockTensor>& block, const std::string& name) {
    for (const BlockTensor& one : block)
        if (one.tensor.name == name) return one.offset;
    throw std::logic_error("no place for " + name);
}

LibraryArray array_of(const ir::Network& network, ir::TensorId id, Use use) {
    const ir::Tensor& tensor = network[id];
    LibraryArray array{tensor.name,       {},         id, use, tensor.shape, tensor.per_step,
                       tensor.per_sample, tensor.kind};
    array.factor = use == Use::Output ? 1 / tensor.unit : tensor.unit;
    if (tensor.kind == ir::DataKind::Index) array.classes = class_count(network, id);
    return array;
}

/// The identity follows from the whole of it.
void finish(LibraryProgram& program, ir::LoweringOptions lowering) {
    program.program = make_program(program.network, lowering);
    program.identity =
        fnv1a(ir::print(program.network) + ir::print(program.network, program.program));
}

/// Where its parameters stand. Edges stay with the library.
void place_parameters(const PreparedNetwork& prepared, const std::vector<BlockTensor>& block,
                      LibraryProgram& program) {
    for (const auto& [id, values] : prepared.parameters) {
        if (!program.program.port(id)) continue;
        const ir::Tensor& tensor = program.network[id];
        if (tensor.kind == ir::DataKind::Index) {
            const auto* first = reinterpret_cast<const std::byte*>(values.ints.data());
            program.constants[id] = {first, first + 4 * values.ints.size()};
        } else {
            program.entries.push_back({id, Block::Parameters, offset_of(block, tensor.name)});
        }
    }
}

/// A tensor that comes from outside as one that is computed: its array is another one.
ir::TensorId give_definition(ir::Network& network, ir::TensorId id) {
    if (network.definition(id)) return id;
    ir::Tensor copy = network[id];
    copy.role = ir::Role::Variable;
    copy.interval.reset();
    const ir::TensorId result = network.add(std::move(copy));
    network.define(result, ir::Formula{network.pool.read(id, 0)});
    return result;
}

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
        finish(program_, lowering_);
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
        finish(program_, lowering);
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
                append(training_.optimizer, training_.optimizer_bytes, tensor);
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

PreparedNetwork prepare_network(Session& session, ir::Network network, const WeightOptions& weights,
                                std::uint64_t seed) {
    PreparedNetwork prepared{std::move(network), {}};
    PortValues values(prepared.network);
    prepare_parameters(session, prepared.network, weights, seed, values);
    for (const ir::Parameter& parameter : prepared.network.parameters)
        prepared.parameters[parameter.tensor] = values.at(parameter.tensor);
    return prepared;
}

std::vector<BlockTensor> block_of_parameters(const ir::Network& network) {
    std::vector<BlockTensor> block;
    std::int64_t end = 0;
    for (const ir::Parameter& parameter : network.parameters)
        if (network[parameter.tensor].kind != ir::DataKind::Index)
            end = append(block, end, network[parameter.tensor]);
    return block;
}

std::vector<std::byte> block_values(const PreparedNetwork& prepared,
                                    const std::vector<BlockTensor>& block) {
    std::vector<std::byte> bytes;
    for (const auto& [id, values] : prepared.parameters) {
        const ir::Tensor& tensor = prepared.network[id];
        if (tensor.kind == ir::DataKind::Index) continue;
        const auto offset = std::size_t(offset_of(block, tensor.name));
        const std::size_t size = 4 * values.floats.size();
        bytes.resize(std::max(bytes.size(), offset + size));
        std::memcpy(bytes.data() + offset, values.floats.data(), size);
    }
    return bytes;
}

LibraryProgram run_program(const PreparedNetwork& prepared,
                           const std::vector<BlockTensor>& parameters) {
    LibraryProgram program;
    program.name = "run";
    program.network = prepared.network;
    ir::Network& network = program.network;
    for (ir::TensorId& output : network.outputs) output = give_definition(network, output);
    const RunState state(network, ir::pasts(network));
    program.pasts = state.carried();
    ir::LoweringOptions lowering;
    lowering.results = network.outputs;
    for (const ir::TensorId id : state.results()) lowering.want(id);
    finish(program, lowering);
    place_parameters(prepared, parameters, program);
    for (const ir::TensorId id : network.inputs)
        program.arrays.push_back(array_of(network, id, Use::Input));
    for (const ir::TensorId id : network.outputs)
        program.arrays.push_back(array_of(network, id, Use::Output));
    return program;
}

codegen::LibraryTraining training_programs(const PreparedNetwork& prepared,
                                           const std::vector<BlockTensor>& parameters) {
    const ir::Network& network = prepared.network;
    codegen::LibraryTraining training;
    training.block = network.training->name;
    training.settings = *network.training;
    training.gradients = GradientProgram(prepared, parameters).make("grad", false);
    if (!network.inputs.empty())
        training.input_gradients = GradientProgram(prepared, parameters).make("grad_inputs", true);
    UpdateMaker(network, parameters, training).make();
    return training;
}

}  // namespace snnc::driver
