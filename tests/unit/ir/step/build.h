// Networks built by hand, for the tests of lowering and of the interpreter.
#pragma once

#include <string>

#include "ir/net/network.h"

namespace snnc::ir::test {

struct Kind {
    bool per_step = false;
    bool per_sample = true;
    Role role = Role::Variable;
    DataKind data = DataKind::Real;
};
inline constexpr Kind held{false, true};
inline constexpr Kind stepped{true, true};
inline constexpr Kind spikes{true, true, Role::Variable, DataKind::Spike};
inline constexpr Kind shared{false, false};
inline constexpr Kind parameter{false, false, Role::Parameter};

/// Expressions with operators; simplifies nothing.
struct Term {
    ExprPool* pool;
    ExprId id;
};
inline Term make(Op op, Term a) { return {a.pool, a.pool->make(op, a.id)}; }
inline Term make(Op op, Term a, Term b) { return {a.pool, a.pool->make(op, a.id, b.id)}; }
inline Term operator+(Term a, Term b) { return make(Op::Add, a, b); }
inline Term operator-(Term a, Term b) { return make(Op::Sub, a, b); }
inline Term operator*(Term a, Term b) { return make(Op::Mul, a, b); }
inline Term operator*(double a, Term b) { return Term{b.pool, b.pool->constant(a)} * b; }
inline Term operator-(Term a, double b) { return a - Term{a.pool, a.pool->constant(b)}; }
inline Term operator+(Term a, double b) { return a + Term{a.pool, a.pool->constant(b)}; }

struct Builder {
    Network net;

    TensorId tensor(const std::string& name, Shape shape, Kind kind) {
        Tensor tensor;
        tensor.name = name;
        tensor.shape = std::move(shape);
        tensor.per_step = kind.per_step;
        tensor.per_sample = kind.per_sample;
        tensor.role = kind.role;
        tensor.kind = kind.data;
        return net.add(tensor);
    }
    TensorId input(const std::string& name, Shape shape, bool per_step) {
        const TensorId id = tensor(name, std::move(shape), {per_step, true, Role::Input});
        net.inputs.push_back(id);
        return id;
    }
    TensorId label(const std::string& name) {
        return tensor(name, {}, {false, true, Role::Target, DataKind::Index});
    }
    TensorId weight(const std::string& name, Shape shape) {
        const TensorId id = tensor(name, std::move(shape), parameter);
        net[id].trainable = true;
        net.parameters.push_back({id, {}, name});
        return id;
    }

    Term read(TensorId id, int lag = 0) { return {&net.pool, net.pool.read(id, lag)}; }
    Term draw(Stream stream) { return {&net.pool, net.pool.uniform(net.add(std::move(stream)))}; }
    Term number(double value) { return {&net.pool, net.pool.constant(value)}; }

    void formula(TensorId target, Term value) { net.define(target, Formula{value.id}); }
    TensorId formula(const std::string& name, Shape shape, Kind kind, Term value) {
        const TensorId id = tensor(name, std::move(shape), kind);
        formula(id, value);
        return id;
    }
    TensorId op(const std::string& name, Shape shape, Kind kind, const DefinitionKind& definition) {
        const TensorId id = tensor(name, std::move(shape), kind);
        net.define(id, definition);
        return id;
    }

    /// spike(v - 1) with the arctangent's derivative, as the library has it.
    Term spike(Term x) {
        const Term scaled = 1.5707963267948966 * x;
        const Term slope = make(Op::Div, number(1), number(1) + scaled * scaled);
        return make(Op::Spike, x, slope);
    }

    struct Leaky {
        TensorId current, r, v, s;
    };
    /// snnTorch's Leaky with delayed subtraction; the current arrives at "NAME.I".
    Leaky leaky(const std::string& name, const Shape& shape, Term current, bool held_current,
                double beta) {
        Leaky cell;
        cell.current = formula(name + ".I", shape, held_current ? held : stepped, current);
        cell.r = tensor(name + ".r", shape, spikes);
        cell.v = tensor(name + ".v", shape, stepped);
        formula(cell.r, make(Op::Step, read(cell.v, 1) - 1));
        formula(cell.v, beta * read(cell.v, 1) + read(cell.current) - read(cell.r));
        cell.s = formula(name + ".s", shape, spikes, spike(read(cell.v) - 1));
        return cell;
    }

    struct Layer {
        TensorId weight, bias, product, sum;
    };
    Layer dense(const std::string& name, TensorId source, std::int64_t in, std::int64_t out) {
        const bool per_step = net[source].per_step;
        const Kind kind = per_step ? stepped : held;
        Layer layer;
        layer.weight = weight(name + ".weight", {in, out});
        layer.bias = weight(name + ".bias", {out});
        layer.product = op(name + ".product", {out}, kind, Dense{source, layer.weight});
        layer.sum = formula(name, {out}, kind, read(layer.product) + read(layer.bias));
        return layer;
    }
};

/// The network of examples/02_fashion_mlp.snn with other widths, its loss and its metric's counts.
struct Mlp {
    Builder build;
    TensorId image, label, loss, counts;
    Builder::Layer fc1, fc2;
    Builder::Leaky hidden, out;

    Mlp(std::int64_t inputs, std::int64_t width, std::int64_t classes) {
        build.net.name = "Mlp";
        image = build.input("image", {inputs}, false);
        label = build.label("label");
        fc1 = build.dense("fc1", image, inputs, width);
        hidden = build.leaky("hidden", {width}, build.read(fc1.sum), true, 0.95);
        fc2 = build.dense("fc2", hidden.s, width, classes);
        out = build.leaky("out", {classes}, build.read(fc2.sum), false, 0.95);
        const TensorId entropy = build.op("ce", {}, stepped, CrossEntropy{out.v, label});
        loss = build.op("loss", {}, held, SumTo{entropy});
        counts = build.op("counts", {classes}, held, SumTo{out.s});
    }
};

}  // namespace snnc::ir::test
