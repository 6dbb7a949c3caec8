// The matrix exponential in double precision; the only user of Eigen, which compiles slowly.
#pragma once

#include <cstddef>
#include <vector>

namespace snnc::frontend {

/// exp of the n*n matrix, rows one after the other.
std::vector<double> matrix_exponential(const std::vector<double>& matrix, std::size_t n);

}  // namespace snnc::frontend
