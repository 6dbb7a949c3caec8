// Inputs of networks, and the types of inputs and targets: `x[t] : f32[784] in [0, 1]`.
#include <fmt/format.h>

#include <algorithm>

#include "frontend/elaborate_networks.h"

namespace snnc::frontend {

// ---- types ---------------------------------------------------------------------------------

/// `f32[batch, 784]`, Keras' `f32[None, 784]`, where no parameter has that name.
static bool names_the_batch(const Expr& expr, const Names& names) {
    const Name* word = as_word(expr);
    if (!word || (word->text != "batch" && word->text != "batch_size" && word->text != "None"))
        return false;
    const auto known = names.candidates();
    return std::find(known.begin(), known.end(), word->text) == known.end();
}

std::optional<ir::Shape> constant_shape(Context& context, Expressions& expressions, Names& names,
                                        const std::vector<Cut>& cuts, const SourceRange& range) {
    ir::Shape shape;
    bool sound = true;
    for (const Cut& cut : cuts) {
        if (cut.is_slice || !cut.begin) {
            context.error(Code::WrongType, cut.range, "an extent is one number, not a slice");
            sound = false;
            continue;
        }
        if (names_the_batch(*cut.begin, names)) {
            context.error(Code::UnknownName, cut.range, "the batch is never part of a shape");
            return std::nullopt;
        }
        if (const Name* word = as_word(*cut.begin); word && word->text == "_") {
            context.error(Code::NotConstant, cut.range,
                          "only a network that is used as a layer leaves its shape open with `_`");
            return std::nullopt;
        }
        if (shape_reference(cuts)) {
            context.error(Code::NotConstant, cut.range,
                          "only inputs and populations take the shape of another element");
            return std::nullopt;
        }
        const auto extent = expressions.whole(*cut.begin, names, "an extent", 1);
        sound = sound && extent;
        shape.push_back(extent.value_or(1));
    }
    double count = 1;
    for (const std::int64_t extent : shape) count *= double(extent);
    if (sound && count > 1e15) {
        context.error(Code::NotWhole, range, "a shape with so many elements fits no memory");
        return std::nullopt;
    }
    if (!sound) return std::nullopt;
    return shape;
}

std::optional<ir::Tensor> typed_tensor(Context& context, Expressions& expressions, Names& names,
                                       const TypedName& typed,
                                       const std::optional<ir::Shape>& known) {
    const std::string& kind = typed.type.kind.text;
    if (kind != "f32" && kind != "spike" && kind != "class") {
        context.unknown(typed.type.kind, fmt::format("there is no type `{}`", kind),
                        {"f32", "spike", "class"});
        return std::nullopt;
    }
    const auto shape =
        known ? known
              : constant_shape(context, expressions, names, typed.type.shape, typed.type.range);
    ir::Tensor tensor;
    tensor.name = typed.name.text;
    tensor.range = typed.name.range;
    if (typed.index) {
        const auto lag = expressions.lag(*typed.index, names);
        if (lag && *lag != 0)
            context.error(Code::WrongTimeIndex, typed.index->range,
                          "a declaration names the present, `[t]`");
        tensor.per_step = true;
    }
    if (typed.interval) {
        const auto low = expressions.number(*typed.interval->low, names, "a bound");
        const auto high = expressions.number(*typed.interval->high, names, "a bound");
        if (low && high && *low > *high)
            context.error(
                Code::OutOfInterval, typed.interval->range,
                fmt::format("the interval from {} to {} is empty", to_text(*low), to_text(*high)));
        if (low && high) tensor.interval = {*low, *high};
    }
    if (!shape) return std::nullopt;
    if (kind == "class") {
        if (shape->size() != 1) {
            context.error(Code::WrongType, typed.type.range,
                          "a class says how many there are, `class[10]`");
            return std::nullopt;
        }
        tensor.kind = ir::DataKind::Index;
        tensor.interval = {0, double((*shape)[0] - 1)};
        return tensor;
    }
    tensor.shape = *shape;
    if (kind == "spike") tensor.kind = ir::DataKind::Spike;
    return tensor;
}

// ---- inputs --------------------------------------------------------------------------------

void NetworkBuilder::declare_inputs() {
    for (const NetworkStatement& statement : decl_.statements)
        if (const auto* input = std::get_if<NetworkInput>(&statement.node))
            declare_input(input->input);
}

void NetworkBuilder::declare_input(const TypedName& input) {
    Node* node = add_node(Node::Kind::Input, input.name.text, input.name.range);
    node->input = &input;
    node->shape_like = shape_reference(input.type.shape);
    if (node->shape_like) return;  // until the other element has its shape
    node->declared = node->defined = Node::Progress::Done;
    make_input(*node, std::nullopt);
}

/// `f32[pop.shape]`. Of a network that is used as a layer: what arrives must fit.
void NetworkBuilder::declare_input_like(Node& node) {
    node.shape = shape_of(*node.shape_like);
    node.broken = !node.shape;
    if (node.broken) return;
    if (!outer_) return make_input(node, node.shape);
    if (!node.output.valid()) node.output = nothing_arrives(*node.input, *node.shape);
    const ir::Shape& arriving = context_.network[node.output].shape;
    if (arriving == *node.shape) return;
    arrival_refused_ = true;
    context_
        .error(Code::ShapeMismatch, node.arrival,
               fmt::format("`{}` takes a shape {}, but {} arrives", decl_.name.text,
                           ir::to_string(*node.shape), ir::to_string(arriving)))
        .label(node.input->range, fmt::format("the input of `{}`", decl_.name.text));
    node.broken = true;
}

/// The tensor of an input of the network that runs.
void NetworkBuilder::make_input(Node& node, const std::optional<ir::Shape>& shape) {
    const TypedName& input = *node.input;
    auto tensor = typed_tensor(context_, expressions_, constants_, input, shape);
    if (tensor && tensor->kind == ir::DataKind::Index) {
        context_.error(Code::WrongType, input.type.range,
                       "a class is a target of a train block; an input is `f32[…]` or `spike[…]`");
        tensor.reset();
    }
    if (!tensor) {
        node.broken = true;
        return;
    }
    tensor->role = ir::Role::Input;
    node.shape = tensor->shape;
    node.output = context_.add(std::move(*tensor));
    context_.network.inputs.push_back(node.output);
}

}  // namespace snnc::frontend
