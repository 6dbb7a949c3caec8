// Small networks around one layer, for the tests of the interpreter and of compiled code.
#pragma once

#include <vector>

#include "tests/unit/ir/step/build.h"

namespace snnc::ir::test {

struct LayerCase {
    enum class Kind { Convolution, MaxPool, SumPool, Segment };
    std::string name;
    Kind kind = Kind::Convolution;
    Shape source{4, 7, 8};
    Window window;
    std::int64_t out = 6, groups = 1;
    bool held = false;    // the source is the same in every step
    bool spikes = false;  // the source is a formula's spikes
    bool pooled = false;  // a max pool of 2x2 stands behind the convolution
    Shape result;         // Segment only
    std::int64_t from = 0, to = 0, count = 0;
    std::int64_t blocks = 1, from_stride = 0, to_stride = 0;
};

inline std::vector<LayerCase> layer_cases() {
    using Kind = LayerCase::Kind;
    std::vector<LayerCase> cases;
    const auto add = [&](const std::string& name, Kind kind) -> LayerCase& {
        cases.emplace_back();
        cases.back().name = name;
        cases.back().kind = kind;
        return cases.back();
    };
    add("one_place", Kind::Convolution);
    add("square", Kind::Convolution).window.size = {3, 3};
    LayerCase& uneven = add("uneven", Kind::Convolution);
    uneven.window = {{3, 2}, {2, 1}, {1, 2}, {1, 1}};
    uneven.held = true;
    add("dilated", Kind::Convolution).window = {{3, 3}, {1, 1}, {2, 2}, {2, 2}};
    LayerCase& grouped = add("grouped", Kind::Convolution);
    grouped.window = {{3, 3}, {1, 1}, {1, 1}, {1, 1}};
    grouped.groups = 2;
    LayerCase& wide = add("wide", Kind::Convolution);
    wide.window.size = {5, 5};
    wide.out = 35;
    wide.source = {3, 9, 20};
    LayerCase& spiking = add("spiking", Kind::Convolution);
    spiking.window = {{5, 3}, {2, 2}, {2, 0}, {1, 1}};
    spiking.spikes = true;
    LayerCase& spiking_wide = add("spiking_wide", Kind::Convolution);
    spiking_wide.window.size = {3, 3};
    spiking_wide.spikes = true;
    spiking_wide.out = 40;
    LayerCase& spiking_groups = add("spiking_groups", Kind::Convolution);
    spiking_groups.window = {{3, 3}, {1, 2}, {1, 1}, {2, 1}};
    spiking_groups.spikes = true;
    spiking_groups.groups = 2;
    for (const bool padded : {false, true}) {
        LayerCase& pooled = add(padded ? "pooled_padded" : "pooled", Kind::Convolution);
        pooled.window = {{3, 5}, {1, 1}, {0, 0}, {1, 1}};
        if (padded) pooled.window = {{3, 3}, {2, 1}, {1, 2}, {1, 2}};
        if (padded) pooled.groups = 2;
        pooled.source = {10, 9, 8};
        pooled.out = padded ? 22 : 20;
        pooled.pooled = true;
    }
    LayerCase& line = add("line", Kind::Convolution);
    line.source = {2, 11};
    line.window = {{1, 3}, {1, 2}, {0, 1}, {1, 2}};
    add("max", Kind::MaxPool).window = {{2, 2}, {2, 2}, {0, 0}, {1, 1}};
    add("max_tiled", Kind::MaxPool).window = {{2, 2}, {2, 2}, {0, 0}, {1, 1}};
    cases.back().source = {4, 8, 8};
    add("max_overlapping", Kind::MaxPool).window = {{3, 3}, {2, 2}, {1, 1}, {1, 1}};
    add("max_of_spikes", Kind::MaxPool).window = {{2, 2}, {2, 2}, {0, 0}, {1, 1}};
    cases.back().spikes = true;
    LayerCase& max_line = add("max_line", Kind::MaxPool);
    max_line.source = {3, 11};
    max_line.window = {{1, 2}, {1, 2}, {0, 0}, {1, 1}};
    add("sum", Kind::SumPool).window = {{2, 3}, {2, 2}, {0, 0}, {1, 1}};
    add("sum_padded", Kind::SumPool).window = {{3, 3}, {2, 2}, {1, 1}, {1, 1}};
    cases.back().held = true;
    LayerCase& reshape = add("reshape", Kind::Segment);
    reshape.result = {28, 8};
    reshape.count = 224;
    LayerCase& part = add("part", Kind::Segment);
    part.result = {2, 7, 8};
    part.from = 56;
    part.count = 112;
    part.spikes = true;
    LayerCase& into = add("into", Kind::Segment);
    into.result = {300};
    into.to = 70;
    into.count = 224;
    LayerCase& inner = add("inner_part", Kind::Segment);  // [4, 7, 8] to [4, 7, 3]
    inner.result = {4, 7, 3};
    inner.from = 2;
    inner.count = 3;
    inner.blocks = 28;
    inner.from_stride = 8;
    inner.to_stride = 3;
    inner.spikes = true;
    LayerCase& into_inner = add("into_inner", Kind::Segment);
    into_inner.result = {4, 10, 8};
    into_inner.to = 16;
    into_inner.count = 56;
    into_inner.blocks = 4;
    into_inner.from_stride = 56;
    into_inner.to_stride = 80;
    return cases;
}

struct LayerNetwork {
    Builder build;
    TensorId result, loss;
    std::vector<TensorId> wrt;
};

/// x, made a formula's value or spikes, -> layer -> a weighted sum over steps and elements.
inline LayerNetwork layer_network(const LayerCase& that) {
    LayerNetwork made;
    Builder& build = made.build;
    build.net.name = "Layer";
    const Kind kind = that.held ? held : stepped;
    const TensorId x = build.input("x", that.source, !that.held);
    made.wrt = {x};
    TensorId source = build.formula("source", that.source, kind,
                                    make(Op::Tanh, build.read(x)) + 0.5 * build.read(x));
    if (that.spikes)
        source = build.formula("spikes", that.source, that.held ? held : spikes,
                               make(Op::Step, build.read(source)));
    if (that.spikes) made.wrt.clear();
    const Planes planes = planes_of(that.source);
    Shape shape = that.result;
    DefinitionKind definition = Segment{source,      that.from,        that.to,       that.count,
                                        that.blocks, that.from_stride, that.to_stride};
    if (that.kind == LayerCase::Kind::Convolution) {
        Shape weight{planes.channels / that.groups};
        if (that.source.size() == 3) weight.push_back(that.window.size[0]);
        weight.insert(weight.end(), {that.window.size[1], that.out});
        made.wrt.push_back(build.weight("weight", weight));
        shape = shape_of(that.window.result(planes, that.out), that.source.size());
        definition = Convolution{source, made.wrt.back(), that.window, that.groups};
    } else if (that.kind != LayerCase::Kind::Segment) {
        shape = shape_of(that.window.result(planes, planes.channels), that.source.size());
        if (that.kind == LayerCase::Kind::MaxPool)
            definition = MaxPool{source, that.window};
        else
            definition = SumPool{source, that.window};
    }
    made.result = build.op("result", shape, kind, definition);
    if (that.pooled) {
        Window window;
        window.size = window.stride = {2, 2};
        shape = shape_of(window.result(planes_of(shape), that.out), shape.size());
        made.result = build.op("pooled", shape, kind, MaxPool{made.result, window});
    }
    const TensorId factor = build.input("factor", shape, true);
    const TensorId weighed =
        build.formula("weighed", shape, stepped, build.read(factor) * build.read(made.result));
    made.loss = build.op("loss", {}, held, SumTo{weighed});
    made.wrt.push_back(factor);
    return made;
}

}  // namespace snnc::ir::test
