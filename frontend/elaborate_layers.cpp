// Layers: what they make of what arrives, and their parameters (language.md section 4).
//
// To add one: a row in layers(), a function that declares its tensors, and, where formulas do not
// suffice, a definition in ir/net/network.h (docs/how_to/add_a_layer.md).
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "frontend/elaborate_networks.h"

namespace snnc::frontend {

using ir::Op;

const std::vector<std::string>& layer_names() {
    static const std::vector<std::string> names{
        "dense", "conv",       "conv1d", "maxpool", "avgpool", "sumpool",   "flatten",
        "scale", "one_to_one", "sparse", "delay",   "dropout", "batchnorm", "reshape"};
    return names;
}

bool is_layer(const std::string& name) {
    return std::find(layer_names().begin(), layer_names().end(), name) != layer_names().end();
}

void NetworkBuilder::declare_layer(Node& node) {
    using Declare = void (NetworkBuilder::*)(Node&, ir::TensorId);
    static const std::map<std::string, Declare> layers{
        {"dense", &NetworkBuilder::declare_dense},
        {"scale", &NetworkBuilder::declare_scale},
        {"one_to_one", &NetworkBuilder::declare_one_to_one},
        {"sparse", &NetworkBuilder::declare_sparse},
        {"delay", &NetworkBuilder::declare_delay},
        {"conv", &NetworkBuilder::declare_convolution},
        {"conv1d", &NetworkBuilder::declare_convolution},
        {"maxpool", &NetworkBuilder::declare_pool},
        {"avgpool", &NetworkBuilder::declare_pool},
        {"sumpool", &NetworkBuilder::declare_pool},
        {"dropout", &NetworkBuilder::declare_dropout},
        {"batchnorm", &NetworkBuilder::declare_batchnorm},
        {"flatten", &NetworkBuilder::declare_flatten},
        {"reshape", &NetworkBuilder::declare_reshape},
    };
    const Declare declare = layers.at(node.callee.name->text);
    const ir::TensorId from = node.edges.empty() ? ir::TensorId{} : source(node.edges[0]);
    node.broken = true;   // until its tensors are there
    if (!from.valid()) {  // its own mistakes are told all the same
        if (node.callee.name->text == "dense" && check_layer_arguments(node, 1, {"bias", "init"}))
            dense_width(node);
        return;
    }
    (this->*declare)(node, from);
    node.broken = !node.output.valid();
    if (node.output.valid()) node.shape = context_.network[node.output].shape;
}

// ---- arguments -----------------------------------------------------------------------------

/// What says more than a number: weights may be learned, a pattern names its cells.
static bool says_more(const std::string& layer, const Argument& argument) {
    if (layer == "scale" || layer == "one_to_one") return true;
    return layer == "sparse" && argument.name &&
           (argument.name->text == "w" || argument.name->text == "pattern");
}

bool NetworkBuilder::check_layer_arguments(const Node& node, std::size_t most_positional,
                                           const std::vector<std::string>& named) {
    const std::string& kind = node.callee.name->text;
    bool sound = true;
    std::size_t positional = 0;
    std::map<std::string, SourceRange> seen;
    for (const Argument* argument : node.arguments) {
        if (!says_more(kind, *argument) && !expressions_.plain(*argument)) sound = false;
        if (!argument->name) {
            if (++positional <= most_positional) continue;
            auto report =
                context_.error(Code::WrongArguments, argument->range,
                               most_positional + named.size() == 0
                                   ? fmt::format("`{}` takes no arguments", kind)
                                   : fmt::format("`{}` takes at most {} without a name", kind,
                                                 counted(most_positional, "argument")));
            if (kind == "dense" || kind.starts_with("conv"))
                report.note("how much arrives is known; the first number is that of the outputs");
            else if (!named.empty())
                report.note(fmt::format("by name: {}", quoted_list(named)));
            sound = false;
        } else if (std::find(named.begin(), named.end(), argument->name->text) == named.end()) {
            context_.unknown(*argument->name,
                             fmt::format("`{}` has no argument `{}`", node.callee.name->text,
                                         argument->name->text),
                             named);
            sound = false;
        } else if (const auto [place, is_new] =
                       seen.emplace(argument->name->text, argument->name->range);
                   !is_new) {
            context_
                .error(Code::DuplicateName, argument->name->range,
                       fmt::format("the argument `{}` is given twice", argument->name->text))
                .label(place->second, "first given here");
            sound = false;
        }
    }
    return sound;
}

const Argument* NetworkBuilder::argument(const Node& node, const std::string& name) const {
    for (const Argument* argument : node.arguments)
        if (name.empty() ? !argument->name : argument->name && argument->name->text == name)
            return argument;
    return nullptr;
}

const Argument* NetworkBuilder::argument(const Node& node, std::size_t position,
                                         const std::string& name) const {
    for (const Argument* argument : node.arguments)
        if (!argument->name && position-- == 0) return argument;
    return argument(node, name);
}

bool NetworkBuilder::flag(const Node& node, const std::string& name, bool otherwise) {
    const Argument* given = argument(node, name);
    if (!given) return otherwise;
    const auto value = expressions_.number(*given->value.value, constants_, "`" + name + "`");
    if (value && *value != 0 && *value != 1)
        context_.error(Code::WrongType, given->value.range,
                       fmt::format("`{}` is `true` or `false`", name));
    return value.value_or(1) != 0;
}

// ---- tensors -------------------------------------------------------------------------------

ir::TensorId NetworkBuilder::add_parameter(Node& node, const std::string& name,
                                           const ir::Shape& shape,
                                           const ir::Initialiser& initialiser) {
    ir::Tensor tensor;
    tensor.name = node.name + "." + name;
    tensor.shape = shape;
    tensor.per_sample = false;
    tensor.role = ir::Role::Parameter;
    tensor.trainable = true;
    tensor.range = node.callee.name->range;
    const ir::TensorId id = context_.add(std::move(tensor));
    context_.network.parameters.push_back({id, initialiser, node.name});
    return id;
}

ir::TensorId NetworkBuilder::add_layer_tensor(const Node& node, const std::string& name,
                                              const ir::Shape& shape, ir::TensorId like) {
    ir::Tensor tensor;
    tensor.name = name;
    tensor.shape = shape;
    tensor.per_step = context_.network[like].per_step;
    tensor.per_sample = context_.network[like].per_sample;
    tensor.range = node.range;
    return context_.add(std::move(tensor), node.range);
}

/// PyTorch's default for Linear and convolutions is uniform_fan_in: both weight and bias uniform
/// in ±1/sqrt(fan_in). kaiming is He's bound sqrt(6/fan_in), xavier Glorot's
/// sqrt(6/(fan_in + fan_out)), both uniform.
std::optional<ir::Initialiser> NetworkBuilder::weight_initialiser(const Node& node, double fan_in,
                                                                  double fan_out) {
    using Kind = ir::Initialiser::Kind;
    const auto uniform = [](double bound) { return ir::Initialiser{Kind::Uniform, -bound, bound}; };
    const Argument* init = argument(node, "init");
    if (!init) return uniform(1 / std::sqrt(fan_in));
    const Expr& value = *init->value.value;
    if (const Name* word = as_word(value); word && !is_reserved(word->text)) {
        if (word->text == "uniform_fan_in") return uniform(1 / std::sqrt(fan_in));
        if (word->text == "kaiming") return uniform(std::sqrt(6 / fan_in));
        if (word->text == "xavier") return uniform(std::sqrt(6 / (fan_in + fan_out)));
        if (word->text == "zeros") return ir::Initialiser{};
        context_.unknown(*word, fmt::format("there is no initialisation `{}`", word->text),
                         {"uniform_fan_in", "kaiming", "xavier", "zeros", "normal", "uniform"});
        return std::nullopt;
    }
    if (as_draw(value)) return expressions_.drawn(value, constants_);
    const auto number = expressions_.number(value, constants_, "an initial value");
    if (!number) return std::nullopt;
    return ir::Initialiser{Kind::Constant, *number, 0};
}

// ---- dense ---------------------------------------------------------------------------------

/// The shape of the declared population behind the layer, or of the part that is met.
std::optional<ir::Shape> NetworkBuilder::shape_behind(const Node& node) {
    const Node* next = node.next;
    if (!next || next->kind != Node::Kind::Cells || !next->shape) return std::nullopt;
    for (const Edge& edge : next->edges) {
        if (edge.from != &node || !edge.target_slice) continue;
        const auto met = range(*edge.target_slice, next->name, *next->shape);
        return met ? std::optional(met->shape) : std::nullopt;
    }
    return next->shape;
}

/// Without a number: as many as the declared population behind it has.
std::optional<std::int64_t> NetworkBuilder::dense_width(Node& node) {
    if (const Argument* width = argument(node, ""))
        return expressions_.whole(*width->value.value, constants_, "the number of outputs", 1);
    if (const auto behind = shape_behind(node); behind && behind->size() == 1) return (*behind)[0];
    context_.error(Code::WrongArguments, node.callee.name->range,
                   "`dense` says how many outputs it has, `dense(10)`, unless a declared "
                   "population stands behind it");
    return std::nullopt;
}

void NetworkBuilder::declare_dense(Node& node, ir::TensorId source) {
    if (!check_layer_arguments(node, 1, {"bias", "init"})) return;
    const ir::Shape shape = context_.network[source].shape;
    if (shape.size() != 1) {
        const SourceRange& name = node.callee.name->range;
        context_
            .error(Code::ShapeMismatch, name,
                   fmt::format("`dense` takes a shape [n], but {} arrives", ir::to_string(shape)))
            .label(arrival(node), fmt::format("{} comes from here", ir::to_string(shape)))
            .note("`flatten` makes one row of it")
            .edit({name.file, name.begin, name.begin}, "flatten -> ");
        return;
    }
    const auto width = dense_width(node);
    if (!width) return;
    const auto initialiser = weight_initialiser(node, shape[0], *width);
    const bool bias = flag(node, "bias", true);
    if (!initialiser) return;
    ir::Network& network = context_.network;
    const ir::TensorId weight = add_parameter(node, "weight", {shape[0], *width}, *initialiser);
    network[weight].transposed_in_files = true;
    const std::string product_name = bias ? node.name + ".product" : node.name;
    const ir::TensorId product = add_layer_tensor(node, product_name, {*width}, source);
    context_.define(product, ir::Dense{before_reshape(source), weight});
    node.output = product;
    if (!bias) return;
    const double bound = 1 / std::sqrt(double(shape[0]));
    const ir::TensorId bias_tensor =
        add_parameter(node, "bias", {*width}, {ir::Initialiser::Kind::Uniform, -bound, bound});
    node.output = add_layer_tensor(node, node.name, {*width}, product);
    context_.define(node.output, ir::Formula{network.pool.make(Op::Add, network.pool.read(product),
                                                               network.pool.read(bias_tensor))});
}

}  // namespace snnc::frontend
