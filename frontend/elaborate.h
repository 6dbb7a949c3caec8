// From syntax trees to networks: names, options, shapes and time are resolved here.
//
// load() reads a file with everything it imports and the standard library; check() finds the
// mistakes of all its declarations; elaborate() makes the network that a run, a gradient or a
// training needs. All of them report and go on; a result is absent only if errors or limitations
// were reported.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "frontend/ast.h"
#include "ir/net/network.h"
#include "support/diagnostics.h"

namespace snnc::frontend {

/// A file, its imports and the standard library, parsed.
struct Module {
    const Program* main = nullptr;
    std::vector<std::unique_ptr<Program>> programs;  // all files, the standard library included
    std::vector<const Program*> library;             // the files of the standard library
    std::map<const ImportDecl*, const Program*> imports;
};

/// Reads `path` ("-": standard input). Reports a missing or unreadable file as a diagnostic.
std::optional<Module> load(SourceManager& sources, const std::string& path,
                           Diagnostics& diagnostics);

/// The same for text in memory; `name` stands in messages.
std::optional<Module> load_text(SourceManager& sources, const std::string& name, std::string text,
                                Diagnostics& diagnostics);

/// A declaration of a text that parses: the n-th, from 0.
struct DeclarationPlace {
    FileId file;
    std::size_t index = 0;
};
/// The same for declarations of several texts, as a session collects them: together they are the
/// main file, and each keeps its place in its own text. Imports are looked for from the current
/// folder.
std::optional<Module> load_declarations(SourceManager& sources,
                                        const std::vector<DeclarationPlace>& places,
                                        Diagnostics& diagnostics);

/// Checks every declaration of the main file: `snnc check`.
void check(SourceManager& sources, const Module& module, Diagnostics& diagnostics);

/// An array beyond the declared targets that `--loss` may name.
struct ExtraTarget {
    std::string name;
    ir::Shape shape;
    bool per_step = false;
    bool is_index = false;  // integer labels
};

/// `--set NAME.PARAM=VALUE`: replaces an argument of a cell or layer; the value is .snn text.
struct SetValue {
    std::string path;
    std::string value;
};

/// Some layers do one thing while training and another afterwards (language.md 8.8).
enum class Mode {
    Train,
    Evaluate,
    Either,  // the hyperparameter `mode.train` says: 1 or 0
};

struct Request {
    std::string network;              // empty: the only one, or the one of the train block
    bool training = false;            // elaborate a train block: targets, loss, metrics
    std::string train_block;          // its name; empty: the only one (of `network`)
    std::optional<std::string> loss;  // `--loss EXPR` instead of a train block
    SourceRange loss_place;           // where it stands in a text, if it does
    std::vector<ExtraTarget> extra_targets;
    std::vector<SetValue> sets;
    Mode mode = Mode::Evaluate;
    std::optional<std::int64_t> steps;  // --steps: goes before the settings
};

/// The network of the request, verified. With `training` or `loss`, Network::training is set
/// (for `loss`: loss and targets only).
std::optional<ir::Network> elaborate(SourceManager& sources, const Module& module,
                                     const Request& request, Diagnostics& diagnostics);

/// Names of the networks and train blocks of the main file, in text order.
std::vector<std::string> network_names(const Module& module);
std::vector<std::string> train_names(const Module& module);

}  // namespace snnc::frontend
