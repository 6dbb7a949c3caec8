// Verbs that cli.md names and that this version does not have: they say so.
#include <fmt/format.h>

#include "driver/command_line.h"

namespace snnc::driver {

constexpr const char* later_group = "Later versions";

bool comes_later(const CLI::App& verb) { return verb.get_group() == later_group; }

void add_later_verbs(Tool& tool) {
    const std::pair<const char*, const char*> verbs[] = {
        {"bench", "Time, vector width, bytes and operations per kernel (later version)"},
        {"import", "A NIR file becomes a .snn file (later version)"},
        {"export", "A .snn file becomes a NIR file (later version)"},
        {"lsp", "Editor server (later version)"},
    };
    for (const auto& [name, description] : verbs) {
        auto* verb = add_verb(tool, name, description, {fmt::format("{} --help", name)});
        verb->group(later_group);
    }
}

}  // namespace snnc::driver
