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

void NetworkBuilder::declare_network(Node& node) {
    for (const NetworkBuilder* builder = this; builder; builder = builder->outer_) {
        if (&builder->decl_ != node.network) continue;
        context_.error(Code::RecursiveDefinition, node.callee.name->range,
                       fmt::format("the network `{}` contains itself", node.network->name.text));
        node.broken = true;
        return;
    }
    const ir::TensorId arriving = node.edges.empty() ? ir::TensorId{} : source(node.edges[0]);
    node.broken = true;  // until its output is there
    // Mistakes inside are reported for the first use alone.
    if (!arriving.valid() || context_.broken_networks.count(node.network)) return;
    const std::size_t before = context_.diagnostics.all().size();
    node.inner = std::unique_ptr<NetworkBuilder>(new NetworkBuilder(*this, node));
    node.output = node.inner->build_inside(node, arriving);
    if (context_.diagnostics.all().size() != before) context_.broken_networks.insert(node.network);
    node.broken = !node.output.valid();
    if (node.output.valid()) node.shape = context_.network[node.output].shape;
}

/// The first output, with everything that it needs.
ir::TensorId NetworkBuilder::build_inside(const Node& use, ir::TensorId arriving) {
    if (!take_arguments(use)) return {};
    collect_names();
    if (!bind_inputs(use, arriving)) return {};
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
    std::map<std::string, std::pair<double, SourceRange>> values;
    std::vector<std::string> known;
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
        } else {
            const auto value = expressions_.number(*given->value.value, outer_->constants_,
                                                   "a parameter of a network");
            sound = sound && value;
            dimensions_.give(given->name->text, *given->value.value, outer_->dimensions_);
            if (!value) continue;
            constants_.set(given->name->text, constant(context_, *value));
            values[given->name->text] = {*value, given->value.range};
        }
    }
    constants_.set_resolver([this](const std::string& name) { read_parameter(name); });
    for (const Default& parameter : decl_.parameters)  // an interval may speak of the others
        if (const auto given = values.find(parameter.name.text); given != values.end())
            sound = !expressions_
                         .inside(constant(context_, given->second.first), parameter, constants_,
                                 given->second.second)
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

bool NetworkBuilder::bind_inputs(const Node& use, ir::TensorId arriving) {
    bool bound = false;
    for (const NetworkStatement& statement : decl_.statements) {
        const auto* input = std::get_if<NetworkInput>(&statement.node);
        if (!input) continue;
        if (bound) {
            limited(input->input.range, "a second input of a network that is used as a layer");
            return false;
        }
        if (!fits_input(input->input, use, arriving)) return false;
        Node* node = add_node(Node::Kind::Input, input->input.name.text, input->input.name.range);
        node->declared = node->defined = Node::Progress::Done;
        node->output = arriving;
        node->shape = context_.network[arriving].shape;
        bound = true;
    }
    if (bound) return true;
    context_.error(Code::WrongEdges, use.callee.name->range,
                   fmt::format("the network `{}` has no input", decl_.name.text));
    return false;
}

/// "[_, 28, 28]"
static std::string open_text(const ir::Shape& shape) {
    std::string text;
    for (const std::int64_t extent : shape)
        text += (text.empty() ? "" : ", ") + (extent < 0 ? "_" : std::to_string(extent));
    return "[" + text + "]";
}

/// `_` takes any extent. Held values may enter an input of every step, not the reverse.
bool NetworkBuilder::fits_input(const TypedName& input, const Node& use, ir::TensorId arriving) {
    const ir::Tensor given = context_.network[arriving];
    const auto refuse = [&](Code code, const std::string& message) {
        context_.error(code, arrival(use), message)
            .label(input.range, fmt::format("the input of `{}`", decl_.name.text));
        return false;
    };
    bool same = input.type.shape.size() == given.shape.size();
    ir::Shape wanted;
    for (std::size_t i = 0; i < input.type.shape.size(); ++i) {
        const Cut& cut = input.type.shape[i];
        const Name* word = cut.begin && !cut.is_slice ? as_word(*cut.begin) : nullptr;
        if (word && word->text == "_") {
            wanted.push_back(-1);
            continue;
        }
        if (!cut.begin || cut.is_slice) {
            context_.error(Code::WrongType, cut.range, "an extent is one number, not a slice");
            return false;
        }
        const auto extent = expressions_.whole(*cut.begin, constants_, "an extent", 1);
        if (!extent) return false;
        wanted.push_back(*extent);
        same = same && *extent == given.shape[i];
    }
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
    if (input.interval && given.kind != ir::DataKind::Spike) {
        limited(input.interval->range,
                "an interval of an input of a network that is used as a "
                "layer");
        return false;
    }
    return true;
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
