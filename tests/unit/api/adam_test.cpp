#include <cmath>
#include <limits>
#include <utility>

#include "tests/unit/api/models.h"

namespace snnc::api::test {
namespace {

struct Moved {
    explicit Moved(std::size_t size) : parameter(numbers(size)), mean(size), mean_square(size) {}
    AdamArrays with(std::span<const float> gradient) {
        return {parameter, gradient, mean, mean_square};
    }
    std::vector<float> parameter, mean, mean_square;
};

/// Kingma and Ba, 2015, algorithm 1.
struct PlainAdam {
    double value, mean = 0, square = 0;
    void move(int number, double rate, double gradient) {
        mean = 0.9 * mean + 0.1 * gradient;
        square = 0.999 * square + 0.001 * gradient * gradient;
        const double root = std::sqrt(square / (1 - std::pow(0.999, number)));
        value -= rate * mean / (1 - std::pow(0.9, number)) / (root + 1e-8);
    }
};

TEST(ApiAdam, FollowsItsEquations) {
    Moved first(3), second(40);
    std::vector<PlainAdam> plain;
    for (const float value : second.parameter) plain.push_back({value});
    Adam adam({3, 40});
    for (int number = 1; number <= 10; ++number) {
        const std::vector<float> small(3, 1), slope = numbers(40, float(number + 3));
        const double rate = 0.1 / number;
        adam.update(number, rate, {first.with(small), second.with(slope)});
        for (std::size_t i = 0; i < 40; ++i) {
            plain[i].move(number, rate, slope[i]);
            ASSERT_NEAR(second.parameter[i], plain[i].value, 2e-5);
        }
    }
}

TEST(ApiAdam, RefusesOptionsOutOfRange) {
    AdamOptions options;
    for (double* number : {&options.beta1, &options.beta2, &options.epsilon, &options.weight_decay})
        for (const double wrong : {-0.1, std::numeric_limits<double>::infinity(), std::nan("")}) {
            const double right = std::exchange(*number, wrong);
            EXPECT_EQ(error_code([&] { Adam({3}, options); }), "E0801") << wrong;
            *number = right;
        }
    options.threads = -1;
    EXPECT_EQ(error_code([&] { Adam({3}, options); }), "E0801");
    Adam adam({3});
    std::vector<float> p(3), g(3), m(3), s(3);
    EXPECT_EQ(error_code([&] { adam.update(1, std::nan(""), {{p, g, m, s}}); }), "E0801");
}

TEST(ApiAdam, RefusesWhatDoesNotFit) {
    EXPECT_EQ(error_code([] { Adam({}); }), "E0707");
    EXPECT_EQ(error_code([] { Adam({3, 0}); }), "E0707");
    Adam adam({3});
    Moved moved(3), larger(4);
    const std::vector<float> before = moved.parameter, slope(3, 1);
    EXPECT_EQ(error_code([&] { adam.update(1, 0.1, {}); }), "E0707");
    EXPECT_EQ(error_code([&] { adam.update(1, 0.1, {larger.with(slope)}); }), "E0707");
    EXPECT_EQ(error_code([&] { adam.update(0, 0.1, {moved.with(slope)}); }), "E0710");
    EXPECT_EQ(moved.parameter, before);
}

}  // namespace
}  // namespace snnc::api::test
