// Which declaration a top-level name means: the file's own, imported, or of the standard library.
//
// Cells and networks, surrogates, and functions with losses are three spaces of names: a word may
// mean something in each. A name is looked up from the file in which it stands, so that an inlined
// function of another file sees its own helpers. Texts that are no files of the module (`--loss`,
// the inputs of a session) see what its main file sees. Used by all elaborate_*.cpp.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "frontend/elaborate.h"

namespace snnc::frontend {

/// Functions are inlined. A text in which each calls the next twice would stand for a formula that
/// fits no memory: deeper calls, and more of them in one text, are refused.
inline constexpr std::size_t deepest_calls = 100;
inline constexpr int most_calls = 20000;
/// The same of networks that are layers.
inline constexpr int deepest_networks = 100;
inline constexpr int most_networks = 10000;

enum class Space { Cell, Surrogate, Function };

/// Nothing for imports and train blocks.
std::optional<Space> space_of(const Declaration& declaration);

/// The name of a declaration; nullptr for imports and train blocks without a name.
const Name* name_of(const Declaration& declaration);

class Declarations {
 public:
    /// Reports names declared twice, reserved names and imports of what is not there.
    Declarations(const Module& module, Diagnostics& diagnostics);

    /// The declaration, or nullptr. `name` may be written behind a module name (`m.Cell`): then
    /// `module` is that name.
    const Declaration* find(Space space, const Name& name, const Name* module = nullptr) const;

    /// Does this name stand for an imported module (`import "x.snn" as m`) in its file?
    bool is_module(const Name& name) const;

    /// Was it reported that the imported file does not have this name?
    bool was_missing(const Name& name) const;

    /// What could be meant, for "did you mean".
    std::vector<std::string> candidates(Space space, FileId from) const;

    bool in_library(const SourceRange& range) const;

 private:
    using Names = std::map<std::string, const Declaration*>;
    struct FileScope {
        Names names[3];  // what may be said in the file: its own and imported names
        Names own[3];    // what others import from it
        std::map<std::string, FileId> modules;
        std::set<std::string> missing;  // imported, but not there
    };
    /// nullptr for names without a place.
    const FileScope* scope_of(FileId file) const;
    void declare(FileScope& scope, const Declaration& declaration, const Name& name,
                 Diagnostics& diagnostics);
    void declare_own(const Program& program, Diagnostics& diagnostics);
    void declare_imports(const Module& module, const Program& program, Diagnostics& diagnostics);
    void import_name(FileScope& scope, const Program& from, const Name& name,
                     Diagnostics& diagnostics);

    std::map<std::uint32_t, FileScope> files_;
    FileId main_;
    Names library_[3];
    std::vector<FileId> library_files_;
};

/// `t dt xi pi inf true false steps`: names with a fixed meaning.
bool is_reserved(const std::string& name);

/// Reports a declaration of a reserved name.
void check_not_reserved(const Name& name, Diagnostics& diagnostics);

}  // namespace snnc::frontend
