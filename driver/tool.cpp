#include "driver/tool.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <csignal>
#include <new>
#include <sstream>
#include <stdexcept>

#include "driver/attempt.h"
#include "driver/command_line.h"
#include "driver/pipeline.h"
#include "driver/repl/repl.h"

namespace snnc::driver {
namespace {

void build(Tool& tool) {
    tool.app.name("snnc");
    tool.app.description(
        "snnc compiles, runs and trains spiking neural networks written in .snn files");
    tool.app.set_version_flag("--version", version_text());
    tool.app.require_subcommand(0, 1);
    tool.app.footer("`snnc VERB --help` shows the options of a verb with examples.");
    tool.app.add_option("--diagnostics", "text or json: how messages are written (standard error)")
        ->check(CLI::IsMember({"text", "json"}));
    tool.app.add_flag_callback(
        "--list-passes",
        [&tool] {
            tool.action = [](Session&) {
                for (const PassInfo& pass : passes()) {
                    write_out(fmt::format("{:<16}{}\n", pass.name, pass.description));
                }
                return int(Done);
            };
        },
        "the stages of the compiler, in order");
    add_check(tool);
    add_fmt(tool);
    add_emit(tool);
    add_run(tool);
    add_grad(tool);
    add_train(tool);
    add_eval(tool);
    add_compile(tool);
    add_plot(tool);
    add_doc(tool);
    add_explain(tool);
    repl::add_repl(tool);
    add_later_verbs(tool);
}

/// Asked for before the command line is understood, because its mistakes are printed so too.
bool asks_for_json(const std::vector<std::string>& arguments) {
    for (std::size_t i = 0; i < arguments.size(); ++i) {
        if (arguments[i] == "--diagnostics=json") return true;
        if (arguments[i] == "--diagnostics" && i + 1 < arguments.size() &&
            arguments[i + 1] == "json") {
            return true;
        }
    }
    return false;
}

std::vector<std::string> option_names(const CLI::App& app) {
    std::vector<std::string> names{"--help"};
    for (const CLI::Option* option : app.get_options()) {
        for (const std::string& name : option->get_lnames()) names.push_back("--" + name);
    }
    return names;
}

/// The verb on the command line, or null if there is none. An unknown one is an error.
CLI::App* find_verb(CLI::App& app, const std::vector<std::string>& arguments) {
    for (std::size_t i = 0; i < arguments.size(); ++i) {
        if (arguments[i] == "--diagnostics") {
            ++i;
            continue;
        }
        if (arguments[i].starts_with("-")) continue;
        std::vector<std::string> verbs;
        for (CLI::App* verb : app.get_subcommands({})) {
            if (verb->get_name() == arguments[i]) return verb;
            verbs.push_back(verb->get_name());
        }
        std::string hint = did_you_mean(arguments[i], verbs);
        if (hint.empty()) hint = "`snnc --help` lists the verbs";
        fail(Code::UnknownVerb, fmt::format("there is no verb `{}`", arguments[i]), {}, {hint});
    }
    return nullptr;
}

/// What the verb was asked for where it has kinds (`plot raster`), else the verb itself. An unknown
/// kind is an error.
CLI::App* find_kind(CLI::App* verb, const std::vector<std::string>& arguments) {
    std::vector<std::string> kinds;
    if (verb)
        for (const CLI::App* kind : verb->get_subcommands({})) kinds.push_back(kind->get_name());
    if (kinds.empty()) return verb;
    const auto words = std::find(arguments.begin(), arguments.end(), verb->get_name()) + 1;
    const auto kind = std::find_first_of(words, arguments.end(), kinds.begin(), kinds.end());
    if (kind != arguments.end()) return verb->get_subcommand(*kind);
    if (words == arguments.end() || words->starts_with("-")) return verb;
    std::string hint = did_you_mean(*words, kinds);
    if (hint.empty()) hint = "there are " + quoted_list(kinds);
    fail(Code::UnknownVerb, fmt::format("`snnc {}` has no `{}`", verb->get_name(), *words), {},
         {hint});
}

/// "snnc plot raster".
std::string command_of(const CLI::App& app) {
    const CLI::App* parent = app.get_parent();
    return parent ? command_of(*parent) + " " + app.get_name() : app.get_name();
}

/// Long options that neither the verb nor the tool has: told before CLI11 stumbles over them, with
/// suggestions.
void check_options(const CLI::App& app, const CLI::App* verb,
                   const std::vector<std::string>& arguments) {
    std::vector<std::string> known = option_names(app);
    if (verb) {
        const auto more = option_names(*verb);
        known.insert(known.end(), more.begin(), more.end());
    }
    for (const std::string& argument : arguments) {
        if (argument == "--") return;
        if (!argument.starts_with("--")) continue;
        const std::string name = argument.substr(0, argument.find('='));
        if (std::find(known.begin(), known.end(), name) != known.end()) continue;
        const std::string owner = command_of(verb ? *verb : app);
        std::string hint = did_you_mean(name, known);
        if (hint.empty()) hint = fmt::format("`{} --help` lists the options", owner);
        fail(Code::UnknownOption, fmt::format("`{}` has no option `{}`", owner, name), {}, {hint});
    }
}

/// The first letter of a foreign message is made small, its full stop dropped.
std::string in_our_style(std::string message) {
    if (message.size() > 1 && std::islower(static_cast<unsigned char>(message[1]))) {
        message[0] = char(std::tolower(static_cast<unsigned char>(message[0])));
    }
    while (!message.empty() && (message.back() == '.' || message.back() == '\n'))
        message.pop_back();
    return message;
}

void understand(Tool& tool, std::vector<std::string> arguments) {
    CLI::App* verb = find_verb(tool.app, arguments);
    const bool wants_help =
        std::any_of(arguments.begin(), arguments.end(),
                    [](const auto& argument) { return argument == "--help" || argument == "-h"; });
    if (verb && comes_later(*verb) && !wants_help) {
        fail(Code::LaterVerb,
             fmt::format("the verb `{}` comes in a later version of snnc", verb->get_name()));
    }
    const CLI::App* kind = find_kind(verb, arguments);
    check_options(tool.app, kind, arguments);
    try {
        std::reverse(arguments.begin(), arguments.end());
        tool.app.parse(arguments);
    } catch (const CLI::Success& asked) {  // --help, --version
        std::ostringstream out, err;
        tool.app.exit(asked, out, err);
        write_out(out.str());
        tool.action = [](Session&) { return int(Done); };
    } catch (const CLI::ParseError& error) {
        fail(Code::BadCommandLine, in_our_style(error.what()), {},
             {fmt::format("`{} --help` shows how it is written",
                          command_of(kind ? *kind : tool.app))});
    }
    if (!tool.action) {
        fail(Code::BadCommandLine, "no verb is given", {}, {"`snnc --help` lists the verbs"});
    }
}

int perform(Tool& tool, const std::vector<std::string>& arguments) {
    return attempt(tool.session, [&] {
        understand(tool, arguments);
        return tool.action(tool.session);
    });
}

}  // namespace

int run_tool(int count, const char* const* arguments) {
    // A closed pipe and a file beyond the allowed size are ordinary failures of a write.
    std::signal(SIGPIPE, SIG_IGN);
    std::signal(SIGXFSZ, SIG_IGN);
    try {
        Tool tool;
        const std::vector<std::string> list(arguments + 1, arguments + std::max(count, 1));
        tool.session.json = asks_for_json(list);
        build(tool);
        return perform(tool, list);
    } catch (const std::exception& error) {
        fmt::print(stderr, "snnc: this is a defect of snnc: {}\n{}\n", error.what(),
                   version_text());
    } catch (...) {
        fmt::print(stderr, "snnc: this is a defect of snnc\n{}\n", version_text());
    }
    return Defect;
}

}  // namespace snnc::driver
