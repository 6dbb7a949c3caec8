// For tests of the elaborator: text in, equations or diagnostics out.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "frontend/elaborate.h"
#include "ir/net/network.h"

namespace snnc::frontend::test {

/// A network, or what was said against it: a line for each diagnostic, "E0201 range: message".
struct Elaborated {
    std::optional<ir::Network> network;
    std::string problems;
};
Elaborated elaborated(const std::string& text, const Request& request = {});

/// The equations without the first line and indentation, or the problems.
std::string equations(const std::string& text, const Request& request = {});
/// The equations of one element (`loss`): lines that begin with its name.
std::string equations_of(const std::string& name, const std::string& text,
                         const Request& request = {});
/// What `snnc check` says: "E0201 range" for each diagnostic, in the order of the text.
std::string findings(const std::string& text);
/// The same with messages.
std::string messages(const std::string& text);

/// `network N { input x[t] : f32[2]; x -> USE as c; output c.s; MORE }` behind the declarations.
std::string with_use(const std::string& declarations, const std::string& use,
                     const std::string& more = "");
/// A train block with `loss` behind a Leaky population `out` of 3 cells; targets `label` and `y`.
std::string with_loss(const std::string& loss, const std::string& more = "");
/// Asks for the train block.
Request training();

}  // namespace snnc::frontend::test
