// Surrogates: what stands for the derivative of a spike, with the spike above it.
#pragma once

#include <string>
#include <vector>

#include "pictures/figure.h"

namespace snnc::pictures {

/// One surrogate at each place: the distance of a membrane from its threshold.
struct Surrogate {
    std::string name;  // "atan(alpha = 2)"
    std::vector<double> derivative;
};

/// `places` and `spike` as long as each derivative.
Figure surrogates(const std::vector<double>& places, const std::vector<double>& spike,
                  const std::vector<Surrogate>& surrogates);

}  // namespace snnc::pictures
