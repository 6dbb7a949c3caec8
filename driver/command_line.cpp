#include "driver/command_line.h"

#include <fmt/format.h>

#include <charconv>
#include <cmath>

namespace snnc::driver {

CLI::App* add_verb(Tool& tool, const std::string& name, const std::string& description,
                   const std::vector<std::string>& examples) {
    CLI::App* verb = tool.app.add_subcommand(name, description);
    verb->fallthrough();
    // The tool itself tells what it did not understand, with suggestions.
    verb->allow_extras(false);
    std::string footer = "Examples:";
    for (const std::string& example : examples) footer += "\n  snnc " + example;
    verb->footer(footer);
    return verb;
}

namespace {

/// Reads the whole text as a number; false if it is none.
template <class Number>
bool reads(const std::string& text, Number& number) {
    const char* end = text.data() + text.size();
    const auto result = std::from_chars(text.data(), end, number);
    return result.ec == std::errc{} && result.ptr == end;
}

/// `010` would be understood as an octal number.
bool is_octal(const std::string& text) { return text.size() > 1 && text.front() == '0'; }

}  // namespace

CLI::Validator whole_number() {
    return {[](std::string& text) {
                std::int64_t number = 0;
                if (reads(text, number) && number > 0 && !is_octal(text)) return std::string{};
                return fmt::format("takes a whole number from 1, not `{}`", text);
            },
            "from 1"};
}

CLI::Validator seed_number() {
    return {[](std::string& text) {
                std::uint64_t number = 0;
                if (reads(text, number) && !is_octal(text)) return std::string{};
                return fmt::format("takes a whole number from 0 to 2^64 - 1, not `{}`", text);
            },
            "from 0"};
}

CLI::Validator positive_number() {
    return {[](std::string& text) {
                double number = 0;
                if (reads(text, number) && number > 0 && std::isfinite(number)) {
                    return std::string{};
                }
                return fmt::format("takes a number above 0, not `{}`", text);
            },
            "above 0"};
}

namespace {

bool is_assignment(const std::string& text) {
    const auto at = text.find('=');
    return at != std::string::npos && at != 0 && at + 1 != text.size();
}

}  // namespace

CLI::Option* add_assignments(CLI::App& verb, const std::string& option,
                             std::vector<std::string>& texts, const std::string& description) {
    const auto check = [](std::string& text) {
        return is_assignment(text) ? std::string{}
                                   : fmt::format("takes NAME=VALUE, not `{}`", text);
    };
    return verb.add_option(option, texts, description)
        ->allow_extra_args(false)
        ->check(CLI::Validator(check, "NAME=VALUE"));
}

Assignment split_assignment(const std::string& text, const std::string& option) {
    const auto at = text.find('=');
    if (!is_assignment(text)) {
        fail(Code::BadCommandLine,
             fmt::format("`{}` takes NAME=VALUE, but `{}` is not of this form", option, text));
    }
    return {text.substr(0, at), text.substr(at + 1)};
}

std::vector<Assignment> split_assignments(const std::vector<std::string>& texts,
                                          const std::string& option) {
    std::vector<Assignment> result;
    for (const std::string& text : texts) {
        result.push_back(split_assignment(text, option));
        for (std::size_t i = 0; i + 1 < result.size(); ++i) {
            if (result[i].name != result.back().name) continue;
            fail(Code::BadCommandLine,
                 fmt::format("`{}` gives `{}` twice", option, result.back().name));
        }
    }
    return result;
}

void NetworkOptions::add_to(CLI::App& verb) {
    verb.add_option("FILE", file, "the .snn file (- reads standard input)")->required();
    verb.add_option("--network", network, "which network, where the file has several");
    verb.add_option("--steps", steps, "number of time steps, before the file's own settings")
        ->check(whole_number());
    add_assignments(verb, "--set", sets,
                    "NAME.PARAM=VALUE: replaces an argument of a cell or layer");
    verb.add_option("--mode", mode, "train or eval: what batchnorm and dropout do")
        ->check(CLI::IsMember({"train", "eval"}));
}

frontend::Request NetworkOptions::request() const {
    frontend::Request request;
    request.network = network;
    request.steps = steps;
    request.mode = usual_mode;
    if (!mode.empty())
        request.mode = mode == "train" ? frontend::Mode::Train : frontend::Mode::Evaluate;
    for (const auto& [name, value] : split_assignments(sets, "--set")) {
        request.sets.push_back({name, value});
    }
    return request;
}

void WeightOptions::add_to(CLI::App& verb) {
    verb.add_option("--weights", file, "parameters to begin with (.safetensors)");
    verb.add_flag("--partial", partial, "the weights file may lack some of the parameters");
    verb.add_option("--seed", seed, "seed of everything drawn, before the file's own")
        ->check(seed_number());
}

void EngineOptions::add_to(CLI::App& verb) {
    verb.add_option("--backend", backend, "cpu (compiled) or interpret (plain and slow)")
        ->check(CLI::IsMember({"cpu", "interpret", "opencl", "cuda"}));
    verb.add_option("--threads", threads, "number of threads")->check(whole_number());
    verb.add_flag("--timings", timings, "says on standard error how long each stage took");
}

void EngineOptions::add_debug_to(CLI::App& verb) {
    verb.add_flag("--debug", debug,
                  "checks what arrives at ports with an interval, `input x in [0, 1]`");
}

}  // namespace snnc::driver
