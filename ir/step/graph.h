// The dependency graph of lowering: which definitions a program needs and who reads whom.
//
// First stage of lower(): network -> Graph -> components -> units -> groups -> tasks. A node is a
// needed definition, named by a number in the order of the definitions, so that every later choice
// among equals is the same on every machine.
#pragma once

#include <compare>
#include <cstdint>
#include <vector>

#include "ir/net/network.h"
#include "ir/step/program.h"

namespace snnc::ir::step {

using Node = std::uint32_t;

/// The elements over which a scan runs.
struct Space {
    Shape shape;
    bool per_sample = true;
    friend bool operator==(const Space&, const Space&) = default;
    friend auto operator<=>(const Space&, const Space&) = default;
};
Space space_of(const Network& network, TensorId tensor);

/// What a definition reads, initial values of lagged reads included. Lags of tensors that are the
/// same for all steps are 0.
std::vector<Use> reads_of(const Network& network, const Definition& definition);
std::vector<Use> reads_of(const Network& network, const Update& update);

/// A read of `node`'s target by, or by `node` of, the node that owns the edge.
struct Edge {
    Node node;
    int lag;
};

struct Graph {
    std::vector<TensorId> targets;           // by node
    std::vector<std::int32_t> node_of;       // by tensor; -1: from outside, or not needed
    std::vector<std::vector<Edge>> reads;    // by node: what it reads
    std::vector<std::vector<Edge>> readers;  // by node: who reads it
    std::vector<std::vector<std::uint32_t>> update_readers;  // by node: indices of updates
    std::vector<bool> wanted;                                // by tensor: a result
    std::vector<bool> used;                                  // by tensor: read or wanted
    std::vector<bool> given;  // by tensor: an initial value from the caller

    std::size_t size() const { return targets.size(); }
    const Definition& definition(const Network& network, Node node) const {
        return *network.definition(targets[node]);
    }
};

/// Everything that the results (and the updates, if asked for) need.
Graph build_graph(const Network& network, const LoweringOptions& options);

/// The nodes of `some` in an order that respects their reads of the same step (ties: by number).
/// Throws std::logic_error, naming the tensors, if there is none.
std::vector<Node> order_within_step(const Network& network, const Graph& graph,
                                    const std::vector<Node>& some);

}  // namespace snnc::ir::step
