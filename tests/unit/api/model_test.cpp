#include <cstdio>
#include <filesystem>
#include <thread>

#include "tests/unit/api/models.h"

namespace snnc::api::test {
namespace {

std::string temporary(const std::string& name) {
    return (std::filesystem::path(testing::TempDir()) / name).string();
}

// ---- description ---------------------------------------------------------------------------

TEST(ApiModel, DescribesItsNetwork) {
    const Model model(trained);
    EXPECT_EQ(model.name(), "Net");
    EXPECT_EQ(model.steps(), 5);
    EXPECT_EQ(model.time_step(), 1);
    EXPECT_EQ(model.target().substr(0, 7), "x86-64-");
    EXPECT_TRUE(model.warnings().empty());

    ASSERT_EQ(model.inputs().size(), 1u);
    EXPECT_EQ(model.inputs()[0].name, "image");
    EXPECT_EQ(model.inputs()[0].shape, Shape{4});
    EXPECT_FALSE(model.inputs()[0].per_step);
    ASSERT_EQ(model.outputs().size(), 2u);
    EXPECT_TRUE(model.outputs()[1].is_spikes);
    ASSERT_EQ(model.parameters().size(), 4u);
    EXPECT_EQ(model.parameters()[0].name, "fc1.weight");
    EXPECT_EQ(model.parameters()[0].shape, (Shape{6, 4}));
    EXPECT_TRUE(model.parameters()[0].is_trainable);

    ASSERT_EQ(model.populations().size(), 2u);
    EXPECT_EQ(model.populations()[0].cell, "Leaky");
    const auto variables = model.variables();
    EXPECT_TRUE(std::any_of(variables.begin(), variables.end(),
                            [](const TensorInfo& one) { return one.name == "hidden.v"; }));
    ASSERT_EQ(model.targets().size(), 1u);
    EXPECT_TRUE(model.targets()[0].is_integer);
    EXPECT_NE(error_code([&] { model.targets("Other"); }), "");
    EXPECT_NE(model.equations().find("hidden.v[t]"), std::string::npos);
    EXPECT_NE(model.gradient_equations().find("adj(hidden.v)"), std::string::npos);
    EXPECT_NE(error_code([&] { model.gradient_equations("sum_t(nothing.v)"); }), "");
}

TEST(ApiModel, RefusesATextWithAllItsMistakes) {
    try {
        const Model model(
            {"network Net {\n    input x : f32[2]\n    x -> denze(3)\n    x -> Leeky\n}\n"});
        FAIL() << "nothing was thrown";
    } catch (const Error& error) {
        EXPECT_EQ(error.diagnostics().size(), 2u);
        EXPECT_NE(std::string(error.what()).find("denze"), std::string::npos);
    }
}

TEST(ApiModel, RefusesOptionsThatFitNothing) {
    const auto with = [](auto change) {
        ModelOptions options;
        change(options);
        return error_code([&] { Model(trained, options); });
    };
    EXPECT_NE(with([](auto& o) { o.network = "Other"; }), "");
    EXPECT_NE(with([](auto& o) { o.settings["hidden.nothing"] = "1"; }), "");
    EXPECT_NE(with([](auto& o) { o.target = "z80"; }), "");
    EXPECT_EQ(with([](auto& o) { o.weights = "/nowhere.safetensors"; }), "E0701");
    EXPECT_EQ(with([](auto& o) { o.settings["hidden.beta"] = "0.5"; }), "");
}

// ---- parameters ----------------------------------------------------------------------------

TEST(ApiModel, GivesAndTakesParametersInPyTorchsLayout) {
    Model model(trained);
    const std::vector<float> values = numbers(24);
    model.set_parameter("fc1.weight", {values, {6, 4}});
    EXPECT_EQ(model.parameter("fc1.weight").values, values);
    EXPECT_EQ(model.parameter("fc1.weight").shape, (Shape{6, 4}));

    const ParameterView view = model.parameter_view("fc1.weight");
    EXPECT_EQ(view.shape, (Shape{6, 4}));
    for (std::int64_t out = 0; out < 6; ++out)
        for (std::int64_t in = 0; in < 4; ++in)
            EXPECT_EQ(view.data[out * view.strides[0] + in * view.strides[1]],
                      values[std::size_t(out * 4 + in)]);
    view.data[0] = 9;
    EXPECT_EQ(model.parameter("fc1.weight").values[0], 9);

    EXPECT_EQ(error_code([&] { model.parameter("fc1.wait"); }), "E0712");
    EXPECT_EQ(error_code([&] { model.parameter_view("nothing"); }), "E0712");
    EXPECT_EQ(error_code([&] { model.set_parameter("fc1.weight", {values, {4, 6}}); }), "E0707");
    EXPECT_EQ(error_code([&] { model.set_parameter("fc1.weight", {values, {6, 5}}); }), "E0707");
    const std::vector<float> bad(24, NAN);
    EXPECT_EQ(error_code([&] { model.set_parameter("fc1.weight", {bad, {6, 4}}); }), "E0708");
}

TEST(ApiModel, DrawsParametersFromItsSeed) {
    Model one(trained), other(trained);
    EXPECT_EQ(one.parameter("fc1.weight").values, other.parameter("fc1.weight").values);
    one.draw_parameters(1);
    EXPECT_NE(one.parameter("fc1.weight").values, other.parameter("fc1.weight").values);
    ModelOptions options;
    options.seed = 1;
    EXPECT_EQ(one.parameter("fc1.weight").values,
              Model(trained, options).parameter("fc1.weight").values);
}

TEST(ApiModel, WithoutASeedTakesThatOfTheText) {
    ModelOptions seven, eight;
    seven.seed = 7;
    eight.seed = 8;
    const auto weight = [](const Model& model) { return model.parameter("fc1.weight").values; };
    EXPECT_EQ(weight(Model(trained)), weight(Model(trained, seven)));
    EXPECT_NE(weight(Model(trained)), weight(Model(trained, eight)));
}

TEST(ApiModel, SavesAndLoadsWeights) {
    const std::string file = temporary("snnc_api_weights.safetensors");
    Model one(trained), other(trained);
    one.draw_parameters(3);
    one.save_weights(file);
    other.load_weights(file);
    EXPECT_EQ(one.parameter("fc2.weight").values, other.parameter("fc2.weight").values);
    EXPECT_EQ(error_code([&] { Model(driven).load_weights(file); }).substr(0, 3), "E07");
    EXPECT_EQ(error_code([&] { other.load_weights("/nowhere.safetensors"); }), "E0701");
    EXPECT_NE(error_code([&] { one.save_weights("/nowhere/w.safetensors"); }), "");
    std::remove(file.c_str());
}

TEST(ApiModel, TakesTheEdgesOfSparseLayersAlong) {
    const Source sparse{
        "network Net {\n    input x[t] : f32[6]\n    out : LI[9](beta = 0.8)\n\n"
        "    x -> sparse(p = 0.4) as s -> out\n    output out.v\n}\n"};
    const std::string file = temporary("snnc_api_sparse.safetensors");
    Model one(sparse), other(sparse);
    one.draw_parameters(5);
    one.save_weights(file);
    other.load_weights(file);
    const auto x = numbers(4 * 2 * 6);
    EXPECT_EQ(one.run({{"x", {x, {4, 2, 6}}}}).at("out.v").values,
              other.run({{"x", {x, {4, 2, 6}}}}).at("out.v").values);
    std::remove(file.c_str());
}

// ---- runs ----------------------------------------------------------------------------------

TEST(ApiModel, RunsLikeTheInterpreter) {
    Model compiled(driven), interpreter(driven, interpreted());
    EXPECT_EQ(interpreter.target(), "interpreter");
    const auto x = numbers(9 * 3 * 2, 2);
    const Arrays inputs{{"x", {x, {9, 3, 2}}}};
    const Results results = compiled.run(inputs), expected = interpreter.run(inputs);
    EXPECT_EQ(results.at("a.s").values, expected.at("a.s").values);
    EXPECT_EQ(results.at("a.s").shape, (Shape{9, 3, 3}));
    ASSERT_EQ(results.at("out.v").values.size(), 9u * 3 * 2);
    for (std::size_t i = 0; i < 54; ++i)
        EXPECT_NEAR(results.at("out.v").values[i], expected.at("out.v").values[i], 1e-5);
    EXPECT_EQ(compiled.run(inputs).at("out.v").values, results.at("out.v").values);
}

TEST(ApiModel, RecordsWhatIsAskedForAndStartsFromGivenStates) {
    Model model(driven);
    const auto x = numbers(9 * 3 * 2), v = numbers(3 * 3, 0.1f);
    RunOptions options;
    options.record = {"a.v", "x"};
    options.states = {{"a.v", {v, {3, 3}}}};
    const Results with = model.run({{"x", {x, {9, 3, 2}}}}, options);
    EXPECT_EQ(with.at("x").values, x);
    options.states.clear();
    const Results without = model.run({{"x", {x, {9, 3, 2}}}}, options);
    EXPECT_NE(with.at("a.v").values, without.at("a.v").values);
    EXPECT_EQ(with.size(), 2u);
}

TEST(ApiModel, RefusesArraysThatDoNotFit) {
    Model model(driven);
    const auto x = numbers(9 * 3 * 2);
    const auto run = [&](const Arrays& inputs, const RunOptions& options = {}) {
        return error_code([&] { model.run(inputs, options); });
    };
    EXPECT_EQ(run({}), "E0716");
    EXPECT_EQ(run({{"y", {x, {9, 3, 2}}}}), "E0717");
    EXPECT_EQ(run({{"x", {x, {9, 2, 3}}}}), "E0707");
    EXPECT_EQ(run({{"x", {x, {8, 3, 2}}}}), "E0707");  // more values than that
    EXPECT_EQ(run({{"x", {x, {-9, 3, 2}}}}), "E0707");
    const std::vector<float> bad(9 * 3 * 2, INFINITY);
    EXPECT_EQ(run({{"x", {bad, {9, 3, 2}}}}), "E0708");
    RunOptions options;
    options.record = {"a.w"};
    EXPECT_EQ(run({{"x", {x, {9, 3, 2}}}}, options), "E0805");
    options = {};
    options.steps = 8;
    EXPECT_EQ(run({{"x", {x, {9, 3, 2}}}}, options), "E0718");
    EXPECT_EQ(run({{"x", {x, {9, 3, 2}}}}), "");  // the model is as it was
}

TEST(ApiModel, StepsGiveTheBitsOfTheWholeRun) {
    Model model(driven);
    const auto x = numbers(9 * 3 * 2, 2);
    const std::vector<float> whole = model.run({{"x", {x, {9, 3, 2}}}}).at("out.v").values;
    RunningState state = model.begin(3);
    std::vector<float> pieces;
    for (const std::int64_t steps : {1, 1, 4, 3}) {
        const std::span<const float> part(x.data() + state.steps() * 6, std::size_t(steps * 6));
        const RunningState before = state;
        const Results results = model.step(state, {{"x", {part, {steps, 3, 2}}}}, steps);
        const auto& values = results.at("out.v").values;
        pieces.insert(pieces.end(), values.begin(), values.end());
        EXPECT_EQ(state.steps(), before.steps() + steps);
        RunningState again = before;  // goes on from the same point
        EXPECT_EQ(model.step(again, {{"x", {part, {steps, 3, 2}}}}, steps).at("out.v").values,
                  values);
    }
    EXPECT_EQ(pieces, whole);
    EXPECT_EQ(state.samples(), 3);
}

TEST(ApiModel, RefusesAStateOfAnotherModelOrSize) {
    Model model(driven), other(driven);
    const auto x = numbers(3 * 2);
    EXPECT_NE(error_code([&] { model.begin(0); }), "");
    RunningState state = model.begin(3), foreign = other.begin(3), wide = model.begin(4);
    EXPECT_NE(error_code([&] { model.step(foreign, {{"x", {x, {1, 3, 2}}}}); }), "");
    EXPECT_NE(error_code([&] { model.step(wide, {{"x", {x, {1, 3, 2}}}}); }), "");
    EXPECT_NE(error_code([&] { model.step(state, {{"x", {x, {1, 3, 2}}}}, 0); }), "");
    EXPECT_EQ(error_code([&] { model.step(state, {{"x", {x, {1, 3, 2}}}}); }), "");
}

// ---- gradients -----------------------------------------------------------------------------

TEST(ApiModel, DifferentiatesTheLossOfTheTrainBlock) {
    Model model(trained), interpreter(trained, interpreted());
    const auto image = numbers(4 * 4, 2);
    const auto label = labels(4);
    const Arrays inputs{{"image", {image, {4, 4}}}}, targets{{"label", {label, {4}}}};
    const Gradients found = model.differentiate(inputs, targets);
    const Gradients expected = interpreter.differentiate(inputs, targets);
    EXPECT_NEAR(found.loss, expected.loss, 1e-6);
    ASSERT_EQ(found.of.size(), 5u);  // four parameters and the input
    EXPECT_EQ(found.of.at("fc1.weight").shape, (Shape{6, 4}));
    EXPECT_EQ(found.of.at("input.image").shape, (Shape{4, 4}));
    for (const auto& [name, gradient] : found.of)
        for (std::size_t i = 0; i < gradient.values.size(); ++i)
            EXPECT_NEAR(gradient.values[i], expected.of.at(name).values[i], 1e-6) << name;
}

// The membrane of a cell that never fires is linear, so differences are exact.
TEST(ApiModel, DifferentiatesALinearFunctionalOfATrace) {
    Model model(driven);
    const auto x = numbers(6 * 2 * 2, 0.01f), w = numbers(6 * 2 * 3);
    GradientOptions options;
    options.loss = "sum_t(sum(w*a.v))";
    options.with_respect_to = {"fc.bias"};
    const auto loss = [&] {
        return model.differentiate({{"x", {x, {6, 2, 2}}}}, {{"w", {w, {6, 2, 3}}}}, options);
    };
    model.set_parameter("fc.bias", {std::vector<float>{0, 0, 0}, {3}});
    const Gradients at = loss();
    ASSERT_EQ(at.of.size(), 1u);
    model.set_parameter("fc.bias", {std::vector<float>{0.01f, 0, 0}, {3}});
    EXPECT_NEAR((loss().loss - at.loss) / 0.01, at.of.at("fc.bias").values[0], 1e-3);
}

TEST(ApiModel, RefusesGradientsOfNothing) {
    Model model(trained);
    const auto image = numbers(4 * 4);
    const auto label = labels(4), wrong = std::vector<std::int32_t>{0, 1, 2, 3};
    const Arrays inputs{{"image", {image, {4, 4}}}};
    const auto code = [&](const Arrays& targets, const GradientOptions& options = {}) {
        return error_code([&] { model.differentiate(inputs, targets, options); });
    };
    EXPECT_EQ(code({}), "E0716");
    EXPECT_EQ(code({{"label", {wrong, {4}}}}), "E0709");
    GradientOptions options;
    options.with_respect_to = {"fc9.weight"};
    EXPECT_EQ(code({{"label", {label, {4}}}}, options), "E0805");
    options = {};
    options.loss = "sum_t(";
    EXPECT_NE(code({{"label", {label, {4}}}}, options), "");
    options = {};
    options.train_block = "Other";
    EXPECT_NE(code({{"label", {label, {4}}}}, options), "");
    EXPECT_NE(error_code([&] { Model(driven).differentiate({}, {}); }), "");
}

// The two parts of one program make what the whole makes, on both back ends.
TEST(ApiModel, PullsDerivativesOfALossElsewhereBack) {
    for (const ModelOptions& made : {ModelOptions{}, interpreted()}) {
        Model model(driven, made);
        const auto x = numbers(6 * 2 * 2, 2), w = numbers(6 * 2 * 2);
        const Arrays inputs{{"x", {x, {6, 2, 2}}}};
        GradientOptions options;
        options.loss = "sum_t(sum(w*out.v))";
        const Gradients expected = model.differentiate(inputs, {{"w", {w, {6, 2, 2}}}}, options);
        LinearizeOptions record;
        record.record = {"out.v", "a.s"};
        const Linearization run = model.linearize(inputs, record);
        EXPECT_EQ(run.results.at("out.v").values, model.run(inputs).at("out.v").values);
        std::vector<float> half(w);
        for (float& value : half) value /= 2;  // the other is a mean over two samples
        const Results found = model.pull_back(run.number, {{"out.v", {half, {6, 2, 2}}}});
        ASSERT_EQ(found.size(), expected.of.size());
        for (const auto& [name, gradient] : expected.of) {
            const Array& own = found.at(name);
            EXPECT_EQ(own.shape, gradient.shape);
            for (std::int64_t i = 0; i < std::int64_t(own.values.size()); ++i) {
                const std::int64_t columns = own.shape.back();
                const std::int64_t at = own.strides.size() == 2 ? i / columns * own.strides[0] +
                                                                      i % columns * own.strides[1]
                                                                : i;
                EXPECT_NEAR(own.values[std::size_t(at)], gradient.values[std::size_t(i)], 1e-5)
                    << name;
            }
        }
    }
}

TEST(ApiModel, RefusesToPullBackWhatIsNotThere) {
    Model model(driven);
    const auto x = numbers(6 * 2 * 2), w = numbers(6 * 2 * 2);
    const Arrays inputs{{"x", {x, {6, 2, 2}}}};
    const Linearization run = model.linearize(inputs);
    EXPECT_EQ(error_code([&] { model.pull_back(run.number, {{"b.v", {w, {6, 2, 2}}}}); }), "E0717");
    EXPECT_EQ(error_code([&] {
                  model.pull_back(run.number, {{"out.v", {w, {4, 3, 2}}}});
              }),
              "E0718");
    model.linearize(inputs);
    EXPECT_EQ(error_code([&] { model.pull_back(run.number, {}); }), "E0721");
    EXPECT_EQ(error_code([&] { model.pull_back(0, {}); }), "E0721");
    EXPECT_EQ(error_code([&] { model.linearize({}); }), "E0716");
}

TEST(ApiModel, SeparateModelsRunOnSeparateThreads) {
    const auto x = numbers(9 * 3 * 2, 2);
    const std::vector<float> expected =
        Model(driven).run({{"x", {x, {9, 3, 2}}}}).at("out.v").values;
    std::vector<std::thread> threads;
    std::vector<std::vector<float>> found(4);
    for (auto& result : found)
        threads.emplace_back([&result, &x] {
            Model model(driven);
            for (int i = 0; i < 3; ++i)
                result = model.run({{"x", {x, {9, 3, 2}}}}).at("out.v").values;
        });
    for (std::thread& thread : threads) thread.join();
    for (const auto& result : found) EXPECT_EQ(result, expected);
}

}  // namespace
}  // namespace snnc::api::test
