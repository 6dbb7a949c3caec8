// Small networks around one sparse layer, for the tests of the interpreter and of compiled code.
#pragma once

#include <map>
#include <vector>

#include "tests/unit/ir/step/build.h"

namespace snnc::ir::test {

struct EdgeCase {
    std::string name;
    Shape source{7};
    std::int64_t from = 0, cells = 7, targets = 5;
    std::int64_t every = 3;  // pair q has an edge if q*q % every is 0 …
    bool none = false;       // … unless there are no edges at all
    bool weighted = true;
    bool held = false;          // the source is the same in every step
    bool spikes = false;        // the source is a formula's spikes, which are kept as bits
    bool given_spikes = false;  // the source is spikes from outside
    bool loops = false;         // the result is the source's past
};

inline std::vector<EdgeCase> edge_cases() {
    std::vector<EdgeCase> cases(10);
    const char* names[] = {"values", "unweighted", "held",   "part",     "spikes",
                           "far",    "given",      "planes", "no_edges", "loop"};
    for (std::size_t i = 0; i < cases.size(); ++i) cases[i].name = names[i];
    cases[1].weighted = false;
    cases[2].held = true;
    cases[3].from = 2;
    cases[3].cells = 3;
    cases[4].spikes = true;
    EdgeCase& far = cases[5];  // a part that begins and ends inside of words
    far.spikes = true;
    far.source = {300};
    far.from = 67;
    far.cells = 190;
    far.targets = 33;
    far.every = 17;
    cases[6].given_spikes = true;
    cases[6].weighted = false;
    cases[7].source = {2, 4, 5};
    cases[7].cells = 40;
    cases[8].none = true;
    cases[9].spikes = true;
    cases[9].loops = true;
    cases[9].targets = 7;
    return cases;
}

struct EdgeNetwork {
    Builder build;
    TensorId result, loss;
    std::vector<TensorId> wrt;
    std::map<std::uint32_t, std::vector<double>> edges;  // values of the index tensors
};

namespace edge_network_parts {

inline TensorId index(EdgeNetwork& made, const std::string& name,
                      const std::vector<double>& values) {
    const TensorId id = made.build.tensor(name, {std::int64_t(values.size())},
                                          {false, false, Role::Parameter, DataKind::Index});
    made.edges[id.index] = values;
    return id;
}

inline Edges edges(EdgeNetwork& made, const EdgeCase& that) {
    std::vector<double> starts{0}, targets;
    for (std::int64_t i = 0; i < that.cells; ++i) {
        for (std::int64_t j = 0; j < that.targets && !that.none; ++j) {
            const std::int64_t pair = i * that.targets + j;
            if (pair * pair % that.every == 0) targets.push_back(double(j));
        }
        starts.push_back(double(targets.size()));
    }
    return {index(made, "starts", starts), index(made, "targets", targets), that.from};
}

}  // namespace edge_network_parts

/// x, made a formula's value or spikes, -> sparse -> a weighted sum over steps and elements.
inline EdgeNetwork edge_network(const EdgeCase& that) {
    EdgeNetwork made;
    Builder& build = made.build;
    build.net.name = "Edges";
    const Kind kind = that.held ? held : stepped;
    const TensorId x = build.input("x", that.source, !that.held);
    const Edges edges = edge_network_parts::edges(made, that);
    if (that.given_spikes) build.net[x].kind = DataKind::Spike;
    const TensorId result = build.tensor("result", {that.targets}, kind);
    Term value = make(Op::Tanh, build.read(x)) + 0.5 * build.read(x);
    if (that.loops) value = value + 0.5 * build.read(result, 1);
    TensorId source = that.given_spikes ? x : build.formula("source", that.source, kind, value);
    if (!that.spikes) made.wrt.push_back(x);
    if (that.spikes)
        source = build.formula("spikes", that.source, spikes, make(Op::Step, build.read(source)));
    TensorId weight;
    if (that.weighted)
        weight = build.weight("weight", {std::int64_t(made.edges.at(edges.targets.index).size())});
    if (that.weighted) made.wrt.push_back(weight);
    build.net.define(result, Sparse{source, weight, edges});
    made.result = result;
    const TensorId factor = build.input("factor", {that.targets}, true);
    const TensorId weighed =
        build.formula("weighed", {that.targets}, stepped, build.read(factor) * build.read(result));
    made.loss = build.op("loss", {}, held, SumTo{weighed});
    made.wrt.push_back(factor);
    return made;
}

}  // namespace snnc::ir::test
