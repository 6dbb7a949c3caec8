#include "frontend/matrix_exponential.h"

#include <Eigen/Core>
#include <unsupported/Eigen/MatrixFunctions>

namespace snnc::frontend {

/// N. J. Higham, The scaling and squaring method for the matrix exponential revisited, 2005.
std::vector<double> matrix_exponential(const std::vector<double>& matrix, std::size_t n) {
    using Matrix = Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
    const Eigen::Index size = Eigen::Index(n);
    const Matrix result = Eigen::Map<const Matrix>(matrix.data(), size, size).exp();
    return {result.data(), result.data() + n * n};
}

}  // namespace snnc::frontend
