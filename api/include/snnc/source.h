// A .snn text, and what can be asked of it without compiling.
#pragma once

#include <snnc/diagnostics.h>
#include <snnc/export.h>

#include <string>
#include <vector>

namespace snnc::api {

/// A text with its name, which stands in messages; imports are searched beside it.
struct Source {
    std::string text;
    std::string name = "text.snn";
};

/// The text of a file. Error if it cannot be read.
SNNC_API Source read_source(const std::string& path);

/// Everything that `snnc check` says: errors, limitations and warnings in the order of the text;
/// empty if there is nothing to say. Does not throw for mistakes in the text.
SNNC_API std::vector<Diagnostic> check(const Source& source);

/// The text in canonical layout (`snnc fmt`). Error if it cannot be parsed.
SNNC_API std::string format(const Source& source);

/// Names of the networks and of the `train` blocks, in the order of the text. Error if it cannot
/// be parsed.
SNNC_API std::vector<std::string> network_names(const Source& source);
SNNC_API std::vector<std::string> train_names(const Source& source);

/// "0.1.0"
SNNC_API std::string version();

}  // namespace snnc::api
