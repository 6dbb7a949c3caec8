// Networks as layers (language.md section 4): a use makes the network's elements anew, under its
// own name, around what arrives.
#include <fmt/format.h>

#include <algorithm>

#include "frontend/elaborate_networks.h"

namespace snnc::frontend {

// ---- the use -------------------------------------------------------------------------------

NetworkBuilder::NetworkBuilder(NetworkBuilder& outer, const Node& use)
    : context_(outer.context_),
      expressions_(outer.expressions_),
      decl_(*use.network),
      request_(outer.request_),
      sources_(outer.sources_),
      constants_(context_, fmt::format("in the constants of `{}`", decl_.name.text)),
      dimensions_(context_.dimensions, decl_),
      outer_(&outer),
      prefix_(use.name + ".") {}

NetworkBuilder& NetworkBuilder::outermost() {
    NetworkBuilder* builder = this;
    while (builder->outer_) builder = builder->outer_;
    return *builder;
}

/// The network that a word before `(` names; nullptr: it names something else.
const NetworkDecl* NetworkBuilder::find_network(const Expressions::Callee& callee) {
    const Declaration* declaration =
        context_.declarations.find(Space::Cell, *callee.name, callee.module);
    return declaration ? std::get_if<NetworkDecl>(&declaration->node) : nullptr;
}

/// Networks of networks may stand for elements of any number.
bool NetworkBuilder::report_too_many_networks(const Node& node) {
    int depth = 0;
    for (const NetworkBuilder* builder = this; builder; builder = builder->outer_) ++depth;
    const bool deep = depth > deepest_networks;
    if (!deep && ++context_.networks_inside <= most_networks) return false;
    if (!deep && context_.networks_inside > most_networks + 1) return true;  // was reported
    context_.error(
        Code::TooDeep, node.callee.name->range,
        deep ? fmt::format("networks contain networks more than {} deep", deepest_networks)
             : fmt::format("the networks of this text stand for more than {} others",
                           most_networks));
    return true;
}

void NetworkBuilder::declare_network(Node& node) {
    for (const NetworkBuilder* builder = this; builder; builder = builder->outer_) {
        if (&builder->decl_ != node.network) continue;
        context_.error(Code::RecursiveDefinition, node.callee.name->range,
                       fmt::format("the network `{}` contains itself", node.network->name.text));
        node.broken = true;
        return;
    }
    if (report_too_many_networks(node)) {
        node.broken = true;
        return;
    }
    Arrivals arrivals;
    bool sound = true;
    for (Edge& edge : node.edges) {
        const ir::TensorId tensor = source(edge);
        sound = sound && tensor.valid();
        arrivals[port_of(node, edge)] = {tensor, edge.source_range};
    }
    node.broken = true;  // until its output is there
    // Mistakes inside are reported for the first use alone.
    if (!sound || arrivals.empty() || context_.broken_networks.count(node.network)) return;
    const std::size_t before = context_.diagnostics.all().size();
    node.inner = std::unique_ptr<NetworkBuilder>(new NetworkBuilder(*this, node));
    node.output = node.inner->build_inside(node, arrivals);
    if (context_.diagnostics.all().size() != before && !node.inner->arrival_refused_)
        context_.broken_networks.insert(node.network);
    node.broken = !node.output.valid();
    if (node.output.valid()) node.shape = context_.network[node.output].shape;
}

/// The first output, with everything that it needs.
ir::TensorId NetworkBuilder::build_inside(const Node& use, const Arrivals& arrivals) {
    if (!take_arguments(use)) return {};
    collect_names();
    if (!bind_inputs(use, arrivals)) return {};
    declare_populations();
    read_chains();
    for (const auto& node : nodes_) declare(*node);
    for (const auto& node : nodes_) define(*node);
    for (const NetworkStatement& statement : decl_.statements)
        if (const auto* output = std::get_if<NetworkOutput>(&statement.node))
            return tensor(output->path, "an output").value_or(ir::TensorId{});
    context_.error(Code::WrongEdges, use.callee.name->range,
                   fmt::format("the network `{}` has no output to hand on", decl_.name.text));
    return {};
}

// ---- arguments -----------------------------------------------------------------------------

bool NetworkBuilder::take_arguments(const Node& use) {
    bool sound = true;
    std::map<std::string, std::pair<double, const Expr*>> values;
    std::vector<std::string> known;
    std::map<std::string, SourceRange> seen;
    for (const Default& parameter : decl_.parameters) known.push_back(parameter.name.text);
    for (const Argument* given : use.arguments) {
        if (!given->name) {
            context_.error(Code::WrongArguments, given->range,
                           fmt::format("a network takes its arguments by name, `{}({} = …)`",
                                       decl_.name.text, known.empty() ? "k" : known[0]));
            sound = false;
        } else if (std::find(known.begin(), known.end(), given->name->text) == known.end()) {
            context_.unknown(
                *given->name,
                fmt::format("`{}` has no parameter `{}`", decl_.name.text, given->name->text),
                known);
            sound = false;
        } else if (!expressions_.plain(*given)) {
            sound = false;
        } else if (const auto [place, is_new] = seen.emplace(given->name->text, given->name->range);
                   !is_new) {
            context_
                .error(Code::DuplicateName, given->name->range,
                       fmt::format("the argument `{}` is given twice", given->name->text))
                .label(place->second, "first given here");
            sound = false;
        } else {
            const auto value = expressions_.number(*given->value.value, outer_->constants_,
                                                   "a parameter of a network");
            sound = sound && value;
            dimensions_.give(given->name->text, *given->value.value, outer_->dimensions_);
            if (!value) continue;
            constants_.set(given->name->text, constant(context_, *value));
            values[given->name->text] = {*value, given->value.value.get()};
        }
    }
    constants_.set_resolver([this](const std::string& name) { read_parameter(name); });
    for (const Default& parameter : decl_.parameters)  // an interval may speak of the others
        if (const auto given = values.find(parameter.name.text); given != values.end())
            sound = !expressions_
                         .inside(constant(context_, given->second.first), parameter, constants_,
                                 *given->second.second)
                         .poisoned() &&
                    sound;
    for (const NetworkStatement& statement : decl_.statements)
        if (const auto* setting = std::get_if<Setting>(&statement.node)) {
            context_
                .error(Code::BadSetting, setting->name.range,
                       fmt::format("`{}` is a setting of the network that runs, and `{}` is used "
                                   "as a layer",
                                   setting->name.text, decl_.name.text))
                .label(use.callee.name->range, "it is used here");
            sound = false;
        }
    return sound;
}

// ---- inputs --------------------------------------------------------------------------------

std::vector<const TypedName*> NetworkBuilder::inputs_of(const NetworkDecl& network) {
    std::vector<const TypedName*> inputs;
    for (const NetworkStatement& statement : network.statements)
        if (const auto* input = std::get_if<NetworkInput>(&statement.node))
            inputs.push_back(&input->input);
    return inputs;
}

/// The input at which an edge arrives: the first, if it names none.
std::string NetworkBuilder::port_of(const Node& node, const Edge& edge) {
    if (!edge.port.empty() || !node.network) return edge.port;
    const auto inputs = inputs_of(*node.network);
    return inputs.empty() ? "" : inputs[0]->name.text;
}

/// `… -> two.y`
bool NetworkBuilder::has_input(const Node& node, const Name& port) {
    std::vector<std::string> known;
    for (const TypedName* input : inputs_of(*node.network)) {
        if (input->name.text == port.text) return true;
        known.push_back(input->name.text);
    }
    context_.unknown(
        port, fmt::format("`{}` has no input `{}`", node.network->name.text, port.text), known);
    return false;
}

bool NetworkBuilder::bind_inputs(const Node& use, const Arrivals& arrivals) {
    const auto inputs = inputs_of(decl_);
    if (inputs.empty())
        context_.error(Code::WrongEdges, use.callee.name->range,
                       fmt::format("the network `{}` has no input", decl_.name.text));
    for (const TypedName* input : inputs) {
        const auto arrival = arrivals.find(input->name.text);
        if (!bind_input(*input, use, arrival == arrivals.end() ? nullptr : &arrival->second))
            return false;
    }
    return !inputs.empty();
}

/// An input without an edge is 0.
bool NetworkBuilder::bind_input(const TypedName& input, const Node& use, const Arrival* arrival) {
    Node* node = add_node(Node::Kind::Input, input.name.text, input.name.range);
    node->input = &input;
    node->shape_like = shape_reference(input.type.shape);
    ir::Shape wanted;
    if (!node->shape_like) {
        const auto shape = open_shape(input);
        if (!shape) return false;
        wanted = *shape;
    }
    if (arrival) {
        if (node->shape_like) wanted = context_.network[arrival->tensor].shape;
        if (!fits_input(input, wanted, *arrival)) return false;
        node->output = arrival->tensor;
        node->arrival = arrival->range;
    } else if (std::find(wanted.begin(), wanted.end(), -1) != wanted.end()) {
        arrival_refused_ = true;
        context_
            .error(Code::WrongEdges, use.callee.name->range,
                   fmt::format("nothing arrives at `{}` of `{}`, and `_` does not say how much "
                               "nothing that is",
                               input.name.text, decl_.name.text))
            .label(input.range, "the input stands here")
            .note(fmt::format("`… -> {}.{}` connects it", use.local, input.name.text));
        return false;
    } else if (!node->shape_like) {
        node->output = nothing_arrives(input, wanted);
    }
    if (node->shape_like) return true;  // until the other element has its shape
    node->declared = node->defined = Node::Progress::Done;
    node->shape = context_.network[node->output].shape;
    return true;
}

ir::TensorId NetworkBuilder::nothing_arrives(const TypedName& input, const ir::Shape& shape) {
    ir::Tensor zero;
    zero.name = prefix_ + input.name.text;
    zero.shape = shape;
    zero.kind = input.type.kind.text == "spike" ? ir::DataKind::Spike : ir::DataKind::Real;
    zero.range = input.range;
    const ir::TensorId id = context_.add(std::move(zero), input.range);
    context_.define(id, ir::Formula{context_.network.pool.constant(0)});
    return id;
}

/// "[_, 28, 28]"
static std::string open_text(const ir::Shape& shape) {
    std::string text;
    for (const std::int64_t extent : shape)
        text += (text.empty() ? "" : ", ") + (extent < 0 ? "_" : std::to_string(extent));
    return "[" + text + "]";
}

/// The extents of an input; -1 for `_`, which takes any.
std::optional<ir::Shape> NetworkBuilder::open_shape(const TypedName& input) {
    ir::Shape shape;
    for (const Cut& cut : input.type.shape) {
        const Name* word = cut.begin && !cut.is_slice ? as_word(*cut.begin) : nullptr;
        if (word && word->text == "_") {
            shape.push_back(-1);
            continue;
        }
        if (!cut.begin || cut.is_slice) {
            context_.error(Code::WrongType, cut.range, "an extent is one number, not a slice");
            return std::nullopt;
        }
        const auto extent = expressions_.whole(*cut.begin, constants_, "an extent", 1);
        if (!extent) return std::nullopt;
        shape.push_back(*extent);
    }
    return shape;
}

/// Held values may enter an input of every step, not the reverse.
bool NetworkBuilder::fits_input(const TypedName& input, const ir::Shape& wanted,
                                const Arrival& arrival) {
    const ir::Tensor given = context_.network[arrival.tensor];
    const auto refuse = [&](Code code, const std::string& message) {
        arrival_refused_ = true;
        context_.error(code, arrival.range, message)
            .label(input.range, fmt::format("the input of `{}`", decl_.name.text));
        return false;
    };
    bool same = wanted.size() == given.shape.size();
    for (std::size_t i = 0; same && i < wanted.size(); ++i)
        same = wanted[i] < 0 || wanted[i] == given.shape[i];
    if (!same)
        return refuse(Code::ShapeMismatch,
                      fmt::format("`{}` takes a shape {}, but {} arrives", decl_.name.text,
                                  open_text(wanted), ir::to_string(given.shape)));
    if (!input.index && given.per_step)
        return refuse(Code::WrongType,
                      fmt::format("`{}` is held over the run, but what arrives has a value in each "
                                  "step",
                                  input.name.text));
    if (input.type.kind.text == "spike" && given.kind != ir::DataKind::Spike)
        return refuse(Code::WrongType,
                      fmt::format("`{}` takes spikes, but numbers arrive", input.name.text));
    return !input.interval || check_interval(input, arrival.tensor);
}

/// What arrives lies in the interval of the input, or debug runs look at it.
bool NetworkBuilder::check_interval(const TypedName& input, ir::TensorId arriving) {
    const auto low = expressions_.number(*input.interval->low, constants_, "a bound");
    const auto high = expressions_.number(*input.interval->high, constants_, "a bound");
    if (!low || !high) return false;
    const ir::Tensor& given = context_.network[arriving];
    const bool spikes = given.kind == ir::DataKind::Spike && *low <= 0 && *high >= 1;
    const bool promised =
        given.interval && *low <= given.interval->first && given.interval->second <= *high;
    if (!spikes && !promised)
        context_.network.checked_ports.push_back(
            checked_port(arriving, *low, *high, *input.interval));
    return true;
}

// ---- outputs -------------------------------------------------------------------------------

/// `b1.s`: the output `join.s` of the network, if only one ends so and nothing inside has the name.
std::optional<ir::TensorId> NetworkBuilder::output_called(const Name& name) {
    if (member(name.text)) return std::nullopt;
    const Path* found = nullptr;
    for (const NetworkStatement& statement : decl_.statements) {
        const auto* output = std::get_if<NetworkOutput>(&statement.node);
        const auto* last = output && !output->path.suffixes.empty()
                               ? std::get_if<MemberSuffix>(&output->path.suffixes.back())
                               : nullptr;
        if (!last || last->name.text != name.text) continue;
        if (found) return std::nullopt;
        found = &output->path;
    }
    return found ? tensor(*found, "an output") : std::nullopt;
}

// ---- shapes --------------------------------------------------------------------------------

/// `Leaky[second.shape]`: the path in front of `.shape`, where that is all there is.
const Path* shape_reference(const std::vector<Cut>& cuts) {
    if (cuts.size() != 1 || cuts[0].is_slice || !cuts[0].begin) return nullptr;
    const auto* reference = std::get_if<Reference>(&cuts[0].begin->node);
    if (!reference || reference->path.suffixes.size() != 1) return nullptr;
    const auto* member = std::get_if<MemberSuffix>(&reference->path.suffixes[0]);
    return member && member->name.text == "shape" ? &reference->path : nullptr;
}

std::optional<ir::Shape> NetworkBuilder::shape_of(const Path& path) {
    Node* other = member(path.head.text);
    if (!other) {
        context_.unknown(path.head, fmt::format("nothing is called `{}` here", path.head.text),
                         names());
        return std::nullopt;
    }
    declare(*other);
    return other->broken ? std::nullopt : other->shape;
}

/// The shape of cells that do not say theirs.
void NetworkBuilder::find_shape(Node& node) {
    if (node.shape_like) {
        node.shape = shape_of(*node.shape_like);
        return;
    }
    // Not from the others: they may start from the cells themselves.
    for (Edge& edge : node.edges) {
        const ir::TensorId from = edge.makes && !edge.target_slice ? source(edge) : ir::TensorId{};
        if (from.valid()) node.shape = context_.network[from].shape;
    }
}

}  // namespace snnc::frontend
