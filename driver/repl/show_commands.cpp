// :list, :emit, :set and :help
#include <fmt/format.h>

#include <algorithm>

#include "driver/emit.h"
#include "driver/repl/commands.h"
#include "driver/repl/texts.h"
#include "frontend/ast_printer.h"
#include "frontend/evaluate.h"
#include "frontend/parse.h"

namespace snnc::driver::repl {
namespace {

/// The stages before the network, of the text of one definition.
std::string emit_text(Workspace& workspace, const std::string& stage, const SourceRange& name) {
    const auto found = workspace.definitions.find(text_of(workspace.session, name));
    if (found.empty())
        fail_at(Code::UnknownName, name,
                fmt::format("the stage `{}` is of a definition of this session", stage),
                {"`:list` shows what there is"});
    SourceManager& sources = workspace.session.sources;
    const FileId file = sources.add(found[0]->name, text_of(workspace.session, found[0]->text));
    if (stage == "tokens") return frontend::print_tokens(sources, file);
    return frontend::print_ast(
        frontend::parse(sources, file, workspace.session.diagnostics).value());
}

bool has_train_block(const Workspace& workspace, const std::string& network) {
    for (const frontend::Declaration& one : workspace.definitions.module().main->declarations)
        if (const auto* train = std::get_if<frontend::TrainDecl>(&one.node))
            if (train->network.text == network) return true;
    return false;
}

std::string emit_network_stage(Workspace& workspace, const std::string& stage,
                               Arguments arguments) {
    EmitOptions options;
    options.stage = stage;
    if (const auto loss = arguments.take("loss")) options.loss = loss->value;
    const Plan plan = resolved_plan(workspace, std::move(arguments), true);
    options.network.network = plan.request.network;
    options.network.steps = plan.steps;
    for (const auto& [name, value] : plan.settings.sets)
        options.network.sets.push_back(name + "=" + value);
    options.engine = plan.settings.engine;
    options.forward = !has_train_block(workspace, plan.subject);
    return emit_network(workspace.session, *plan.module, options);
}

/// The length of a step goes into texts that the user does not see.
void check_step_length(Workspace& workspace, const Given& given) {
    Session& session = workspace.session;
    const auto length = frontend::evaluate(session.sources, workspace.definitions.module(),
                                           given.value_range, session.diagnostics);
    session.stop_on_errors();
    if (!length || !(length->value > 0))
        fail_at(Code::BadCommandLine, given.value_range, "a step is longer than 0");
}

}  // namespace

void emit_command(Workspace& workspace, const SourceRange& rest) {
    const std::string text = text_of(workspace.session, rest);
    const std::string stage = text.substr(0, text.find_first_of(" \t"));
    const auto& stages = emit_stages();
    SourceRange behind{rest.file, rest.begin + std::uint32_t(stage.size()), rest.end};
    if (std::find(stages.begin(), stages.end(), stage) == stages.end()) {
        const std::string hint = did_you_mean(stage, stages);
        fail_at(
            Code::BadCommandLine, {rest.file, rest.begin, behind.begin},
            stage.empty() ? "`:emit` takes a stage" : fmt::format("there is no stage `{}`", stage),
            {hint.empty() ? "there are " + quoted_list(stages) : hint});
    }
    Arguments arguments = split_arguments(workspace.session.sources, behind);
    std::string out = stage == "tokens" || stage == "ast"
                          ? emit_text(workspace, stage, arguments.subject_range)
                          : emit_network_stage(workspace, stage, std::move(arguments));
    if (!out.ends_with('\n')) out += '\n';
    write_out(out);
}

void list_command(Workspace& workspace, const SourceRange&) {
    for (const Definition& one : workspace.definitions.all())
        write_out(fmt::format("{:<9} {}\n", one.kind, one.name));
}

void set_command(Workspace& workspace, const SourceRange& rest) {
    const Arguments arguments = split_arguments(workspace.session.sources, rest);
    if (!arguments.subject.empty())
        fail_at(Code::BadCommandLine, arguments.subject_range, "`:set` takes `NAME = VALUE`",
                {"`:set steps = 200`, `:set hidden.beta = 0.8`"});
    for (const Given& given : arguments.given) {
        if (given.name == "dt" && given.value != "none") check_step_length(workspace, given);
        workspace.settings.set(given);
    }
    if (arguments.given.empty()) write_out(workspace.settings.text());
}

}  // namespace snnc::driver::repl
