// Nodes and edges of a network, in the order of the text.
#include <fmt/format.h>

#include <algorithm>
#include <cctype>

#include "frontend/elaborate_networks.h"

namespace snnc::frontend {

NetworkBuilder::NetworkBuilder(Context& context, Expressions& expressions,
                               const NetworkDecl& network, const Request& request,
                               SourceManager& sources)
    : context_(context),
      expressions_(expressions),
      decl_(network),
      request_(request),
      sources_(sources),
      constants_(context, fmt::format("in the constants of `{}`", network.name.text)),
      dimensions_(context.dimensions, network) {}

// ---- members -------------------------------------------------------------------------------

Node* NetworkBuilder::add_node(Node::Kind kind, std::string name, const SourceRange& range) {
    nodes_.push_back(std::make_unique<Node>());
    Node* node = nodes_.back().get();
    node->kind = kind;
    node->local = std::move(name);
    node->name = prefix_ + node->local;
    node->range = range;
    by_name_.emplace(node->local, node);
    context_.taken.insert(node->name);
    return node;
}

void NetworkBuilder::name_twice(const Name& name, const SourceRange& first) {
    context_
        .error(Code::DuplicateName, name.range, fmt::format("`{}` is declared twice", name.text))
        .label(first, "first declared here");
}

/// The names that text gives, whatever their order: an `as` further down may be a source.
void NetworkBuilder::collect_names() {
    const auto add = [&](const Name& name) {
        check_not_reserved(name, context_.diagnostics);
        const auto [place, is_new] = named_.emplace(name.text, name.range);
        if (!is_new) name_twice(name, place->second);
        for (const Default& parameter : decl_.parameters)
            if (parameter.name.text == name.text) name_twice(name, parameter.name.range);
        if (is_layer(name.text))
            context_.error(
                Code::ReservedName, name.range,
                fmt::format("`{}` is a layer and cannot be the name of a member", name.text));
    };
    for (const NetworkStatement& statement : decl_.statements) {
        if (const auto* input = std::get_if<NetworkInput>(&statement.node)) add(input->input.name);
        if (const auto* pop = std::get_if<PopulationDecl>(&statement.node)) add(pop->name);
        if (const auto* chain = std::get_if<Chain>(&statement.node))
            for (const Element& element : chain->elements)
                if (element.as_name) add(*element.as_name);
    }
}

const CellDecl* NetworkBuilder::find_cell(const Expressions::Callee& callee,
                                          const SourceRange& range) {
    const Declaration* declaration =
        context_.declarations.find(Space::Cell, *callee.name, callee.module);
    if (!declaration && is_builtin_function(callee.name->text)) {
        context_
            .error(Code::MisplacedFunction, callee.name->range,
                   fmt::format("`{}` is a function; a chain holds layers and cells",
                               callee.name->text))
            .note("functions stand in the equations of a cell");
        return nullptr;
    }
    if (!declaration && context_.declarations.was_missing(*callee.name)) return nullptr;
    if (!declaration && misdeclared_.count(callee.name->text)) return nullptr;
    if (!declaration) {
        std::vector<std::string> known =
            context_.declarations.candidates(Space::Cell, callee.name->range.file);
        for (const std::string& layer : layer_names()) known.push_back(layer);
        context_.unknown(*callee.name,
                         fmt::format("there is no layer or cell `{}`", callee.name->text), known);
        return nullptr;
    }
    if (std::holds_alternative<NetworkDecl>(declaration->node)) {
        context_.error(
            Code::MisplacedElement, range,
            fmt::format("a population is made of cells, and `{}` is a network", callee.name->text));
        return nullptr;
    }
    return &std::get<CellDecl>(declaration->node);
}

/// `pop : Leaky(100)`: the number in round brackets is no further mistake.
void NetworkBuilder::no_shape_of(const PopulationDecl& population, const Node& node) {
    auto report = context_.error(Code::WrongType, node.callee.name->range,
                                 fmt::format("a population says its shape, `{} : {}[100]`",
                                             population.name.text, node.callee.name->text));
    const CallSuffix* call = node.callee.call;
    if (call && call->arguments.size() == 1 && !call->arguments[0].name)
        report.edit(call->range,
                    fmt::format("[{}]", context_.sources.text(call->arguments[0].range)));
}

void NetworkBuilder::declare_populations() {
    for (const NetworkStatement& statement : decl_.statements) {
        const auto* population = std::get_if<PopulationDecl>(&statement.node);
        if (!population) continue;
        Node* node = add_node(Node::Kind::Cells, population->name.text, population->name.range);
        node->callee = expressions_.callee(population->cell);
        node->cell = find_cell(node->callee, population->cell.range);
        if (!node->callee.index) {
            no_shape_of(*population, *node);
        } else {
            node->shape_like = shape_reference(node->callee.index->cuts);
            if (!node->shape_like)
                node->shape = constant_shape(context_, expressions_, constants_,
                                             node->callee.index->cuts, node->callee.index->range);
        }
        node->broken = !node->cell || (!node->shape && !node->shape_like);
        apply_sets(*node);
        if (!node->callee.index)
            std::erase_if(node->arguments, [](const Argument* given) { return !given->name; });
        add_recurrent(*node, population->recurrent ? &*population->recurrent : nullptr);
    }
}

// ---- chains --------------------------------------------------------------------------------

void NetworkBuilder::read_chains() {
    const auto for_each_chain = [&](auto&& visit) {
        for (const NetworkStatement& statement : decl_.statements)
            if (const auto* chain = std::get_if<Chain>(&statement.node)) visit(*chain);
    };
    // All elements first: a chain may use a name that a later one gives.
    for_each_chain([&](const Chain& chain) {
        for (std::size_t i = 0; i < chain.elements.size(); ++i)
            if (!names_member(chain.elements[i].path))
                made_[&chain.elements[i]] = new_element(chain.elements[i], i == 0);
    });
    for_each_chain([&](const Chain& chain) { read_chain(chain); });
    for (const auto& node : nodes_) {
        if (node->takes_one_edge()) check_one_edge(*node);
    }
}

/// A layer takes one edge, a network one at each of its inputs.
void NetworkBuilder::check_one_edge(Node& node) {
    std::map<std::string, const Edge*> arrived;
    for (const Edge& edge : node.edges) {
        const auto [first, is_new] = arrived.emplace(port_of(node, edge), &edge);
        if (is_new) continue;
        const std::string what =
            node.network ? fmt::format("the input `{}` of `{}`", first->first, node.name)
                         : fmt::format("`{}` is a layer and", node.name);
        context_
            .error(Code::WrongEdges, edge.target_range,
                   fmt::format("{} takes exactly one edge", what))
            .label(first->second->target_range, "the first arrives here")
            .note("edges add up at a population, `name : Cell[shape]`");
        node.broken = true;
        return;
    }
}

void NetworkBuilder::read_chain(const Chain& chain) {
    std::optional<Place> before;
    for (std::size_t i = 0; i < chain.elements.size(); ++i) {
        auto place = element(chain.elements[i]);
        if (place && before) {
            before->node->next = place->node;
            connect(*before, *place, !names_member(chain.elements[i].path));
        } else if (place && i > 0 && place->node->edges.empty()) {
            place->node->broken = true;  // what should arrive was reported
        }
        if (place && i > 0) {  // a port or a part; the chain goes on from the whole output
            place->member.clear();
            place->slice = nullptr;
        }
        before = place;
    }
}

Node* NetworkBuilder::member(const std::string& name) const {
    const auto found = by_name_.find(name);
    return found == by_name_.end() ? nullptr : found->second;
}

/// A bare name is the member of that name; a word before `(` is a layer or a cell.
bool NetworkBuilder::names_member(const Path& path) const {
    if (!named_.count(path.head.text)) return false;
    for (const Suffix& suffix : path.suffixes)
        if (std::holds_alternative<CallSuffix>(suffix)) return false;
    return true;
}

std::optional<NetworkBuilder::Place> NetworkBuilder::element(const Element& element) {
    if (names_member(element.path)) return reference(element);
    Node* node = made_.at(&element);
    if (!node) return std::nullopt;
    return Place{node, {}, element.path.range, nullptr, &element.path};
}

std::string NetworkBuilder::default_name(const std::string& kind) {
    std::string name = kind;
    std::transform(name.begin(), name.end(), name.begin(),
                   [](unsigned char c) { return char(std::tolower(c)); });
    return name + std::to_string(++counts_[name]);
}

/// A default name may be one that the text gives, or (`a1` as the 2nd and `a` as the 12th) the
/// default name of another kind.
void NetworkBuilder::check_default_name(const Node& node) {
    const auto given = named_.find(node.local);
    const Node* other = member(node.local);
    if (given == named_.end() && other == &node) return;
    context_
        .error(Code::DuplicateName, node.range,
               fmt::format("this element is called `{}` by default, and so is another", node.name))
        .label(given == named_.end() ? other->range : given->second, "the other stands here")
        .note("give it a name of its own with `as`");
}

Node* NetworkBuilder::new_element(const Element& element, bool first) {
    const Expressions::Callee callee = expressions_.callee(element.path);
    const std::string& kind = callee.name->text;
    const bool layer = !callee.module && is_layer(kind);
    if (first && misdeclared_.count(kind)) return nullptr;
    if (first && !layer && !callee.call && member(kind)) {
        context_
            .error(Code::MisplacedElement, element.path.range,
                   fmt::format("a chain begins with `{}` alone or with one of its variables", kind))
            .note(fmt::format("what is made of it stands behind an arrow, `{} -> flatten`", kind));
        return nullptr;
    }
    if (first && !layer && !callee.call) {
        context_.unknown(*callee.name, fmt::format("nothing is called `{}` here", kind), names());
        return nullptr;
    }
    const NetworkDecl* network = layer ? nullptr : find_network(callee);
    const CellDecl* cell = layer || network ? nullptr : find_cell(callee, element.path.range);
    if (!layer && !cell && !network && !element.as_name) return nullptr;
    if (first) {
        context_.error(Code::MisplacedElement, element.path.range,
                       "a chain begins with an input, a population or an element that has a name");
        return nullptr;
    }
    const std::string name = element.as_name ? element.as_name->text : default_name(kind);
    const Node::Kind made = layer     ? Node::Kind::Layer
                            : network ? Node::Kind::Network
                                      : Node::Kind::Cells;
    Node* node =
        add_node(made, name, element.as_name ? element.as_name->range : element.path.range);
    node->default_name = !element.as_name;
    if (node->default_name) check_default_name(*node);
    node->callee = callee;
    node->cell = cell;
    node->network = network;
    node->broken = !layer && !cell && !network;
    if (element.shape) node->assertion = &*element.shape;
    if (callee.index) {
        context_.error(Code::MisplacedElement, callee.index->range,
                       "in a chain the shape follows from what arrives; write `: shape` behind "
                       "the element to assert it");
        node->broken = true;
    }
    if (callee.used != element.path.suffixes.size() && !node->broken) {
        context_.error(Code::MisplacedElement, element.path.range,
                       "a new element has no members yet; give it a name with `as` and write "
                       "`name.member`");
        node->broken = true;
    }
    apply_sets(*node);
    if (element.recurrent && (layer || network)) {
        context_.error(Code::MisplacedElement, element.recurrent->range,
                       "only cells are `recurrent`, a layer has no output of the step before");
        node->broken = true;
    } else {
        add_recurrent(*node, element.recurrent ? &*element.recurrent : nullptr);
    }
    return node;
}

void NetworkBuilder::connect(const Place& from, const Place& to, bool makes) {
    if (to.node->kind == Node::Kind::Input) {
        context_.error(Code::MisplacedElement, to.range,
                       fmt::format("`{}` is an input; no edge can end there", to.node->name));
        return;
    }
    if (to.node->network && !to.member.empty()) {
        if (!has_input(*to.node, {to.member, to.range})) return;
    } else if (to.node->takes_one_edge() && !to.member.empty()) {
        context_.error(Code::MisplacedElement, to.range,
                       fmt::format("`{}` is a layer and has no ports", to.node->name));
        return;
    }
    if (to.node->takes_one_edge() && to.slice) {
        context_.error(
            Code::MisplacedElement, to.slice->range,
            fmt::format("`{}` is a layer; parts of populations take edges", to.node->name));
        return;
    }
    to.node->edges.push_back({from.node,
                              from.member,
                              to.member,
                              from.range,
                              to.range,
                              makes,
                              from.slice,
                              to.slice,
                              from.path,
                              {},
                              false});
}

bool NetworkBuilder::is_broken(const std::string& name) const {
    const Node* node = member(name);
    return !node || node->broken;
}

std::optional<SourceRange> NetworkBuilder::place(const std::string& name) const {
    if (const auto found = named_.find(name); found != named_.end()) return found->second;
    if (const Node* node = member(name)) return node->range;
    return std::nullopt;
}

std::vector<std::string> NetworkBuilder::names() const {
    std::vector<std::string> result;
    for (const auto& node : nodes_) result.push_back(node->name);
    return result;
}

}  // namespace snnc::frontend
