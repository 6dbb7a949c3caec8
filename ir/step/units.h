// Second stage of lowering: the smallest pieces that must stay together.
//
// Definitions that depend on each other through lags (strongly connected components, Tarjan 1972)
// form one unit with a direction of time; all others stand alone. Kennedy and McKinley's loop
// distribution: after this, units may run one after the other, each over all steps.
#pragma once

#include <optional>
#include <vector>

#include "ir/step/graph.h"
#include "ir/step/update_groups.h"

namespace snnc::ir::step {

/// How a reader may join the task that computes what it reads.
enum class Join : std::uint8_t {
    Never,     // the whole tensor must exist before
    Any,       // same element, same step
    Forward,   // same element, an earlier step
    Backward,  // same element, a later step
};

struct Need {
    std::uint32_t unit;
    Join join;
};

struct Unit {
    enum class Kind : std::uint8_t {
        Operator,
        Scan,  // formulas over one space
        Sum,   // SumTo over steps only: lives in the scan that makes its source, if there is one
        Loop,  // a recurrence through operators
    };
    Kind kind = Kind::Scan;
    std::vector<Node> nodes;     // in order within a step
    bool steps = false;          // walks the steps (Scan, Loop), reads or makes per-step tensors
    std::optional<Order> order;  // none: any direction of the steps will do
    Space space;                 // Scan, Sum
    std::vector<Need> needs;
    std::vector<std::uint32_t> readers;
    bool waits = false;  // for what the caller gives to the second part
};

/// How the definition at `reader` may join the one at `source` that it reads at `lag`.
Join join_of(const Network& network, const Graph& graph, Node reader, Node source, int lag);

/// Whether the definition is a SumTo over the steps and nothing else.
bool is_step_sum(const Network& network, const Definition& definition);

/// The units of all nodes that no update group has taken, in dependency order. Throws
/// std::logic_error for a recurrence with mixed directions.
std::vector<Unit> make_units(const Network& network, const Graph& graph,
                             const UpdateGroups& updates);

/// Marks the units that depend on these tensors from outside.
void mark_waiting(const Network& network, const Graph& graph,
                  const std::vector<TensorId>& given_later, std::vector<Unit>& units);

/// The units inside a Loop: one for each node, reads with a lag left aside.
std::vector<Unit> make_loop_units(const Network& network, const Graph& graph, const Unit& loop);

}  // namespace snnc::ir::step
