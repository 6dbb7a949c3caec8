// After an error: every statement by itself, so that each mistake is reported once.
//
// Used by parse.cpp where the whole file does not fit the grammar. Statements are found by brackets
// and separators alone, so that a mistake in one says nothing about the next.
#pragma once

#include <optional>

#include "frontend/syntax_messages.h"

namespace snnc::frontend {

/// Reports the faults of all statements but those with damaged tokens. Gives the offset of the
/// first statement that stands outside of every block but belongs into one, if there is such.
std::optional<std::uint32_t> check_statements(const SourceManager& sources, const Layout& layout,
                                              Diagnostics& diagnostics);

}  // namespace snnc::frontend
