// Calls from outside into the driver: every failure becomes an Error with its diagnostics.
#pragma once

#include <snnc/diagnostics.h>

#include <optional>
#include <type_traits>
#include <utility>

#include "driver/attempt.h"

namespace snnc::api {

Diagnostic to_public(const SourceManager& sources, const snnc::Diagnostic& diagnostic);
std::vector<Diagnostic> to_public(const SourceManager& sources, const Diagnostics& diagnostics);

/// Everything that was reported since the last call, and `last` behind it, as an Error.
[[noreturn]] void throw_error(driver::Session& session, const snnc::Diagnostic* last = nullptr);

/// Runs `function` with an empty sink for what it reports. Its result, or Error.
template <class Function>
auto guarded(driver::Session& session, Function&& function) {
    using Result = decltype(function());
    session.diagnostics = {};
    std::optional<snnc::Diagnostic> failure;
    try {
        if constexpr (std::is_void_v<Result>) {
            failure = driver::failure_of(function);
            if (!failure) return;
        } else {
            std::optional<Result> result;
            failure = driver::failure_of([&] { result.emplace(function()); });
            if (!failure) return std::move(*result);
        }
    } catch (const driver::Stop&) {
        throw_error(session);
    }
    throw_error(session, &*failure);
}

}  // namespace snnc::api
