// The long texts of the diagnostics: docs/errors.md, embedded when snnc is built.
#pragma once

#include <string>
#include <string_view>

namespace snnc::driver {

extern const char* const errors_page;

/// The section of a code ("E0301"), with its heading; empty if there is none.
std::string explanation(std::string_view code);

}  // namespace snnc::driver
