#include "driver/repl/commands.h"

#include <fmt/format.h>

#include "driver/attempt.h"

namespace snnc::driver::repl {
namespace {

const Command& find(const SourceManager& sources, const SourceRange& name) {
    const std::string_view text = sources.text(name);
    const Command* shortened = nullptr;
    bool several = false;
    std::vector<std::string> names;
    for (const Command& command : commands()) {
        if (text == command.name) return command;
        names.emplace_back(command.name);
        if (text.empty() || !std::string_view(command.name).starts_with(text)) continue;
        several = shortened != nullptr;
        shortened = &command;
    }
    if (shortened && !several) return *shortened;
    const std::string hint = did_you_mean(text, names);
    fail_at(Code::UnknownCommand, name, fmt::format("there is no command `:{}`", text),
            {hint.empty() ? "`:help` lists the commands" : hint});
}

void quit_command(Workspace& workspace, const SourceRange&) { workspace.ends = true; }

void help_command(Workspace& workspace, const SourceRange& rest) {
    if (rest.begin == rest.end) {
        write_out(
            "Declarations (`neuron`, `network`, `fn`, …) are entered as in a file, a second one\n"
            "of a name replaces the first; an expression shows its value.\n\n");
        for (const Command& command : commands()) {
            const std::string form = fmt::format(":{} {}", command.name, command.arguments);
            write_out(fmt::format("  {:<38} {}\n", form, command.does));
        }
        write_out("\n`:help COMMAND` says more.\n");
        return;
    }
    SourceRange name = rest;
    if (workspace.session.sources.text(rest).starts_with(':')) ++name.begin;
    const Command& command = find(workspace.session.sources, name);
    write_out(fmt::format(":{} {}\n    {}\n{}", command.name, command.arguments, command.does,
                          command.more));
}

}  // namespace

const std::vector<Command>& commands() {
    static const std::vector<Command> all{
        {"run", "[NETWORK|CELL] [INPUT = VALUE]…", "runs a network, or a cell by itself",
         "    An input is an expression (`I = 0.3`, `I = if t > 10 { 1 } else { 0 }`), a draw in "
         "each\n"
         "    step (`I ~ bernoulli(0.2)`) or a file (`image = x.npy`). `steps = 200` and `seed = "
         "1`\n"
         "    stand beside the inputs. Without a name the last run is repeated, with what is "
         "given\n"
         "    in the place of its inputs.\n"
         "        :run Leaky I = 0.3\n"
         "        :run Leaky[3](beta = 0.8) I ~ bernoulli(0.2) steps = 50\n",
         run_command},
        {"step", "[N] [INPUT = VALUE]…", "goes on with the last run",
         "    One step if no number is given. Inputs that are expressions go on as well.\n"
         "        :step 20\n"
         "        :step 20 I = 0\n",
         step_command},
        {"plot", "[VARIABLE]… [FILE]", "a picture of the last run",
         "    In the terminal, or into a file (.svg, .png). Without names: the outputs.\n"
         "        :plot v\n"
         "        :plot cell.s cell.v course.svg\n"
         "        :plot v \"a course.png\"\n",
         plot_command},
        {"grad", "[LOSS] [INPUT = VALUE]…", "a loss and its gradients",
         "    Of the last run's network with its inputs. Without an expression the loss is that "
         "of\n"
         "    its train block, whose targets are given as inputs are.\n"
         "        :grad sum_t(sum(cell.v))\n"
         "        :grad label = 3\n",
         gradient_command},
        {"type", "NAME|EXPRESSION", "what something is: ports, shapes, units",
         "        :type Leaky\n"
         "        :type 5mV/20ms\n",
         type_command},
        {"emit", "STAGE [NETWORK|CELL]", "a stage of the compiler as text",
         "    tokens ast equations net grad step halide llvm asm; `loss = EXPRESSION` says what\n"
         "    `grad` and the later ones differentiate where there is no train block.\n"
         "        :emit equations Leaky\n"
         "        :emit grad Leaky loss = sum_t(sum(cell.v))\n",
         emit_command},
        {"time", "[NETWORK|CELL] [INPUT = VALUE]…", "how long a step takes",
         "    Compiles the network for its outputs alone and runs it until the time is known.\n"
         "        :time Leaky[1000] I = 0.3 steps = 1000\n",
         time_command},
        {"list", "", "what the session defines", "", list_command},
        {"load", "FILE", "enters the declarations of a file", "", load_command},
        {"save", "FILE", "writes the definitions, in canonical layout", "", save_command},
        {"drop", "NAME…", "takes definitions out", "", drop_command},
        {"undo", "", "takes back the last change of the definitions", "", undo_command},
        {"set", "[NAME = VALUE]", "settings of all further runs",
         "    steps, seed, dt (of cells by themselves), threads, backend (cpu, interpret), "
         "weights\n"
         "    (a file), and parameters as `hidden.beta`; `none` takes one back.\n"
         "        :set dt = 0.1ms\n"
         "        :set weights = w.safetensors\n",
         set_command},
        {"help", "[COMMAND]", "this list, or more of one command", "", help_command},
        {"quit", "", "ends the session, as Ctrl-D does", "", quit_command},
    };
    return all;
}

void perform(Workspace& workspace, FileId text) {
    const SourceManager& sources = workspace.session.sources;
    const std::string& line = sources.file(text).text();
    const auto begin = line.find(':') + 1;
    auto end = line.find_first_of(" \t", begin);
    if (end == std::string::npos) end = line.size();
    const SourceRange name{text, std::uint32_t(begin), std::uint32_t(end)};
    const auto first = std::min(line.find_first_not_of(" \t", end), line.size());
    const auto last = std::max(line.find_last_not_of(" \t") + 1, first);
    const SourceRange rest{text, std::uint32_t(first), std::uint32_t(last)};
    const Command& command = find(sources, name);
    at_place(first == last ? name : rest, [&] { command.function(workspace, rest); });
}

void at_place(const SourceRange& place, const std::function<void()>& work) {
    std::optional<Diagnostic> failure = failure_of(work);
    if (!failure) return;
    if (!failure->range.valid()) {
        failure->range = place;
        if (!failure->file.empty())
            failure->message = fmt::format("`{}` {}", failure->file, failure->message);
    }
    throw Failure{std::move(*failure)};
}

}  // namespace snnc::driver::repl
