// Text to syntax tree: the first stage of the line.
//
// parse() checks the text itself (UTF-8, brackets, line ends), runs the grammar of grammar/Snn.g4
// and builds the tree of ast.h. After an error it goes on with the next statement, so that a file
// with several errors reports each once. Messages are ours, never ANTLR's.
#pragma once

#include <optional>

#include "frontend/ast.h"
#include "support/diagnostics.h"
#include "support/source.h"

namespace snnc::frontend {

/// Parses a whole file. Names are in normal form, `///` comments attached to what they document
/// (language.md section 1). Reports E01xx into `diagnostics`, in the order of the text; the result
/// is absent exactly if it reported an error. Any bytes are accepted as input. Time is linear in
/// the length of the text for texts that people write; brackets nest at most 256 deep, an
/// expression has at most 1000 operators.
std::optional<Program> parse(const SourceManager& sources, FileId file, Diagnostics& diagnostics);

/// Parses a text that is one expression (`--loss`); null if an error was reported.
ExprPtr parse_expression(const SourceManager& sources, FileId file, Diagnostics& diagnostics);
/// The same for a part of a text, which must begin and end between two words.
ExprPtr parse_expression(const SourceManager& sources, const SourceRange& part,
                         Diagnostics& diagnostics);

}  // namespace snnc::frontend
