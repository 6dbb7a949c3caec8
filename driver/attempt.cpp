#include "driver/attempt.h"

#include <fmt/format.h>

#include <new>
#include <stdexcept>

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

int report_out_of_memory(Session& session) {
    session.flush();
    Diagnostic diagnostic;
    diagnostic.code = Code::OutOfMemory;
    diagnostic.message = "the arrays of this network and batch do not fit into memory";
    session.print(diagnostic);
    return UserMistake;
}

}  // namespace

int attempt(Session& session, const std::function<int()>& work) {
    try {
        const int code = work();
        session.flush();
        return code != Done ? code : session.exit_code();
    } catch (const Stop&) {
        session.flush();
        return session.exit_code();
    } catch (const Failure& failure) {
        session.flush();
        session.print(failure.diagnostic);
        return info(failure.diagnostic.code).severity == Severity::Limitation &&
                       !session.diagnostics.has_errors()
                   ? Limited
                   : UserMistake;
    } catch (const runtime::DataError& error) {
        session.flush();
        session.print(to_diagnostic(error));
        return UserMistake;
    } catch (const std::bad_alloc&) {
        return report_out_of_memory(session);
    } catch (const std::length_error&) {  // more elements than any memory has
        return report_out_of_memory(session);
    } catch (const std::exception& error) {
        session.flush();
        return report_defect(error.what());
    }
}

}  // namespace snnc::driver
