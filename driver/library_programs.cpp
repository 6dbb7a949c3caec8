#include <algorithm>
#include <cstring>
#include <stdexcept>

#include "driver/library_parts.h"
#include "driver/run_state.h"
#include "support/fnv.h"

namespace snnc::driver {

using codegen::Block;
using codegen::BlockTensor;
using codegen::LibraryArray;
using codegen::LibraryProgram;
using Use = LibraryArray::Use;

// ---- parts of programs ---------------------------------------------------------------------

std::int64_t append_to_block(std::vector<BlockTensor>& block, std::int64_t end,
                             const ir::Tensor& tensor) {
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
    LibraryArray array;
    array.name = tensor.name;
    array.tensor = id;
    array.use = use;
    array.shape = tensor.shape;
    array.per_step = tensor.per_step;
    array.per_sample = tensor.per_sample;
    array.kind = tensor.kind;
    array.factor = use == Use::Output ? 1 / tensor.unit : tensor.unit;
    if (tensor.kind == ir::DataKind::Index) array.classes = class_count(network, id);
    return array;
}

void lower_program(LibraryProgram& program, const ir::LoweringOptions& lowering) {
    program.program = make_program(program.network, lowering);
    program.identity =
        fnv1a(ir::print(program.network) + ir::print(program.network, program.program));
}

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

ir::TensorId give_definition(ir::Network& network, ir::TensorId id) {
    if (network.definition(id)) return id;
    ir::Tensor copy = network[id];
    copy.role = ir::Role::Variable;
    copy.interval.reset();
    const ir::TensorId result = network.add(std::move(copy));
    network.define(result, ir::Formula{network.pool.read(id, 0)});
    return result;
}

// ---- programs ------------------------------------------------------------------------------

PreparedNetwork prepare_network(Session& session, ir::Network network,
                                const WeightOptions& weights) {
    PreparedNetwork prepared{std::move(network), {}};
    PortValues values(prepared.network);
    prepare_parameters(session, prepared.network, weights, values);
    for (const ir::Parameter& parameter : prepared.network.parameters)
        prepared.parameters[parameter.tensor] = values.at(parameter.tensor);
    return prepared;
}

std::vector<BlockTensor> block_of_parameters(const ir::Network& network) {
    std::vector<BlockTensor> block;
    std::int64_t end = 0;
    for (const ir::Parameter& parameter : network.parameters)
        if (network[parameter.tensor].kind != ir::DataKind::Index)
            end = append_to_block(block, end, network[parameter.tensor]);
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
    lower_program(program, lowering);
    place_parameters(prepared, parameters, program);
    for (const ir::TensorId id : network.inputs)
        program.arrays.push_back(array_of(network, id, Use::Input));
    for (const ir::TensorId id : network.outputs)
        program.arrays.push_back(array_of(network, id, Use::Output));
    return program;
}

}  // namespace snnc::driver
