// Pieces of the texts that a session was given: one for each declaration, comments kept.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "driver/session.h"
#include "frontend/ast.h"

namespace snnc::driver::repl {

/// A copy of what stands there.
std::string text_of(const Session& session, const SourceRange& range);

/// What belongs to each declaration of the text: the comments before it and behind it on its line.
std::vector<SourceRange> texts_of(const SourceManager& sources, const frontend::Program& program);

/// The text with other paths in its imports.
std::string with_import_paths(const SourceManager& sources, const frontend::Program& program,
                              const std::function<std::string(const std::string&)>& path);

}  // namespace snnc::driver::repl
