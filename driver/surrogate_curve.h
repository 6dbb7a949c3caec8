// A surrogate as numbers, computed by the interpreter from its text.
#pragma once

#include <string>
#include <vector>

#include "driver/session.h"

namespace snnc::driver {

struct SurrogateCurve {
    std::vector<double> spike, derivative;  // at each place
};

/// The spike and what stands for its derivative at these distances from the threshold.
/// `surrogate` is written as in a cell: "atan", "fast_sigmoid(slope = 10)". `text` declares it, or
/// is empty for those of the library; `name` stands in messages. Throws Stop after errors.
SurrogateCurve surrogate_curve(Session& session, const std::string& name, const std::string& text,
                               const std::string& surrogate, const std::vector<double>& places);

}  // namespace snnc::driver
