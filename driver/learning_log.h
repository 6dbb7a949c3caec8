// The file of `train --log`, read again: what a learning curve shows.
#pragma once

#include <cstdint>
#include <string>

#include "pictures/learning_curve.h"

namespace snnc::driver {

/// Throws DataError: a file that cannot be read, BadFormat (a line that is no event). A last line
/// without its end is left out. Empty where no step was made yet. Steps that a resumed training did
/// again count once.
pictures::Learning read_learning_log(const std::string& file);

/// "Demo, fashion-mnist, batch 128, seed 0".
std::string learning_title(const std::string& network, const std::string& data, std::int64_t batch,
                           std::uint64_t seed);

}  // namespace snnc::driver
