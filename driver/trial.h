// Networks that are tried out for a picture: a part of a text in a network made for it, run once by
// the interpreter.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "driver/arrays.h"
#include "driver/pipeline.h"

namespace snnc::driver {

/// What the work gives in a session of its own; nothing where it fails: a picture that there cannot
/// be is no mistake of the text.
template <typename Work>
auto on_trial(const Work& work) -> std::optional<decltype(work(std::declval<Session&>()))> {
    Session session;
    try {
        return work(session);
    } catch (const Stop&) {
        return std::nullopt;
    } catch (const Failure&) {
        return std::nullopt;
    }
}

/// A name that the text does not have, so that what is added to it cannot stand in its way.
std::string unused_name(const std::string& text, std::string wanted);

/// The module of the text; `file` stands in messages, and its folder is that of the imports. Throws
/// Stop after errors.
frontend::Module module_of_text(Session& session, const std::string& file, const std::string& text);

/// Runs the network for these results: inputs and parameters are there before, results after it.
void run_once(ir::Network& network, const std::vector<ir::TensorId>& results,
              const ir::RunSize& size, PortValues& values);

}  // namespace snnc::driver
