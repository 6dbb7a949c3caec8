// :type, and what an expression or a name alone on its line means.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include "driver/parameters.h"
#include "driver/pipeline.h"
#include "driver/repl/commands.h"
#include "driver/repl/texts.h"
#include "frontend/elaborate_expressions.h"
#include "frontend/evaluate.h"
#include "frontend/parse.h"

namespace snnc::driver::repl {
namespace {

using frontend::Declaration;

/// One line for each member that a use of the cell can give or read.
std::string describe_cell(Session& session, const frontend::Module& module,
                          const frontend::CellDecl& cell) {
    const auto units = frontend::units_of(session.sources, module, cell);
    std::string lines = fmt::format("{} {}\n", cell.encoder ? "encoder" : "neuron", cell.name.text);
    const auto add = [&](const char* kind, const std::string& name, const std::string& rest) {
        const auto unit = units.find(name);
        lines += fmt::format("    {:<6} {}{}{}\n", kind, name, rest,
                             unit == units.end() ? "" : "    in " + unit->second.name);
    };
    for (const frontend::Member& member : cell.members) {
        const auto value = [&](const frontend::Expr& expr) {
            return " = " + text_of(session, expr.range);
        };
        if (const auto* port = std::get_if<frontend::PortMember>(&member.node))
            add("input", port->name.text, "");
        if (const auto* output = std::get_if<frontend::OutputMember>(&member.node))
            add("output", output->name.text, "");
        if (const auto* state = std::get_if<frontend::StateMember>(&member.node))
            add("state", state->name.text, value(*state->value));
        if (const auto* parameter = std::get_if<frontend::ParamMember>(&member.node))
            add(parameter->learn ? "learn" : "param", parameter->name.text,
                value(*parameter->value) + (parameter->interval
                                                ? " " + text_of(session, parameter->interval->range)
                                                : ""));
        if (const auto* option = std::get_if<frontend::OptionMember>(&member.node)) {
            std::vector<std::string> words;
            for (const frontend::Name& word : option->values) words.push_back(word.text);
            add("option", option->name.text, fmt::format(" = {}", fmt::join(words, " | ")));
        }
    }
    return lines;
}

std::string describe_tensor(const ir::Tensor& tensor) {
    std::string text = tensor.kind == ir::DataKind::Spike ? "spikes" : "numbers";
    text += " of shape " + ir::to_string(tensor.shape);
    return text + (tensor.per_step ? ", in each step" : ", held over the run");
}

/// As it runs: shapes and sizes of everything that has a name.
std::string describe_network(Workspace& workspace, const std::string& name) {
    Session& session = workspace.session;
    frontend::Request request;
    request.network = name;
    ir::Network network = make_network(session, workspace.definitions.module(), request);
    PortValues values(network);  // the edges say how large tensors are
    place_edges(session, network, {}, workspace.settings.seed, values);
    std::string lines = fmt::format("network {}", name);
    if (network.steps) lines += fmt::format(", {} steps", *network.steps);
    lines += '\n';
    const auto add = [&](const char* kind, ir::TensorId id) {
        lines +=
            fmt::format("    {:<6} {}: {}\n", kind, network[id].name, describe_tensor(network[id]));
    };
    for (const ir::TensorId input : network.inputs) add("input", input);
    for (const ir::Population& population : network.populations) {
        std::vector<std::string> variables;
        for (const auto& [variable, id] : population.variables) variables.push_back(variable);
        lines += fmt::format("    cells  {}: {}{} with {}\n", population.name, population.cell,
                             ir::to_string(population.shape), fmt::join(variables, ", "));
    }
    for (const ir::Parameter& parameter : network.parameters) {
        const ir::Tensor& tensor = network[parameter.tensor];
        lines += fmt::format("    {:<6} {} {}\n", tensor.trainable ? "learn" : "fixed", tensor.name,
                             ir::to_string(ir::shape_in_files(tensor)));
    }
    for (const ir::TensorId output : network.outputs) add("output", output);
    return lines;
}

std::string describe(Workspace& workspace, const Declaration& declaration) {
    const frontend::Module& module = workspace.definitions.module();
    if (const auto* cell = std::get_if<frontend::CellDecl>(&declaration.node))
        return describe_cell(workspace.session, module, *cell);
    const auto* network = std::get_if<frontend::NetworkDecl>(&declaration.node);
    if (network && declaration.range.file.valid() &&
        !workspace.definitions.find(network->name.text).empty())
        return describe_network(workspace, network->name.text);
    return text_of(workspace.session, declaration.range) + "\n";
}

/// Of all that the name may mean; empty: nothing.
std::string description(Workspace& workspace, const std::string& name, const SourceRange& place) {
    Diagnostics ignored;
    const frontend::Declarations declarations(workspace.definitions.module(), ignored);
    std::string text;
    for (const auto space :
         {frontend::Space::Cell, frontend::Space::Surrogate, frontend::Space::Function})
        if (const Declaration* found = declarations.find(space, {name, place}))
            text += describe(workspace, *found);
    for (const Definition* one : workspace.definitions.find(name))
        if (one->kind == "train") text += text_of(workspace.session, one->text) + "\n";
    if (!workspace.last || !text.empty()) return text;
    const ir::Network& network = workspace.last->network();
    if (const ir::TensorId id = network.find(name); id.valid())
        text = fmt::format("{}: {}\n", name, describe_tensor(network[id]));
    return text;
}

bool is_name(std::string_view text) {
    return text.find_first_of(" (+*/-^<>=[\"") == std::string_view::npos;
}

frontend::Quantity value_of(Workspace& workspace, const SourceRange& text) {
    const auto value = frontend::evaluate(workspace.session.sources, workspace.definitions.module(),
                                          text, workspace.session.diagnostics);
    if (!value) throw Stop{};
    return *value;
}

}  // namespace

void type_command(Workspace& workspace, const SourceRange& rest) {
    const std::string text = text_of(workspace.session, rest);
    if (text.empty())
        fail(Code::BadCommandLine, "`:type` takes a name or an expression", {},
             {"`:type Leaky`, `:type 5mV/20ms`"});
    const std::string known = is_name(text) ? description(workspace, text, rest) : "";
    write_out(known.empty() ? value_of(workspace, rest).kind + "\n" : known);
}

void evaluate(Workspace& workspace, const SourceRange& text) {
    const std::string word = text_of(workspace.session, text);
    if (is_name(word)) {
        if (const std::string known = description(workspace, word, text); !known.empty()) {
            write_out(known);
            return;
        }
    }
    const frontend::Quantity value = value_of(workspace, text);
    write_out(fmt::format("{:.12g}{}{}\n", value.value, value.unit.empty() ? "" : " ", value.unit));
}

}  // namespace snnc::driver::repl
