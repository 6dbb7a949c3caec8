#include <filesystem>

#include "tests/unit/api/models.h"

namespace snnc::api::test {
namespace {

struct Data {
    std::vector<float> image = numbers(12 * 4, 2);
    std::vector<std::int32_t> label = labels(12);
    Arrays inputs() const { return {{"image", {image, {12, 4}}}}; }
    Arrays targets() const { return {{"label", {label, {12}}}}; }
};

TEST(ApiTrainer, StepsLowerTheLoss) {
    const Data data;
    Model model(trained);
    Trainer trainer(model);
    const double first = trainer.step(data.inputs(), data.targets());
    double last = first;
    for (int i = 0; i < 60; ++i) last = trainer.step(data.inputs(), data.targets());
    EXPECT_LT(last, 0.7 * first);
    // The gradient of the model is that of the trained parameters.
    EXPECT_NEAR(model.differentiate(data.inputs(), data.targets()).loss,
                trainer.evaluate(data.inputs(), data.targets()).at("loss"), 1e-6);
}

TEST(ApiTrainer, StepsAreTheUpdatesOfAFit) {
    const Data data;
    Model by_hand(trained), fitted(trained);
    TrainerOptions options;
    options.shuffle = false;
    Trainer trainer(by_hand, options);
    for (std::int64_t batch = 0; batch < 3; ++batch)
        trainer.step(
            {{"image", {std::span(data.image).subspan(std::size_t(batch) * 16, 16), {4, 4}}}},
            {{"label", {std::span(data.label).subspan(std::size_t(batch) * 4, 4), {4}}}});
    FitOptions fit;
    fit.max_steps = 3;
    EXPECT_EQ(Trainer(fitted, options).fit(data.inputs(), data.targets(), fit).steps, 3);
    EXPECT_EQ(by_hand.parameter("fc1.weight").values, fitted.parameter("fc1.weight").values);
}

/// Of several blocks none speaks for the model, but a trainer has chosen its own.
TEST(ApiTrainer, WithoutASeedTakesThatOfItsBlock) {
    Source two = trained;
    two.text +=
        "\ntrain Other of Net {\n    target label : class[3]\n"
        "    loss = ce(mean_t(out.v), label)\n    optimizer = adam\n    batch = 4\n    seed = "
        "9\n}\n";
    const auto fitted = [&](std::optional<std::uint64_t> seed) {
        const Data data;
        Model model(two);
        TrainerOptions options;
        options.train_block = "Learn";
        options.seed = seed;
        Trainer(model, options).fit(data.inputs(), data.targets());
        return model.parameter("fc2.weight").values;
    };
    EXPECT_EQ(fitted({}), fitted(7));
    EXPECT_NE(fitted({}), fitted(0));
}

TEST(ApiTrainer, FitTellsWhatHappensAndCanBeStopped) {
    const Data data;
    Model model(trained);
    FitOptions options;
    options.test_inputs = data.inputs();
    options.test_targets = data.targets();
    options.validation = 3;
    int epochs = 0;
    options.on_event = [&](const TrainingEvent& event) {
        if (!event.epoch_ends) return true;
        EXPECT_TRUE(event.test.contains("accuracy"));
        EXPECT_TRUE(event.validation.contains("loss"));
        return ++epochs < 2;
    };
    const TrainingResult result = Trainer(model).fit(data.inputs(), data.targets(), options);
    EXPECT_EQ(result.epochs, 2);
    EXPECT_TRUE(result.was_stopped);
    EXPECT_TRUE(result.test.contains("loss"));
}

TEST(ApiTrainer, GoesOnFromACheckpointToTheSameNumbers) {
    const Data data;
    const auto folder = std::filesystem::path(testing::TempDir()) / "snnc_api_checkpoint";
    Model straight(trained), cut(trained);
    Trainer(straight).fit(data.inputs(), data.targets());
    FitOptions options;
    options.checkpoint = folder.string();
    options.max_steps = 4;
    Trainer(cut).fit(data.inputs(), data.targets(), options);
    FitOptions rest;
    rest.resume = folder.string();
    Model resumed(trained);
    Trainer(resumed).fit(data.inputs(), data.targets(), rest);
    EXPECT_EQ(resumed.parameter("fc1.weight").values, straight.parameter("fc1.weight").values);
    std::filesystem::remove_all(folder);
}

TEST(ApiTrainer, GoesOnWithTheEdgesThatTheModelHasNow) {
    const Source sparse{
        "network Net {\n    steps = 4\n    input image : f32[4]\n    out : LI[3](beta = 0.8)\n\n"
        "    image -> sparse(p = 0.5) as s -> out\n    output out.v\n}\n\n"
        "train of Net {\n    target label : class[3]\n    loss = ce(mean_t(out.v), label)\n"
        "    optimizer = sgd(lr = 0.1)\n    batch = 4\n    epochs = 1\n}\n"};
    const Data data;
    Model model(sparse);
    Trainer trainer(model);
    trainer.step(data.inputs(), data.targets());
    model.draw_parameters(9);
    const double loss = model.differentiate(data.inputs(), data.targets()).loss;
    EXPECT_NEAR(trainer.step(data.inputs(), data.targets()), loss, 1e-6);
}

TEST(ApiTrainer, RefusesWhatDoesNotFit) {
    const Data data;
    Model model(trained), plain(driven);
    EXPECT_NE(error_code([&] { Trainer trainer(plain); }), "");
    TrainerOptions options;
    options.train_block = "Other";
    EXPECT_NE(error_code([&] { Trainer trainer(model, options); }), "");

    Trainer trainer(model);
    EXPECT_EQ(error_code([&] { trainer.step(data.inputs(), {}); }), "E0716");
    EXPECT_EQ(error_code([&] { trainer.evaluate({}, data.targets()); }), "E0716");
    const auto few = labels(11);
    EXPECT_NE(error_code([&] { trainer.step(data.inputs(), {{"label", {few, {11}}}}); }), "");
    FitOptions fit;
    fit.validation = 12;
    EXPECT_NE(error_code([&] { trainer.fit(data.inputs(), data.targets(), fit); }), "");
    fit = {};
    fit.resume = "/nowhere";
    EXPECT_NE(error_code([&] { trainer.fit(data.inputs(), data.targets(), fit); }), "");
}

}  // namespace
}  // namespace snnc::api::test
