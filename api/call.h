// Calls from outside into the driver: every failure becomes an Error with its diagnostics.
#pragma once

#include <snnc/diagnostics.h>

#include <new>
#include <stdexcept>

#include "driver/session.h"

namespace snnc::api {

Diagnostic to_public(const SourceManager& sources, const snnc::Diagnostic& diagnostic);
std::vector<Diagnostic> to_public(const SourceManager& sources, const Diagnostics& diagnostics);

/// Everything that was reported since the last call, and `last` behind it, as an Error.
[[noreturn]] void throw_error(driver::Session& session, const snnc::Diagnostic* last = nullptr);
[[noreturn]] void throw_error(driver::Session& session, Code code, std::string message);
[[noreturn]] void throw_out_of_memory(driver::Session& session);

/// Runs `function` with an empty sink for what it reports. Its result, or Error.
template <class Function>
auto guarded(driver::Session& session, Function&& function) {
    session.diagnostics = {};
    try {
        return function();
    } catch (const driver::Stop&) {
        throw_error(session);
    } catch (const Failure& failure) {
        throw_error(session, &failure.diagnostic);
    } catch (const runtime::DataError& error) {
        const snnc::Diagnostic diagnostic = driver::to_diagnostic(error);
        throw_error(session, &diagnostic);
    } catch (const std::overflow_error& error) {  // a shape that no array has
        throw_error(session, Code::BadShape, error.what());
    } catch (const std::bad_alloc&) {
        throw_out_of_memory(session);
    } catch (const std::length_error&) {  // more elements than any memory has
        throw_out_of_memory(session);
    }
}

}  // namespace snnc::api
