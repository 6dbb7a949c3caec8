// Layers that formulas suffice for (scale, one_to_one, delay), and cells that hear themselves
// (`recurrent`), language.md sections 4 and 8.3.
#include <fmt/format.h>

#include <cmath>

#include "frontend/elaborate_networks.h"
#include "frontend/written_number.h"

namespace snnc::frontend {

using ir::Op;
using Training = ArgumentValue::Training;

// ---- scale, one_to_one ---------------------------------------------------------------------

/// A factor for each element: a constant, or stored with `stored_shape` ([] for `scale`).
void NetworkBuilder::declare_factor(Node& node, ir::TensorId source,
                                    const ir::Shape& stored_shape) {
    if (!check_layer_arguments(node, 1, {})) return;
    const Argument* given = argument(node, "");
    const std::string& kind = node.callee.name->text;
    if (!given) {
        context_.error(Code::WrongArguments, node.callee.name->range,
                       fmt::format("`{}` takes the factor, `{}(0.5)`", kind, kind));
        return;
    }
    const ir::Shape shape = context_.network[source].shape;
    const auto value = factor(node, *given, stored_shape, shape);
    if (!value) return;
    const Value scaled = apply(context_, Op::Mul, {*value, read(context_, source)}, node.range);
    node.output = add_layer_tensor(node, node.name, shape, source);
    context_.define(node.output, ir::Formula{scaled.expr});
}

std::optional<Value> NetworkBuilder::factor(Node& node, const Argument& given,
                                            const ir::Shape& stored_shape, const ir::Shape& shape) {
    const Expr& expr = *given.value.value;
    const bool drawn = as_draw(expr) != nullptr;
    if (given.value.training != Training::Learn && !given.value.per && !drawn) {
        const auto number = expressions_.number(expr, constants_, "the factor");
        if (!number) return std::nullopt;
        return constant(context_, *number);
    }
    std::optional<ir::Initialiser> first;
    if (drawn) {
        first = expressions_.drawn(expr, constants_);
    } else if (const auto number = expressions_.number(expr, constants_, "the factor")) {
        first = ir::Initialiser{ir::Initialiser::Kind::Constant, *number, 0};
    }
    if (!first) return std::nullopt;
    ir::Shape stored = stored_shape;
    bool per_channel = false;
    if (given.value.per && given.value.per->text == "neuron") stored = shape;
    if (given.value.per && given.value.per->text == "channel") {
        if (shape.size() < 2) {
            context_.error(Code::ShapeMismatch, given.value.per->range,
                           fmt::format("`per channel` needs a shape [c, …], and this is {}",
                                       ir::to_string(shape)));
            return std::nullopt;
        }
        stored = {shape[0]};
        per_channel = true;
    }
    const double unit = dimensions_.unit(expr);
    first->a /= unit;
    first->b /= unit;
    const ir::TensorId weight = add_parameter(node, "weight", stored, *first);
    context_.network[weight].trainable = given.value.training == Training::Learn;
    context_.network[weight].per_channel = per_channel;
    const Value value(context_.network.pool.read(weight), stored.empty() ? ir::Shape{} : shape);
    return in_formulas(context_, value, unit, expr.range);
}

void NetworkBuilder::declare_scale(Node& node, ir::TensorId source) {
    declare_factor(node, source, {});
}

void NetworkBuilder::declare_one_to_one(Node& node, ir::TensorId source) {
    declare_factor(node, source, ir::Shape(context_.network[source].shape));
}

// ---- delay ---------------------------------------------------------------------------------

/// `delay(3)` counts steps, `delay(3ms)` time.
std::optional<std::int64_t> NetworkBuilder::delay_steps(const Argument& given) {
    const Expr& expr = *given.value.value;
    if (dimensions_.is_number(expr))
        return expressions_.whole(expr, constants_, "the number of steps", 0);
    const auto time = expressions_.number(expr, constants_, "a delay");
    if (!time) return std::nullopt;
    const double dt = context_.network.dt, count = *time / dt;
    if (count >= 0 && std::abs(count - std::round(count)) <= 1e-3)
        return std::int64_t(std::round(count));
    context_
        .error(Code::BadSetting, expr.range,
               fmt::format("a delay of {} steps is no whole number of them", to_text(count)))
        .note(fmt::format("the nearest are {} and {}",
                          written_number(std::floor(count) * dt, {&expr}),
                          written_number(std::ceil(count) * dt, {&expr})));
    return std::nullopt;
}

/// The value of n steps before, 0 before the first step whatever the source was.
void NetworkBuilder::declare_delay(Node& node, ir::TensorId source) {
    if (!check_layer_arguments(node, 1, {})) return;
    const Argument* given = argument(node, "");
    if (!given) {
        context_.error(Code::WrongArguments, node.callee.name->range,
                       "`delay` takes its length, `delay(3)` steps or `delay(3ms)`");
        return;
    }
    const auto steps = delay_steps(*given);
    if (!steps) return;
    ir::Network& network = context_.network;
    const ir::Shape shape = network[source].shape;
    const ir::TensorId arriving = add_layer_tensor(node, node.name + ".in", shape, source);
    network[arriving].per_step = true;
    network[arriving].kind = network[source].kind;
    context_.define(arriving, ir::Formula{network.pool.read(source)});
    node.output = add_layer_tensor(node, node.name, shape, arriving);
    network[node.output].kind = network[source].kind;
    context_.define(node.output, ir::Formula{network.pool.read(arriving, int(*steps))});
}

// ---- recurrent -----------------------------------------------------------------------------

/// The layer of `cell recurrent dense()` is a node of its own, called NAME.recurrent.
void NetworkBuilder::add_recurrent(Node& cells, const Path* path) {
    if (!path) return;
    auto layer = std::make_unique<Node>();
    layer->kind = Node::Kind::Layer;
    layer->name = cells.name + ".recurrent";
    layer->range = path->range;
    layer->callee = expressions_.callee(*path);
    layer->next = &cells;
    apply_sets(*layer);
    const std::string& kind = layer->callee.name->text;
    if (kind != "dense" && kind != "scale" && kind != "conv" && kind != "conv1d") {
        context_.unknown(*layer->callee.name,
                         fmt::format("cells are recurrent through `dense`, `scale` or `conv`, not "
                                     "through `{}`",
                                     kind),
                         {"dense", "scale", "conv"});
        cells.broken = true;
    }
    cells.recurrent = std::move(layer);
}

/// In step 0 nothing comes back, also from an output that is a state with a first value.
static Value without_first(Context& context, ir::TensorId source, const Value& past,
                           SourceRange range) {
    const ir::Definition* first = context.network.definition(context.network[source].initial);
    const auto* formula = first ? std::get_if<ir::Formula>(&first->kind) : nullptr;
    ir::ExprPool& pool = context.network.pool;
    const ir::ExprId nothing = pool.constant(0);
    if (formula && formula->value == nothing) return past;
    const Value zero(nothing, past.shape);
    const Value is_first(pool.make(Op::Eq, pool.leaf(Op::StepIndex), nothing));
    return apply(context, Op::Select, {is_first, zero, past}, range);
}

/// What the layer makes of the cells' first output of the step before.
Value NetworkBuilder::recurrent_input(Node& cells) {
    Node& layer = *cells.recurrent;
    const Name* output = cells.use->first_output();
    if (!output) {
        context_.error(Code::WrongEdges, layer.range,
                       fmt::format("`{}` has no output to feed back", cells.cell->name.text));
        return {};
    }
    const ir::TensorId source = cells.use->variable(output->text);
    const Value past = without_first(context_, source, cells.use->past(output->text), layer.range);
    const ir::TensorId before = add_layer_tensor(layer, layer.name + ".past", *cells.shape, source);
    context_.network[before].kind = ir::DataKind::Spike;
    if (!is_zero_or_one(context_, past.expr)) context_.network[before].kind = ir::DataKind::Real;
    context_.define(before, ir::Formula{past.expr});
    if (layer.callee.name->text == "dense")
        declare_dense(layer, before);
    else if (layer.callee.name->text != "scale")
        declare_convolution(layer, before);
    else
        declare_factor(layer, before, {});
    if (!layer.output.valid()) return {};
    Value feedback = read(context_, layer.output);
    if (feedback.shape == *cells.shape) return feedback;
    context_.error(Code::ShapeMismatch, layer.range,
                   fmt::format("`{}` has shape {}, but its feedback {}", cells.name,
                               ir::to_string(*cells.shape), ir::to_string(feedback.shape)));
    return {};
}

}  // namespace snnc::frontend
