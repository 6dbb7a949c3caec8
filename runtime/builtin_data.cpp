// The data set for machines without one: see builtin_data_set() in dataset.h.

#include <algorithm>
#include <cmath>

#include "runtime/dataset.h"
#include "runtime/philox.h"

namespace snnc::runtime {
namespace {

constexpr int side = 28, classes = 10, blobs = 4;

/// Where the patterns keep a pixel of a class: 36 pixels a row, 4 of them beyond each edge.
std::size_t place(int label, int x, int y) {
    return (std::size_t(label) * 36 + std::size_t(y)) * 36 + std::size_t(x);
}

/// A class is a sum of four Gaussian spots at fixed random places.
double pattern(int label, double x, double y) {
    const Stream places(0, Purpose::Data, "builtin patterns");
    double value = 0;
    for (int blob = 0; blob < blobs; ++blob) {
        const auto draw = [&](int what) {
            return double(
                places.uniform(std::uint64_t(label * blobs + blob) * 3 + std::uint64_t(what)));
        };
        const double cx = 6 + 16 * draw(0), cy = 6 + 16 * draw(1), width = 2 + 3 * draw(2);
        value += std::exp(-((x - cx) * (x - cx) + (y - cy) * (y - cy)) / (2 * width * width));
    }
    return value;
}

DataPart make_part(std::int64_t count, const char* name) {
    std::vector<double> patterns(std::size_t(classes) * 36 * 36);
    for (int label = 0; label < classes; ++label)
        for (int y = 0; y < 36; ++y)
            for (int x = 0; x < 36; ++x)
                patterns[place(label, x, y)] = pattern(label, x - 4, y - 4);

    Array pictures(Dtype::U8, {count, side, side}), labels(Dtype::U8, {count});
    const Stream draws(0, Purpose::Data, name);
    const auto pixels = pictures.as<std::uint8_t>();
    for (std::int64_t i = 0; i < count; ++i) {
        const PhiloxBlock choice = draws.block(std::uint64_t(i), 1);
        const int label = int(choice[0] % classes);
        const int dx = int(choice[1] % 9), dy = int(choice[2] % 9);
        const double gain = 120 + double(choice[3] % 80);
        labels.as<std::uint8_t>()[std::size_t(i)] = std::uint8_t(label);
        for (int p = 0; p < side * side; ++p) {
            const int x = p % side + dx, y = p / side + dy;
            const double noise =
                60 * double(draws.uniform(std::uint64_t(i) * side * side + std::uint64_t(p), 2));
            const double value = gain * patterns[place(label, x, y)] + noise;
            pixels[std::size_t(i) * side * side + std::size_t(p)] =
                std::uint8_t(std::clamp(value, 0.0, 255.0));
        }
    }
    return {{std::move(pictures)}, {std::move(labels)}};
}

}  // namespace

DataSet builtin_data_set() {
    return {"builtin", make_part(8000, "builtin train"), make_part(1000, "builtin test")};
}

}  // namespace snnc::runtime
