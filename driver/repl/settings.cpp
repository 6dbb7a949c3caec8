#include "driver/repl/settings.h"

#include <fmt/format.h>

#include "driver/pipeline.h"

namespace snnc::driver::repl {
namespace {

constexpr const char* unset = "none";
constexpr std::int64_t most_threads = 1024;

std::string or_empty(const std::string& value) { return value == unset ? "" : value; }

}  // namespace

const std::vector<std::string>& setting_names() {
    static const std::vector<std::string> names{"steps",   "seed",    "dt",
                                                "threads", "backend", "weights"};
    return names;
}

void Settings::set(const Given& given) {
    if (given.draws) fail_at(Code::BadCommandLine, given.value_range, "a setting is no draw");
    if (given.name == "steps") {
        steps.reset();
        if (given.value != unset) steps = to_whole(given);
    } else if (given.name == "seed") {
        seed = given.value == unset ? 0 : std::uint64_t(to_whole(given, 0));
    } else if (given.name == "dt") {
        dt = or_empty(given.value);
    } else if (given.name == "threads") {
        const std::int64_t threads = given.value == unset ? 0 : to_whole(given);
        if (threads > most_threads)
            fail_at(Code::BadCommandLine, given.value_range,
                    fmt::format("a run has at most {} threads", most_threads));
        engine.threads = int(threads);
    } else if (given.name == "backend") {
        EngineOptions changed = engine;
        changed.backend = or_empty(given.value);
        if (!changed.backend.empty() && changed.backend != "cpu" &&
            changed.backend != "interpret" && changed.backend != "opencl" &&
            changed.backend != "cuda")
            fail_at(Code::BadCommandLine, given.value_range,
                    fmt::format("there is no back end `{}`", given.value),
                    {"there are `cpu` (compiled) and `interpret` (plain and slow)"});
        const Machine works(changed);
        engine = changed;
    } else if (given.name == "weights") {
        weights = or_empty(without_quotes(given.value));
    } else if (given.name.find('.') != std::string::npos) {
        if (given.value == unset)
            sets.erase(given.name);
        else
            sets[given.name] = given.value;
    } else {
        const std::string hint = did_you_mean(given.name, setting_names());
        fail_at(Code::UnknownOption, given.name_range,
                fmt::format("there is no setting `{}`", given.name),
                {hint.empty() ? "there are " + quoted_list(setting_names()) +
                                    ", and parameters: `hidden.beta = 0.8`"
                              : hint});
    }
}

std::string Settings::text() const {
    const auto line = [](const std::string& name, const std::string& value) {
        return fmt::format("{} = {}\n", name, value.empty() ? unset : value);
    };
    std::string text = line("steps", steps ? std::to_string(*steps) : "");
    text += line("seed", std::to_string(seed)) + line("dt", dt);
    const Machine machine(engine);
    text += line("threads", std::to_string(machine.threads()));
    text += line("backend", machine.interprets() ? "interpret" : "cpu");
    text += line("weights", weights);
    for (const auto& [name, value] : sets) text += line(name, value);
    return text;
}

}  // namespace snnc::driver::repl
