#include "driver/attempt.h"

#include <fmt/format.h>

#include <new>
#include <stdexcept>
#include <utility>

namespace snnc::driver {
namespace {

int report_defect(const std::string& what) {
    fmt::print(
        stderr,
        "snnc: this is a defect of snnc, not of your files: {}\n"
        "{}\n"
        "Please report it with this text, the command, and the smallest file that shows it.\n",
        what, version_text());
    return Defect;
}

Diagnostic diagnostic_of(Code code, std::string message) {
    Diagnostic diagnostic;
    diagnostic.code = code;
    diagnostic.message = std::move(message);
    return diagnostic;
}

Diagnostic out_of_memory() {
    return diagnostic_of(Code::OutOfMemory,
                         "the arrays of this network and batch do not fit into memory");
}

}  // namespace

std::optional<Diagnostic> failure_of(const std::function<void()>& work) {
    try {
        work();
        return std::nullopt;
    } catch (const Failure& failure) {
        return failure.diagnostic;
    } catch (const runtime::DataError& error) {
        return to_diagnostic(error);
    } catch (const std::overflow_error& error) {  // a shape that no array has
        return diagnostic_of(Code::BadShape, error.what());
    } catch (const std::bad_alloc&) {
        return out_of_memory();
    } catch (const std::length_error&) {  // more elements than any memory has
        return out_of_memory();
    }
}

int attempt(Session& session, const std::function<int()>& work) {
    try {
        int code = Done;
        const auto failure = failure_of([&] { code = work(); });
        session.flush();
        if (!failure) return code != Done ? code : session.exit_code();
        session.print(*failure);
        return info(failure->code).severity == Severity::Limitation &&
                       !session.diagnostics.has_errors()
                   ? Limited
                   : UserMistake;
    } catch (const Stop&) {
        session.flush();
        return session.exit_code();
    } catch (const std::exception& error) {
        session.flush();
        return report_defect(error.what());
    }
}

}  // namespace snnc::driver
