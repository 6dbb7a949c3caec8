// Convolutions and pools: layers that move a window over planes (language.md section 4).
#include <fmt/format.h>

#include <cmath>

#include "frontend/elaborate_networks.h"

namespace snnc::frontend {

using ir::Op;
using Pair = ir::Window::Pair;

namespace {

std::string to_text(const Pair& pair, bool line) {
    return line ? std::to_string(pair[1]) : fmt::format("{}x{}", pair[0], pair[1]);
}

}  // namespace

// ---- arguments -----------------------------------------------------------------------------

/// One number for both axes, or `(rows, columns)`; on a line of [c, l] one number.
std::optional<Pair> NetworkBuilder::pair(const Node& node, const Argument& given,
                                         const std::string& what, std::int64_t least) {
    const Expr* expr = given.value.value.get();
    while (const auto* inner = std::get_if<Parentheses>(&expr->node)) expr = inner->inner.get();
    const auto* tuple = std::get_if<Tuple>(&expr->node);
    if (!tuple) {
        const auto both = expressions_.whole(*expr, constants_, what, least);
        if (!both) return std::nullopt;
        return Pair{*both, *both};
    }
    if (tuple->elements.size() != 2 || node.callee.name->text == "conv1d") {
        context_.error(Code::WrongType, expr->range,
                       node.callee.name->text == "conv1d"
                           ? fmt::format("{} of `conv1d` is one number", what)
                           : fmt::format("{} is one number or two, `(rows, columns)`", what));
        return std::nullopt;
    }
    const auto rows = expressions_.whole(*tuple->elements[0], constants_, what, least);
    const auto columns = expressions_.whole(*tuple->elements[1], constants_, what, least);
    if (!rows || !columns) return std::nullopt;
    return Pair{*rows, *columns};
}

/// What an argument says, or `otherwise`.
std::optional<Pair> NetworkBuilder::pair(const Node& node, const std::string& name,
                                         std::int64_t least, const Pair& otherwise) {
    const Argument* given = argument(node, name);
    return given ? pair(node, *given, "`" + name + "`", least) : otherwise;
}

/// The window that the arguments describe. Where nothing says the stride, a pool steps by its own
/// size and a convolution by 1, as in PyTorch.
std::optional<ir::Window> NetworkBuilder::window(const Node& node, const Argument& size, bool pool,
                                                 bool line) {
    const auto extent = pair(node, size, "the size of the window", 1);
    if (!extent) return std::nullopt;
    const auto stride = pair(node, "stride", 1, pool ? *extent : Pair{1, 1});
    // Feedback must have the shape of the cells, so that a window keeps it unless told otherwise.
    const bool feedback = node.edges.empty();
    const auto padding =
        pair(node, "padding", 0, feedback ? Pair{(*extent)[0] / 2, (*extent)[1] / 2} : Pair{0, 0});
    const auto dilation = pair(node, "dilation", 1, {1, 1});
    if (!stride || !padding || !dilation) return std::nullopt;
    ir::Window window{*extent, *stride, *padding, *dilation};
    if (line) {
        window.size[0] = window.stride[0] = window.dilation[0] = 1;
        window.padding[0] = 0;
    }
    return window;
}

/// Reports a window that fits nowhere into the planes.
bool NetworkBuilder::fits(const Node& node, const ir::Window& window, const ir::Shape& shape) {
    const ir::Planes planes = ir::planes_of(shape);
    if (window.outputs(0, planes.rows) > 0 && window.outputs(1, planes.columns) > 0) return true;
    context_
        .error(Code::ShapeMismatch, node.callee.name->range,
               fmt::format("a window of {} does not fit into {}",
                           to_text(window.size, shape.size() == 2), ir::to_string(shape)))
        .label(arrival(node), fmt::format("{} comes from here", ir::to_string(shape)));
    return false;
}

/// Planes must arrive; reports what does.
bool NetworkBuilder::takes_planes(const Node& node, const ir::Shape& shape, bool planes,
                                  bool lines) {
    if ((planes && shape.size() == 3) || (lines && shape.size() == 2)) return true;
    const std::string& kind = node.callee.name->text;
    const char* wanted = planes && lines ? "[c, h, w] or [c, l]" : planes ? "[c, h, w]" : "[c, l]";
    auto report = context_.error(
        Code::ShapeMismatch, node.callee.name->range,
        fmt::format("`{}` takes a shape {}, but {} arrives", kind, wanted, ir::to_string(shape)));
    report.label(arrival(node), fmt::format("{} comes from here", ir::to_string(shape)));
    if (shape.size() == 1)
        report.note(fmt::format("`-> reshape({}) -> {}(…)` makes planes of it",
                                planes ? "1, h, w" : "1, l", kind));
    if (shape.size() == 2 && kind == "conv") report.note("`conv1d` works on [c, l]");
    return false;
}

// ---- convolutions --------------------------------------------------------------------------

void NetworkBuilder::declare_convolution(Node& node, ir::TensorId source) {
    const bool line = node.callee.name->text == "conv1d";
    if (!check_layer_arguments(
            node, 2, {"c", "k", "stride", "padding", "dilation", "groups", "bias", "init"}))
        return;
    const ir::Shape shape = context_.network[source].shape;
    if (!takes_planes(node, shape, !line, line)) return;
    const Argument* channels = argument(node, 0, "c");
    const Argument* size = argument(node, channels && channels->name ? 0 : 1, "k");
    if (!channels || !size) {
        context_.error(Code::WrongArguments, node.callee.name->range,
                       fmt::format("`{}` takes the number of channels and the size of its window, "
                                   "`{}(16, 3)`",
                                   node.callee.name->text, node.callee.name->text));
        return;
    }
    const auto out =
        expressions_.whole(*channels->value.value, constants_, "the number of channels", 1);
    const auto windows = window(node, *size, false, line);
    std::optional<std::int64_t> groups = 1;
    if (const Argument* given = argument(node, "groups"))
        groups = expressions_.whole(*given->value.value, constants_, "the number of groups", 1);
    if (!out || !windows || !groups || !fits(node, *windows, shape)) return;
    if (shape[0] % *groups != 0 || *out % *groups != 0) {
        context_.error(Code::ShapeMismatch, argument(node, "groups")->range,
                       fmt::format("{} groups do not divide both the {} channels that arrive and "
                                   "the {} that leave",
                                   *groups, shape[0], *out));
        return;
    }
    define_convolution(node, source, *windows, *out, *groups);
}

void NetworkBuilder::define_convolution(Node& node, ir::TensorId source, const ir::Window& window,
                                        std::int64_t out, std::int64_t groups) {
    ir::Network& network = context_.network;
    const ir::Shape shape = network[source].shape;
    const std::int64_t fan_in = shape[0] / groups * window.places();
    const auto initialiser = weight_initialiser(node, fan_in, out * window.places());
    const bool bias = flag(node, "bias", true);
    if (!initialiser) return;
    ir::Shape weights{shape[0] / groups};
    if (shape.size() == 3) weights.push_back(window.size[0]);
    weights.insert(weights.end(), {window.size[1], out});
    const ir::TensorId weight = add_parameter(node, "weight", weights, *initialiser);
    network[weight].transposed_in_files = true;
    const ir::Shape result = ir::shape_of(window.result(ir::planes_of(shape), out), shape.size());
    const ir::TensorId product =
        add_layer_tensor(node, bias ? node.name + ".product" : node.name, result, source);
    context_.define(product, ir::Convolution{source, weight, window, groups});
    node.output = product;
    if (!bias) return;
    const double bound = 1 / std::sqrt(double(fan_in));
    const ir::TensorId bias_tensor =
        add_parameter(node, "bias", {out}, {ir::Initialiser::Kind::Uniform, -bound, bound});
    network[bias_tensor].per_channel = true;
    node.output = add_layer_tensor(node, node.name, result, product);
    context_.define(node.output, ir::Formula{network.pool.make(Op::Add, network.pool.read(product),
                                                               network.pool.read(bias_tensor))});
}

// ---- pools ---------------------------------------------------------------------------------

void NetworkBuilder::declare_pool(Node& node, ir::TensorId source) {
    if (!check_layer_arguments(node, 1, {"k", "stride", "padding"})) return;
    const ir::Shape shape = context_.network[source].shape;
    if (!takes_planes(node, shape, true, true)) return;
    const std::string& kind = node.callee.name->text;
    const Argument* size = argument(node, 0, "k");
    if (!size) {
        context_.error(Code::WrongArguments, node.callee.name->range,
                       fmt::format("`{}` takes the size of its window, `{}(2)`", kind, kind));
        return;
    }
    const bool line = shape.size() == 2;
    const auto windows = window(node, *size, true, line);
    if (!windows || !fits(node, *windows, shape)) return;
    if (windows->padding[0] > windows->size[0] / 2 || windows->padding[1] > windows->size[1] / 2) {
        context_.error(Code::WrongArguments, argument(node, "padding")->range,
                       fmt::format("a padding of {} is more than half of the window, {}",
                                   to_text(windows->padding, line), to_text(windows->size, line)));
        return;
    }
    if (kind == "maxpool")
        define_max_pool(node, source, *windows);
    else
        define_sum_pool(node, source, *windows, kind == "avgpool");
}

/// Adding one number to all values under a window does not change which one is the largest, and
/// rounding keeps the order: the pool of a convolution with a bias is taken before the bias is
/// added. The addition then meets fewer values, and in the scan that reads them.
void NetworkBuilder::define_max_pool(Node& node, ir::TensorId source, const ir::Window& window) {
    ir::Network& network = context_.network;
    const ir::TensorId bias = channel_bias(source);
    const ir::TensorId pooled =
        bias.valid() ? network.pool[sum_of(source)->args[0]].tensor : source;
    const ir::Planes planes = ir::planes_of(network[source].shape);
    const ir::Shape result =
        ir::shape_of(window.result(planes, planes.channels), network[source].shape.size());
    node.output =
        add_layer_tensor(node, bias.valid() ? node.name + ".product" : node.name, result, source);
    network[node.output].kind = network[pooled].kind;
    context_.define(node.output, ir::MaxPool{pooled, window});
    if (!bias.valid()) return;
    const ir::TensorId product = node.output;
    node.output = add_layer_tensor(node, node.name, result, source);
    context_.define(node.output, ir::Formula{network.pool.make(Op::Add, network.pool.read(product),
                                                               network.pool.read(bias))});
}

/// The formula of a tensor if it adds two values.
const ir::ExprNode* NetworkBuilder::sum_of(ir::TensorId tensor) const {
    const ir::Definition* definition = context_.network.definition(tensor);
    const auto* formula = definition ? std::get_if<ir::Formula>(&definition->kind) : nullptr;
    if (!formula) return nullptr;
    const ir::ExprNode& node = context_.network.pool[formula->value];
    return node.op == Op::Add ? &node : nullptr;
}

/// The bias of a convolution's result; invalid if the tensor is none.
ir::TensorId NetworkBuilder::channel_bias(ir::TensorId tensor) const {
    const ir::ExprNode* sum = sum_of(tensor);
    if (!sum) return {};
    const ir::ExprNode& product = context_.network.pool[sum->args[0]];
    const ir::ExprNode& bias = context_.network.pool[sum->args[1]];
    if (product.op != Op::Read || bias.op != Op::Read || product.lag != 0) return {};
    const ir::Definition* made = context_.network.definition(product.tensor);
    const bool convolution = made && std::holds_alternative<ir::Convolution>(made->kind);
    return convolution && context_.network[bias.tensor].per_channel ? bias.tensor : ir::TensorId{};
}

void NetworkBuilder::define_sum_pool(Node& node, ir::TensorId source, const ir::Window& window,
                                     bool mean) {
    ir::Network& network = context_.network;
    const ir::Planes planes = ir::planes_of(network[source].shape);
    const ir::Shape result =
        ir::shape_of(window.result(planes, planes.channels), network[source].shape.size());
    node.output = add_layer_tensor(node, mean ? node.name + ".sum" : node.name, result, source);
    context_.define(node.output, ir::SumPool{source, window});
    if (!mean) return;
    // PyTorch divides by the whole window, padding included.
    const Value divided = apply(
        context_, Op::Div,
        {read(context_, node.output), constant(context_, double(window.places()))}, node.range);
    node.output = add_layer_tensor(node, node.name, result, source);
    context_.define(node.output, ir::Formula{divided.expr});
}

}  // namespace snnc::frontend
