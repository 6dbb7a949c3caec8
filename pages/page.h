// A page of documentation as data: what documentation comments and declarations of a file say.
//
// document() makes it of a syntax tree; html() and markdown() write it.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "frontend/ast.h"
#include "pages/notation.h"
#include "support/source.h"

namespace snnc::pages {

/// A port, a parameter, a state, an option, an argument.
struct Row {
    std::string kind, name, value, unit, interval, comment;
};

struct Section {
    std::string kind, name;  // "neuron", "Leaky"
    std::string comment;
    std::vector<Row> rows;
    std::vector<std::string> formulas;  // typeset, each for a line of its own
    std::string code;                   // of networks and trainings: their text
    std::string picture, caption;       // HTML: an SVG; Markdown: its file
};

struct Page {
    std::string title;  // the file's name without its folder and ".snn"
    std::vector<Section> sections;
};

/// All declarations but imports.
Page document(const SourceManager& sources, const frontend::Program& program,
              const std::string& title, const Notation& notation);

/// A whole page that stands alone: no other file, no network, no script.
std::string html(const Page& page);
std::string markdown(const Page& page);

}  // namespace snnc::pages
