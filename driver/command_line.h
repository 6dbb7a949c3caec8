// What several verbs let the user say: the options, as CLI11 fills them in, and their meaning.
#pragma once

#include <CLI/CLI.hpp>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "driver/session.h"
#include "frontend/elaborate.h"

namespace snnc::driver {

/// The tool while its command line is read: a verb adds its subcommand and, once that was chosen,
/// sets `action`, which runs after everything was understood.
struct Tool {
    CLI::App app;
    Session session;
    std::function<int(Session&)> action;
};

/// Adds a subcommand. `examples` end the help text, one command in each.
CLI::App* add_verb(Tool& tool, const std::string& name, const std::string& description,
                   const std::vector<std::string>& examples);

/// Checks of option values, with messages of our own.
CLI::Validator whole_number();     // 1, 2, …
CLI::Validator seed_number();      // 0, 1, … of 64 bits
CLI::Validator positive_number();  // 0.1, 1e-3, …

/// An option that is repeated with NAME=VALUE each time; its form is checked while the command line
/// is read.
CLI::Option* add_assignments(CLI::App& verb, const std::string& option,
                             std::vector<std::string>& texts, const std::string& description);

/// The verbs that cli.md names and that this version does not have.
bool comes_later(const CLI::App& verb);

/// NAME=VALUE; a mistake in its form is an error that names the option.
struct Assignment {
    std::string name, value;
};
Assignment split_assignment(const std::string& text, const std::string& option);
std::vector<Assignment> split_assignments(const std::vector<std::string>& texts,
                                          const std::string& option);

/// FILE, --network, --steps, --set, --mode.
struct NetworkOptions {
    std::string file, network, mode;
    frontend::Mode usual_mode = frontend::Mode::Evaluate;  // without --mode
    std::optional<std::int64_t> steps;
    std::vector<std::string> sets;

    void add_to(CLI::App& verb);
    frontend::Request request() const;
};

/// --weights, --partial, --seed.
struct WeightOptions {
    std::string file;
    bool partial = false;
    std::optional<std::uint64_t> seed;

    void add_to(CLI::App& verb);
};

/// --backend, --threads, --target CPU (where --target NAME=Y.npy means an array, --cpu).
struct EngineOptions {
    std::string backend;   // empty: compiled code where snnc has it, else the interpreter
    std::string cpu;       // empty: this machine's
    bool any_cpu = false;  // the code is shown, not run
    int threads = 0;       // 0: SNNC_THREADS or all processors
    std::optional<std::string> cache;  // folder of compiled kernels, empty: none; absent: usual one
    bool timings = false;
    bool debug = false;

    void add_to(CLI::App& verb);
    /// --debug, for verbs that run the network.
    void add_debug_to(CLI::App& verb);
};

/// One function for each verb, in the file of its name.
void add_check(Tool& tool);
void add_fmt(Tool& tool);
void add_emit(Tool& tool);
void add_run(Tool& tool);
void add_grad(Tool& tool);
void add_train(Tool& tool);
void add_eval(Tool& tool);
void add_compile(Tool& tool);
void add_plot(Tool& tool);
void add_doc(Tool& tool);
void add_explain(Tool& tool);
void add_later_verbs(Tool& tool);

}  // namespace snnc::driver
