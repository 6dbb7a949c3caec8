// Shapes forward along the edges, tensors, equations, outputs.
#include "frontend/elaborate_networks.h"

#include <fmt/format.h>

#include <algorithm>

namespace snnc::frontend {

using ir::Op;
using Progress = Node::Progress;

void NetworkBuilder::build() {
    read_sets();
    collect_settings();
    read_sets_of_parameters();
    dimensions_.check_settings();
    read_parameters();
    read_dt();
    set_steps(setting("steps"), setting("duration"));
    collect_names();
    declare_inputs();
    declare_populations();
    read_chains();
    for (const auto& node : nodes_) declare(*node);
    for (const auto& node : nodes_) define(*node);
    mark_spikes();
    check_dimensions();
    read_outputs();
    check_sets_used();
}

// ---- tensors -------------------------------------------------------------------------------

void NetworkBuilder::declare(Node& node) {
    if (node.declared == Progress::Done) return;
    if (node.declared == Progress::Running) {
        context_.error(Code::Cycle, node.range,
                       fmt::format("the shape of `{}` depends on itself; declare a population, "
                                   "`name : Cell[shape]`, somewhere in the loop",
                                   node.name));
        node.broken = true;
        node.declared = Progress::Done;
        return;
    }
    node.declared = Progress::Running;
    if (!node.broken && node.kind == Node::Kind::Input) declare_input_like(node);
    if (!node.broken && node.kind == Node::Kind::Layer) declare_layer(node);
    if (!node.broken && node.kind == Node::Kind::Network) declare_network(node);
    if (node.kind == Node::Kind::Cells && node.cell) declare_cells(node);
    if (!node.broken && node.assertion && node.shape) check_assertion(node, *node.shape);
    node.declared = Progress::Done;
}

void NetworkBuilder::declare_cells(Node& node) {
    if (!node.shape) find_shape(node);
    if (!node.shape) node.broken = true;
    const CellSite site{node.name,    node.shape.value_or(ir::Shape{}), node.arguments, &constants_,
                        &dimensions_, node.callee.name->range};
    node.use = std::make_unique<CellUse>(context_, expressions_, *node.cell, site);
    // The arguments may be wrong whatever arrives.
    if (!node.use->declare()) node.broken = true;
}

/// The tensor that an edge starts from; invalid if that was reported.
ir::TensorId NetworkBuilder::source(Edge& edge) {
    const ir::TensorId whole = edge.broken ? ir::TensorId{} : whole_source(edge);
    return whole.valid() ? source_part(edge, whole) : whole;
}

ir::TensorId NetworkBuilder::whole_source(const Edge& edge) {
    Node& from = *edge.from;
    declare(from);
    if (from.broken) return {};
    if (from.kind != Node::Kind::Cells) {
        if (edge.member.empty()) return from.output;
        if (from.inner) return inside(edge);
        context_.error(
            Code::NoPast, edge.source_range,
            fmt::format("`{}` is no population and has no variable `{}`", from.name, edge.member));
        return {};
    }
    const Name* output = from.use->first_output();
    if (edge.member.empty() && !output) {
        context_.error(Code::WrongEdges, edge.source_range,
                       fmt::format("`{}` has no output to hand on", from.cell->name.text));
        return {};
    }
    const std::string& name = edge.member.empty() ? output->text : edge.member;
    const ir::TensorId variable = from.use->variable(name);
    if (variable.valid()) return variable;
    if (!from.use->is_made_late(name)) {
        context_.unknown({name, edge.source_range},
                         fmt::format("`{}` has no variable `{}`", from.name, name),
                         from.use->variable_names());
        return {};
    }
    std::set<const Node*> seen;
    if (waits_for_open(from, seen)) return from.use->promise(name);
    define(from);
    return from.use->variable(name);  // one that has no value was reported
}

/// Does a node need what is being made at the moment? Then its definition must wait.
bool NetworkBuilder::waits_for_open(const Node& node, std::set<const Node*>& seen) {
    if (!seen.insert(&node).second) return false;
    if (node.declared == Progress::Running || node.defined == Progress::Running) return true;
    return std::any_of(node.edges.begin(), node.edges.end(),
                       [&](const Edge& edge) { return waits_for_open(*edge.from, seen); });
}

/// `b1.join.v -> …`: a variable inside of a network that is a layer.
ir::TensorId NetworkBuilder::inside(const Edge& edge) {
    Path path{edge.source->head, {}, edge.source->range};
    for (const Suffix& suffix : edge.source->suffixes)  // a slice is source_part's matter
        if (const auto* named = std::get_if<MemberSuffix>(&suffix))
            path.suffixes.emplace_back(*named);
    return tensor(path, "a source").value_or(ir::TensorId{});
}

void NetworkBuilder::define(Node& node) {
    if (node.defined != Progress::Waiting || node.kind != Node::Kind::Cells) return;
    node.defined = Progress::Running;
    if (!node.use || node.broken) {
        node.defined = Progress::Done;
        return;
    }
    std::map<std::string, Value> ports;
    for (Edge& edge : node.edges) {
        const Name* port = edge.port.empty() ? node.use->first_input() : node.use->input(edge.port);
        if (!port) {
            if (edge.port.empty())
                context_.error(Code::WrongEdges, edge.target_range,
                               fmt::format("`{}` has no input", node.cell->name.text));
            else
                context_.unknown(
                    {edge.port, edge.target_range},
                    fmt::format("`{}` has no input `{}`", node.cell->name.text, edge.port),
                    node.use->input_names());
            continue;
        }
        const ir::TensorId from = source(edge);
        if (from.valid() && context_.network[from].name.starts_with(node.name + "."))
            context_.origins.own_edges.emplace(node.name + "." + port->text,
                                               join(edge.source_range, edge.target_range));
        Value value = from.valid() ? read(context_, from) : Value{};
        if (from.valid() && edge.target_slice) value = target_part(edge, node, from);
        if (!value.poisoned() && value.shape != node.use->shape()) {
            context_
                .error(Code::ShapeMismatch, edge.target_range,
                       fmt::format("`{}` has shape {}, but {} arrives", node.name,
                                   ir::to_string(node.use->shape()), ir::to_string(value.shape)))
                .label(edge.source_range, "it comes from here");
            value = {};
        }
        const auto [place, is_new] = ports.emplace(port->text, value);
        if (!is_new)
            place->second = apply(context_, Op::Add, {place->second, value}, edge.target_range);
    }
    if (node.recurrent) {
        const Name* port = node.use->first_input();
        const Value feedback = recurrent_input(node);
        if (!port)
            context_.error(Code::WrongEdges, node.recurrent->range,
                           fmt::format("`{}` has no input to feed", node.cell->name.text));
        else if (const auto [place, is_new] = ports.emplace(port->text, feedback); !is_new)
            place->second =
                apply(context_, Op::Add, {place->second, feedback}, node.recurrent->range);
    }
    node.use->define(ports);
    node.defined = Progress::Done;
}

void NetworkBuilder::check_assertion(Node& node, const ir::Shape& shape) {
    const ShapeAssertion& assertion = *node.assertion;
    ir::Shape asserted;
    for (const ExprPtr& dim : assertion.dims) {
        const auto extent = expressions_.whole(*dim, constants_, "an extent", 1);
        if (!extent) return;
        asserted.push_back(*extent);
    }
    if (asserted == shape) return;
    context_.error(
        Code::ShapeMismatch, assertion.range,
        fmt::format("the shape here is {}, not {}", ir::to_string(shape), ir::to_string(asserted)));
}

/// A layer of a loop is declared before the cells in front of it have equations. What hands on
/// spikes as they are, delayed or in another shape, is spikes as well.
void NetworkBuilder::mark_spikes() {
    ir::Network& network = context_.network;
    const auto handed_on = [&](const ir::Definition& definition) -> ir::TensorId {
        if (const auto* segment = std::get_if<ir::Segment>(&definition.kind))
            return segment->source;
        const auto* formula = std::get_if<ir::Formula>(&definition.kind);
        const ir::ExprNode* read = formula ? &network.pool[formula->value] : nullptr;
        if (!read || read->op != Op::Read) return {};
        // Before the first step a state may be anything.
        const bool starts_at_0 = read->lag == 0 || !network[read->tensor].initial.valid();
        return starts_at_0 ? read->tensor : ir::TensorId{};
    };
    for (bool found = true; found;) {
        found = false;
        for (const ir::Definition& definition : network.definitions) {
            ir::Tensor& target = network[definition.target];
            if (target.kind != ir::DataKind::Real || target.initial.valid()) continue;
            const ir::TensorId source = handed_on(definition);
            if (!source.valid() || network[source].kind != ir::DataKind::Spike) continue;
            target.kind = ir::DataKind::Spike;
            found = true;
        }
    }
}

// ---- names for outputs, losses and records -------------------------------------------------

std::optional<ir::TensorId> NetworkBuilder::tensor(const Path& path, const std::string& what,
                                                   std::size_t depth) {
    const Name& name =
        depth == 0 ? path.head : std::get<MemberSuffix>(path.suffixes[depth - 1]).name;
    Node* node = member(name.text);
    if (!node) {
        if (misdeclared_.count(name.text)) return std::nullopt;
        context_.unknown(name, fmt::format("nothing is called `{}` here", name.text), names());
        return std::nullopt;
    }
    if (node->broken) return std::nullopt;  // was reported
    const bool last = path.suffixes.size() == depth;
    const auto* behind = last ? nullptr : std::get_if<MemberSuffix>(&path.suffixes[depth]);
    if (node->inner && behind) {
        const bool alone = path.suffixes.size() == depth + 1;
        if (const auto output = alone ? node->inner->output_called(behind->name) : std::nullopt)
            return output;
        return node->inner->tensor(path, what, depth + 1);
    }
    const std::size_t used = depth + (behind ? 1 : 0);
    if (node->recurrent && path.suffixes.size() > used)  // `hidden.recurrent.weight`
        if (const auto stored = parameters(path); stored.size() == 1) return stored[0];
    if (path.suffixes.size() > used) {
        const bool index = std::holds_alternative<IndexSuffix>(path.suffixes[used]);
        context_
            .error(Code::NoPast, path.range,
                   index ? fmt::format("{} names a whole variable, without an index", what)
                         : fmt::format("{} names a variable, `name.variable`", what))
            .note("functions take it as an argument: `last(out.v)`, `sum(out.v)`");
        return std::nullopt;
    }
    if (!behind && node->kind != Node::Kind::Cells) return node->output;
    if (!behind) {
        const Name* output = node->use ? node->use->first_output() : nullptr;
        const std::string variable = "." + (output ? output->text : "v");
        context_
            .error(Code::WrongType, path.range,
                   fmt::format("`{}` are cells; say which variable", node->name))
            .edit({path.range.file, path.range.end, path.range.end}, variable);
        return std::nullopt;
    }
    const std::string qualified = node->name + "." + behind->name.text;
    if (node->use)
        if (const ir::TensorId tensor = node->use->variable(behind->name.text); tensor.valid())
            return tensor;
    for (const ir::Parameter& parameter : context_.network.parameters)
        if (context_.network[parameter.tensor].name == qualified) return parameter.tensor;
    std::vector<std::string> known;
    if (node->use) known = node->use->variable_names();
    for (const ir::Parameter& parameter : context_.network.parameters)
        if (parameter.population_or_layer == node->name)
            known.push_back(context_.network[parameter.tensor].name.substr(node->name.size() + 1));
    context_.unknown(behind->name,
                     fmt::format("`{}` has no variable `{}`", node->name, behind->name.text),
                     known);
    return std::nullopt;
}

std::vector<ir::TensorId> NetworkBuilder::parameters(const Path& path) const {
    std::string wanted = path.head.text;
    for (const Suffix& suffix : path.suffixes)
        if (const auto* named = std::get_if<MemberSuffix>(&suffix))
            wanted += "." + named->name.text;
    std::vector<ir::TensorId> result;
    for (const ir::Parameter& parameter : context_.network.parameters) {
        const std::string& name = context_.network[parameter.tensor].name;
        if (name == wanted || name.starts_with(wanted + ".")) result.push_back(parameter.tensor);
    }
    return result;
}

void NetworkBuilder::read_outputs() {
    for (const NetworkStatement& statement : decl_.statements) {
        const auto* output = std::get_if<NetworkOutput>(&statement.node);
        if (!output) continue;
        const auto found = tensor(output->path, "an output");
        if (!found) continue;
        auto& outputs = context_.network.outputs;
        if (std::find(outputs.begin(), outputs.end(), *found) != outputs.end())
            context_.error(Code::DuplicateName, output->path.range, "this output is named twice");
        else
            outputs.push_back(*found);
    }
}

}  // namespace snnc::frontend
