// What holds for all runs of a session until it is set otherwise.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>

#include "driver/command_line.h"
#include "driver/repl/arguments.h"

namespace snnc::driver::repl {

class Settings {
 public:
    /// `steps = 200`, `hidden.beta = 0.8`. BadCommandLine, UnknownOption with suggestions.
    void set(const Given& given);
    /// Those that are set, one a line.
    std::string text() const;

    std::optional<std::int64_t> steps;
    std::uint64_t seed = 0;
    std::string dt;       // of cells that run by themselves: "0.1ms"
    std::string weights;  // file
    EngineOptions engine;
    std::map<std::string, std::string> sets;  // NAME.PARAM and its value
};

/// Names of the settings, for completion.
const std::vector<std::string>& setting_names();

}  // namespace snnc::driver::repl
