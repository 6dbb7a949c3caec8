// What a cell does when a constant input begins and ends: run by the interpreter, for its page.
#pragma once

#include <optional>
#include <string>

#include "pictures/figure.h"

namespace snnc::driver {

/// Of the cell of that name, which the text declares. The input's height is the smallest of
/// 1, 2, 5 times powers of ten at which a spiking cell spikes at least three times, else 1; its
/// unit is the one that the cell takes. Nothing where a cell has no single input, or does not run
/// alone with its defaults.
struct StepResponse {
    pictures::Figure figure;
    std::string caption;  // "I = 0.5 from step 10 to 60"
};
std::optional<StepResponse> step_response(const std::string& file, const std::string& text,
                                          const std::string& cell);

}  // namespace snnc::driver
