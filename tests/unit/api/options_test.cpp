// Options out of their range, sizes that no memory has, objects that are not there any more.
#include <cmath>
#include <limits>

#include "tests/unit/api/models.h"

namespace snnc::api::test {
namespace {

class ApiOptions : public testing::Test {
 protected:
    template <class Options, class Call>
    static std::string code_with(Call&& call, void (*change)(Options&)) {
        Options options;
        change(options);
        return error_code([&] { call(options); });
    }

    const std::vector<float> image_ = numbers(4 * 4);
    const std::vector<std::int32_t> label_ = labels(4);
    const Arrays inputs_{{"image", {image_, {4, 4}}}}, targets_{{"label", {label_, {4}}}};
    Model model_{trained, interpreted()};
};

TEST_F(ApiOptions, OfAModel) {
    const auto made = [](const ModelOptions& options) { Model(trained, options); };
    using Change = void (*)(ModelOptions&);
    for (const Change change : std::initializer_list<Change>{
             [](auto& o) { o.steps = 0; }, [](auto& o) { o.steps = -3; },
             [](auto& o) { o.threads = -1; }, [](auto& o) { o.threads = 1025; }})
        EXPECT_EQ(code_with<ModelOptions>(made, change), "E0801");
    EXPECT_EQ(code_with<ModelOptions>(made, [](auto& o) { o.threads = 1024; }), "");
}

TEST_F(ApiOptions, OfRunsAndGradients) {
    EXPECT_EQ(code_with<RunOptions>([&](const auto& o) { model_.run(inputs_, o); },
                                    [](auto& o) { o.steps = 0; }),
              "E0801");
    const auto differentiate = [&](const auto& o) { model_.differentiate(inputs_, targets_, o); };
    EXPECT_EQ(code_with<GradientOptions>(differentiate, [](auto& o) { o.steps = -1; }), "E0801");
    EXPECT_EQ(code_with<GradientOptions>(differentiate,
                                         [](auto& o) {
                                             o.loss = "sum_t(sum(out.v))";
                                             o.train_block = "Learn";
                                         }),
              "E0801");
    EXPECT_EQ(code_with<LinearizeOptions>([&](const auto& o) { model_.linearize(inputs_, o); },
                                          [](auto& o) { o.steps = 0; }),
              "E0801");
}

TEST_F(ApiOptions, OfATrainer) {
    const auto made = [&](const TrainerOptions& options) { Trainer(model_, options); };
    using Change = void (*)(TrainerOptions&);
    for (const Change change : std::initializer_list<Change>{
             [](auto& o) { o.batch = 0; }, [](auto& o) { o.epochs = -1; },
             [](auto& o) { o.updates_per_epoch = 0; }, [](auto& o) { o.learning_rate = 0; },
             [](auto& o) { o.learning_rate = -0.1; }, [](auto& o) { o.learning_rate = NAN; },
             [](auto& o) { o.learning_rate = std::numeric_limits<double>::infinity(); }})
        EXPECT_EQ(code_with<TrainerOptions>(made, change), "E0801");
}

TEST_F(ApiOptions, OfAFit) {
    Trainer trainer(model_);
    const auto fit = [&](const FitOptions& options) { trainer.fit(inputs_, targets_, options); };
    using Change = void (*)(FitOptions&);
    for (const Change change : std::initializer_list<Change>{
             [](auto& o) { o.max_steps = 0; }, [](auto& o) { o.patience = 1; },
             [](auto& o) { o.best_weights = "best.safetensors"; },
             [](auto& o) {
                 o.patience = 0;
                 o.validation = 1;
             }})
        EXPECT_EQ(code_with<FitOptions>(fit, change), "E0801");
}

TEST_F(ApiOptions, SizesThatNoMemoryHasAreRefused) {
    ModelOptions options = interpreted();
    options.steps = std::numeric_limits<std::int64_t>::max();
    EXPECT_EQ(error_code([&] { Model(trained, options).run(inputs_); }), "E0722");
    const auto huge = std::int64_t(1) << 62;
    EXPECT_EQ(error_code([&] { model_.run({{"image", {image_, {huge, 4}}}}); }), "E0707");
    EXPECT_EQ(error_code([&] { model_.run({{"image", {image_, {-4, -4}}}}); }), "E0707");
}

TEST_F(ApiOptions, AStateGoesOnWithItsOwnModelOnly) {
    const auto x = numbers(3 * 2);
    const Arrays inputs{{"x", {x, {1, 3, 2}}}};
    Model model(driven, interpreted());
    RunningState state = model.begin(3);
    const RunningState moved = std::move(state);
    EXPECT_EQ(error_code([&] { model.step(state, inputs); }), "E0721");  // NOLINT: moved from
    EXPECT_EQ(moved.samples(), 3);
    // Another one, where the first one was in memory.
    RunningState old = model.begin(3);
    for (int i = 0; i < 5; ++i) {
        model = Model(driven, interpreted());
        model.begin(3);
        EXPECT_EQ(error_code([&] { model.step(old, inputs); }), "E0721");
    }
}

}  // namespace
}  // namespace snnc::api::test
