// A network inside of a C++ program: compiled, run, trained and saved by the program itself.
//
//     find_package(snnc REQUIRED)
//     target_link_libraries(embed PRIVATE snnc::snnc)
#include <snnc/snnc.h>

#include <cstdio>
#include <vector>

namespace {

const snnc::api::Source text{R"(
network Which {
    steps = 10
    input side : f32[2]

    side -> dense(16) as fc1 -> Leaky(beta = 0.9) as hidden
         -> dense(2) as fc2 -> LI(beta = 0.9) as out
    output out.v, hidden.s
}

train of Which {
    target    label : class[2]
    loss      = ce(mean_t(out.v), label)
    metric    = accuracy(mean_t(out.v), label)
    optimizer = adam(lr = 0.02)
    batch     = 32
    epochs    = 20
}
)",
                             "which.snn"};

}  // namespace

int main() {
    using namespace snnc::api;
    try {
        // Points left and right of a line.
        std::vector<float> points;
        std::vector<std::int32_t> sides;
        for (int i = 0; i < 256; ++i) {
            const float x = float(i % 16) / 8 - 1, y = float(i / 16) / 8 - 1;
            points.insert(points.end(), {x, y});
            sides.push_back(2 * x > y);
        }
        const Arrays inputs{{"side", {points, {256, 2}}}}, targets{{"label", {sides, {256}}}};

        Model model(text);
        Trainer trainer(model);
        trainer.fit(inputs, targets);
        std::printf("%.0f %% of the points are on the right side of the line\n",
                    100 * trainer.evaluate(inputs, targets).at("accuracy"));

        const Results results = model.run(inputs);
        std::size_t spikes = 0;
        for (const float spike : results.at("hidden.s").values) spikes += spike != 0;
        std::printf("%zu spikes in %lld steps\n", spikes,
                    (long long)results.at("hidden.s").shape[0]);
        return 0;
    } catch (const Error& error) {
        std::fprintf(stderr, "%s\n", error.what());
        return 1;
    }
}
