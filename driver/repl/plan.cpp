#include "driver/repl/plan.h"

#include <fmt/format.h>

#include <algorithm>

#include "frontend/elaborate_scope.h"
#include "frontend/parse.h"

namespace snnc::driver::repl {
namespace {

using frontend::CellDecl;

/// `Leaky[3](beta = 0.8)`: the path of a population.
frontend::Path path_of(Session& session, const Plan& plan) {
    auto expr =
        frontend::parse_expression(session.sources, plan.subject_range, session.diagnostics);
    if (!expr) throw Stop{};
    auto* reference = std::get_if<frontend::Reference>(&expr->node);
    if (!reference)
        fail_at(Code::BadCommandLine, plan.subject_range,
                "a run is of a network or of a cell: `Net`, `Leaky[3](beta = 0.8)`");
    return std::move(reference->path);
}

frontend::IndexSuffix* index_of(frontend::Path& path) {
    for (frontend::Suffix& suffix : path.suffixes)
        if (auto* index = std::get_if<frontend::IndexSuffix>(&suffix)) return index;
    return nullptr;
}

/// The cell that the path names; nullptr where elaboration will tell that there is none.
const CellDecl* cell_of(const frontend::Module& module, const frontend::Path& path) {
    Diagnostics ignored;
    const frontend::Declarations declarations(module, ignored);
    const frontend::Name* name = &path.head;
    const frontend::Name* from = nullptr;
    if (declarations.is_module(path.head) && !path.suffixes.empty())
        if (const auto* member = std::get_if<frontend::MemberSuffix>(&path.suffixes[0])) {
            from = &path.head;
            name = &member->name;
        }
    const auto* found = declarations.find(frontend::Space::Cell, *name, from);
    return found ? std::get_if<CellDecl>(&found->node) : nullptr;
}

std::vector<std::string> ports_of(const CellDecl& cell) {
    std::vector<std::string> names;
    for (const frontend::Member& member : cell.members)
        if (const auto* port = std::get_if<frontend::PortMember>(&member.node))
            names.push_back(port->name.text);
    return names;
}

/// Its outputs, then its states.
std::vector<std::string> variables_of(const CellDecl& cell) {
    std::vector<std::string> outputs, states;
    for (const frontend::Member& member : cell.members) {
        if (const auto* output = std::get_if<frontend::OutputMember>(&member.node))
            outputs.push_back(output->name.text);
        if (const auto* state = std::get_if<frontend::StateMember>(&member.node))
            states.push_back(state->name.text);
    }
    for (const std::string& state : states)
        if (std::find(outputs.begin(), outputs.end(), state) == outputs.end())
            outputs.push_back(state);
    return outputs;
}

void check_ports(const Plan& plan, const CellDecl& cell) {
    const auto ports = ports_of(cell);
    for (const Given& input : plan.inputs) {
        if (std::find(ports.begin(), ports.end(), input.name) != ports.end()) continue;
        std::string hint = did_you_mean(input.name, ports);
        if (hint.empty())
            hint = ports.empty() ? "it has no inputs" : "it has " + quoted_list(ports);
        fail_at(Code::UnknownArray, input.name_range,
                fmt::format("`{}` has no input `{}`", cell.name.text, input.name), {hint});
    }
}

/// A network with the cell as its only population, whose path and shape are still to be put in.
std::string text_around(const Plan& plan, const CellDecl* cell, const std::string& name) {
    std::string text = fmt::format("network {} {{\n", name);
    if (!plan.settings.dt.empty()) text += fmt::format("    dt = {}\n", plan.settings.dt);
    text += fmt::format("    {} : {}[1]\n", cell_population, name);
    std::vector<std::string> ports;
    for (const Given& input : plan.inputs) ports.push_back(input.name);
    if (plan.all_ports && cell) ports = ports_of(*cell);
    for (const std::string& port : ports) {
        text += fmt::format("    input {}[t] : f32[1]\n    {} -> ", port, port);
        if (const auto unit = plan.units.find(port); unit != plan.units.end())
            text += fmt::format("scale({}) -> ", frontend::one_of(unit->second.name));
        text += fmt::format("{}.{}\n", cell_population, port);
    }
    if (cell)
        for (const std::string& variable : variables_of(*cell))
            text += fmt::format("    output {}.{}\n", cell_population, variable);
    return text + "}\n";
}

/// The population and the shapes of the inputs are made of what the user wrote, at its place in the
/// user's text: each of them parses it, and a mistake in it is told once.
void put_in(Session& session, frontend::Module& module, const Plan& plan) {
    auto& network =
        std::get<frontend::NetworkDecl>(module.programs.front()->declarations.back().node);
    for (frontend::NetworkStatement& statement : network.statements) {
        frontend::Path path = path_of(session, plan);
        frontend::IndexSuffix* shape = index_of(path);
        auto* input = std::get_if<frontend::NetworkInput>(&statement.node);
        if (input && shape) input->input.type.shape = std::move(shape->cuts);
        auto* population = std::get_if<frontend::PopulationDecl>(&statement.node);
        if (!population) continue;
        std::swap(population->cell, path);
        if (shape) continue;
        auto& suffixes = population->cell.suffixes;
        const auto call = std::find_if(suffixes.begin(), suffixes.end(), [](const auto& one) {
            return std::holds_alternative<frontend::CallSuffix>(one);
        });
        suffixes.insert(call, std::move(path.suffixes.front()));
    }
}

void resolve_cell(Session& session, const Definitions& definitions, Plan& plan) {
    const frontend::Path path = path_of(session, plan);
    const CellDecl* cell = cell_of(definitions.module(), path);
    if (cell) {
        check_ports(plan, *cell);
        plan.units = frontend::units_of(session.sources, definitions.module(), *cell);
    }
    plan.is_cell = true;
    plan.request.network = path.head.text + "_alone";
    while (!definitions.find(plan.request.network).empty()) plan.request.network += "_";
    const std::string text = text_around(plan, cell, plan.request.network);
    frontend::Module module =
        module_with(session, plan.places, fmt::format("<a network of {}>", plan.subject), text);
    put_in(session, module, plan);
    plan.module = std::make_shared<const frontend::Module>(std::move(module));
}

bool is_network(const Definitions& definitions, const std::string& name) {
    const auto found = definitions.find(name);
    return std::any_of(found.begin(), found.end(),
                       [](const Definition* one) { return one->kind == "network"; });
}

}  // namespace

void resolve(Session& session, const Definitions& definitions, Plan& plan) {
    plan.places = places_of(definitions.all());
    plan.units.clear();
    plan.request = {};
    if (is_network(definitions, plan.subject)) {
        plan.is_cell = false;
        plan.module =
            std::make_shared<const frontend::Module>(module_with(session, plan.places, "", ""));
        plan.request.network = plan.subject;
    } else {
        resolve_cell(session, definitions, plan);
    }
    const std::string own = std::string(cell_population) + ".";
    for (const auto& [name, value] : plan.settings.sets)
        if (!plan.is_cell || name.starts_with(own))  // others are meant for networks
            plan.request.sets.push_back({name, value});
    plan.request.steps = plan.steps;
}

}  // namespace snnc::driver::repl
