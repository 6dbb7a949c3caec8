// What a run is of: a network of the session or a cell by itself, with its inputs.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "driver/repl/arguments.h"
#include "driver/repl/definitions.h"
#include "driver/repl/settings.h"
#include "frontend/evaluate.h"

namespace snnc::driver::repl {

struct Plan {
    std::string subject;  // as it was written: "Net", "Leaky[3](beta = 0.8)"
    SourceRange subject_range;
    std::vector<Given> inputs;
    Settings settings;
    std::optional<std::int64_t> steps;  // that the command asks for
    std::uint64_t seed = 0;
    bool all_ports = false;  // of a cell by itself have inputs, not only those that are given

    // What follows.
    Places places;  // of the session
    std::shared_ptr<const frontend::Module> module;
    frontend::Request request;
    bool is_cell = false;                         // a network was made around it
    std::map<std::string, frontend::Unit> units;  // in which its inputs count
};

/// Fills in what follows from the subject, as the session defines it now. Reports what is wrong
/// with it.
void resolve(Session& session, const Definitions& definitions, Plan& plan);

/// The name of the cells in the network that is made around them: `cell.v`.
inline constexpr const char* cell_population = "cell";

}  // namespace snnc::driver::repl
