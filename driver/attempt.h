// Work that may fail: what it reported is printed, and the failure becomes an exit code.
#pragma once

#include <functional>
#include <optional>

#include "driver/session.h"

namespace snnc::driver {

/// Runs `work`; why it ended before its end, if it did: a Failure, a file, a shape that no array
/// has, too little memory. Stop and defects are thrown on.
std::optional<Diagnostic> failure_of(const std::function<void()>& work);

/// Runs `work`, which returns an exit code; prints what it reported and why it ended. Nothing is
/// thrown on.
int attempt(Session& session, const std::function<int()>& work);

}  // namespace snnc::driver
