// What a session has declared: declarations by name, in the order in which they came, each in the
// text that the user entered.
//
// Together they are the main file of a module (frontend::load_declarations), which is always sound:
// what would not check, or would break what stands there already, is refused as a whole.
#pragma once

#include <functional>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "driver/repl/arguments.h"
#include "driver/session.h"
#include "frontend/elaborate.h"

namespace snnc::driver::repl {

struct Definition {
    std::string kind, name;  // "neuron", "Leaky"; an import's name is its path
    std::string key;         // the same for all that cannot stand side by side
    SourceRange name_range;
    frontend::DeclarationPlace place = {};
    SourceRange text = {};  // with the comments around it
};

using Places = std::vector<frontend::DeclarationPlace>;

class Definitions {
 public:
    explicit Definitions(Session& session);

    /// Takes over all declarations of the text, each in the place of the one of its name. Reports
    /// and throws Stop if they do not check; nothing changes then. Warnings are told once. Returns
    /// what there is to say: "neuron Leaky", "neuron Leaky, redefined".
    std::vector<std::string> define(FileId text);
    /// Takes back the last change; false if there is none.
    bool undo();
    /// Removes the definitions of these names, which nothing else may need. UnknownName, Stop.
    void drop(const std::vector<Word>& names);

    const std::vector<Definition>& all() const { return state_; }
    /// Those of this name: a cell and a surrogate may share one.
    std::vector<const Definition*> find(const std::string& name) const;
    const frontend::Module& module() const { return *module_; }

    /// The declaration, in module().
    const frontend::Declaration& declaration(const Definition& definition) const;
    /// As a file of this version of the language that lies in this folder, in canonical layout.
    std::string text(const std::string& folder) const;

 private:
    using State = std::vector<Definition>;
    /// A change, and how it is told that others do not work with it.
    struct Change {
        State next;
        SourceRange place;
        std::string refusal;  // "`Cell` is not redefined"
        std::string reason;   // others would not work "with it"
        /// What helps, for those that would not work.
        std::function<std::string(const std::vector<std::string>& broken)> advice;
    };
    void become(Change change);
    void refuse(const Change& change, const Diagnostics& found);
    bool is_old(const Definition& one) const;
    void tell_warnings(const Diagnostics& found);

    Session& session_;
    State state_;
    std::vector<State> before_;
    std::optional<frontend::Module> module_;
    std::set<std::string> told_;  // warnings
};

Places places_of(const std::vector<Definition>& definitions);

/// The module of these declarations and those of a further text, which is shown under this name.
/// Throws Stop after errors.
frontend::Module module_with(Session& session, Places places, const std::string& name,
                             const std::string& text);

}  // namespace snnc::driver::repl
