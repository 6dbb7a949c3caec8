#include "tests/random/steps.h"

namespace snnc::test {

Values exponential_step(const std::vector<Values>& a, const Values& b, const Values& x, double dt) {
    // In many small steps of the series, which needs few terms then.
    const int pieces = 64, terms = 12;
    const double h = dt / pieces;
    Values now = x;
    for (int piece = 0; piece < pieces; ++piece) {
        Values term = now;
        for (int k = 1; k <= terms; ++k) {
            Values next(x.size());
            for (std::size_t i = 0; i < x.size(); ++i) {
                double slope = k == 1 ? b[i] : 0;
                for (std::size_t j = 0; j < x.size(); ++j) slope += a[i][j] * term[j];
                next[i] = h / k * slope;
            }
            for (std::size_t i = 0; i < x.size(); ++i) now[i] += next[i];
            term = next;
        }
    }
    return now;
}

Values explicit_step(const std::string& method, const Values& x, double dt,
                     const std::function<Values(const Values&)>& slopes) {
    const auto along = [&](const Values& slope, double h) {
        Values next = x;
        for (std::size_t i = 0; i < x.size(); ++i) next[i] += h * slope[i];
        return next;
    };
    const Values k1 = slopes(x);
    if (method == "euler") return along(k1, dt);
    const Values k2 = slopes(along(k1, dt / 2));
    if (method == "rk2") return along(k2, dt);
    const Values k3 = slopes(along(k2, dt / 2)), k4 = slopes(along(k3, dt));
    Values mean(x.size());
    for (std::size_t i = 0; i < x.size(); ++i)
        mean[i] = (k1[i] + 2 * k2[i] + 2 * k3[i] + k4[i]) / 6;
    return along(mean, dt);
}

}  // namespace snnc::test
