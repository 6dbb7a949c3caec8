// Surrogates as a picture, computed by the interpreter from their text.
#pragma once

#include <string>
#include <vector>

#include "driver/session.h"
#include "pictures/figure.h"

namespace snnc::driver {

/// The spike and below it what stands for its derivative, within `reach` of the threshold. The
/// surrogates are written as in a cell: "atan", "fast_sigmoid(slope = 10)". `text` declares them,
/// or is empty for those of the library; `file` stands in messages. Throws Stop after errors, which
/// are told at their place in what is written.
pictures::Figure surrogate_picture(Session& session, const std::string& file,
                                   const std::string& text,
                                   const std::vector<std::string>& surrogates, double reach);

}  // namespace snnc::driver
