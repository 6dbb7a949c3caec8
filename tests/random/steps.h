// One step of a system of differential equations, by the definitions of the methods.
#pragma once

#include <functional>
#include <string>
#include <vector>

namespace snnc::test {

using Values = std::vector<double>;

/// The next value of x' = A*x + b, by the series of exp.
Values exponential_step(const std::vector<Values>& a, const Values& b, const Values& x, double dt);

/// That of x' = slopes(x) by "euler", "rk2" (the midpoint rule) or "rk4" (the classical one).
Values explicit_step(const std::string& method, const Values& x, double dt,
                     const std::function<Values(const Values&)>& slopes);

}  // namespace snnc::test
