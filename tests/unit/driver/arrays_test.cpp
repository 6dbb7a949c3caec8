#include "driver/arrays.h"

#include <gtest/gtest.h>

#include <cmath>

#include "driver/loss_request.h"
#include "driver/parameters.h"

namespace snnc::driver {
namespace {

/// The code of the failure that `action` ends in.
template <class Action>
Code code_of_failure(Action&& action) {
    try {
        action();
    } catch (const Failure& failure) {
        return failure.diagnostic.code;
    }
    ADD_FAILURE() << "no failure";
    return Code::UnexpectedText;
}

ir::Tensor tensor(bool per_step, ir::Shape shape) {
    ir::Tensor result;
    result.name = "x";
    result.per_step = per_step;
    result.shape = std::move(shape);
    return result;
}

runtime::Array floats(runtime::Shape shape, std::vector<float> values) {
    return runtime::Array::of_f32(std::move(shape), values);
}

TEST(Sizes, come_from_arrays_and_must_agree) {
    SizeFinder sizes;
    check_shape(tensor(true, {3}), runtime::Array(runtime::Dtype::F32, {7, 2, 3}), "a.npy", sizes);
    EXPECT_EQ(sizes.steps, 7);
    EXPECT_EQ(sizes.samples, 2);
    check_shape(tensor(false, {5}), runtime::Array(runtime::Dtype::F32, {2, 5}), "b.npy", sizes);
    EXPECT_EQ(code_of_failure([&] { sizes.see_steps(8, "c"); }), Code::StepsDiffer);
    EXPECT_EQ(code_of_failure([&] { sizes.see_samples(3, "c"); }), Code::CountMismatch);
    EXPECT_EQ(code_of_failure([&] {
                  check_shape(tensor(false, {5}), runtime::Array(runtime::Dtype::F32, {5}), "d",
                              sizes);
              }),
              Code::BadShape);
}

TEST(Sizes, steps_must_be_said_where_something_has_steps) {
    ir::Network network;
    EXPECT_EQ(SizeFinder{}.size(network).steps, 1);
    network.add(tensor(true, {2}));
    EXPECT_EQ(code_of_failure([&] { (void)SizeFinder{}.size(network); }), Code::StepsUnknown);
}

TEST(Values, are_checked_on_arrival) {
    ir::Tensor x = tensor(false, {2});
    x.interval = {0, 0.1};
    // The bound is compared as the float that it becomes.
    EXPECT_EQ(to_values(x, floats({1, 2}, {0.0f, 0.1f}), "a").floats.size(), 2u);
    EXPECT_EQ(code_of_failure([&] {
                  to_values(x, floats({1, 2}, {0, 0.2f}), "a");
              }),
              Code::ValueOutOfRange);
    EXPECT_EQ(code_of_failure([&] {
                  to_values(x, floats({1, 2}, {0, NAN}), "a");
              }),
              Code::NotFinite);
    ir::Tensor spikes = tensor(false, {2});
    spikes.kind = ir::DataKind::Spike;
    EXPECT_EQ(code_of_failure([&] {
                  to_values(spikes, floats({1, 2}, {0, 0.5f}), "a");
              }),
              Code::ValueOutOfRange);
}

TEST(Values, labels_are_integers_below_the_class_count) {
    ir::Tensor label = tensor(false, {});
    label.kind = ir::DataKind::Index;
    runtime::Array array(runtime::Dtype::I64, {2});
    array.as<std::int64_t>()[1] = 9;
    EXPECT_EQ(to_values(label, array, "y", 10).ints, (std::vector<std::int32_t>{0, 9}));
    EXPECT_EQ(code_of_failure([&] { to_values(label, array, "y", 9); }), Code::LabelOutOfRange);
    EXPECT_EQ(code_of_failure([&] {
                  to_values(label, floats({2}, {0, 1}), "y", 9);
              }),
              Code::BadDtype);
}

TEST(Values, a_record_of_a_held_tensor_is_repeated) {
    ir::Network network;
    const ir::TensorId id = network.add(tensor(false, {2}));
    const runtime::Array array = to_array(network, id, {{1, 2, 3, 4}, {}}, {3, 2}, true);
    EXPECT_EQ(array.shape, (runtime::Shape{3, 2, 2}));
    EXPECT_EQ(array.to_f32(), (std::vector<float>{1, 2, 3, 4, 1, 2, 3, 4, 1, 2, 3, 4}));
}

TEST(Parameters, of_products_are_turned_in_files) {
    ir::Tensor weight = tensor(false, {2, 3});
    weight.transposed_in_files = true;
    const runtime::Array array = to_file_layout(weight, {{1, 2, 3, 4, 5, 6}, {}});
    EXPECT_EQ(array.shape, (runtime::Shape{3, 2}));
    EXPECT_EQ(array.to_f32(), (std::vector<float>{1, 4, 2, 5, 3, 6}));
    EXPECT_EQ(from_file_layout(weight, array).floats, (std::vector<float>{1, 2, 3, 4, 5, 6}));
}

TEST(Parameters, depend_on_seed_and_name_only) {
    ir::Network network;
    for (const char* name : {"a", "b"}) {
        ir::Tensor one = tensor(false, {100});
        one.name = name;
        network.parameters.push_back(
            {network.add(one), {ir::Initialiser::Kind::Uniform, -0.5, 0.5}, name});
    }
    PortValues first(network), second(network), other(network);
    initialise_parameters(network, 1, first);
    initialise_parameters(network, 1, second);
    initialise_parameters(network, 2, other);
    const ir::TensorId a = network.parameters[0].tensor, b = network.parameters[1].tensor;
    EXPECT_EQ(first[a].floats, second[a].floats);
    EXPECT_NE(first[a].floats, other[a].floats);
    EXPECT_NE(first[a].floats, first[b].floats);
    for (const float value : first[a].floats) EXPECT_LE(std::abs(value), 0.5f);
}

TEST(LossArrays, are_read_by_their_shape) {
    SizeFinder sizes;
    sizes.see_steps(7, "a");
    sizes.see_samples(2, "a");
    const auto read = [&](runtime::Dtype dtype, runtime::Shape shape) {
        return readings({"w", "w.npy", dtype, std::move(shape)}, sizes);
    };
    const auto trace = read(runtime::Dtype::F32, {7, 2, 3});
    ASSERT_EQ(trace.size(), 1u);
    EXPECT_TRUE(trace[0].per_step);
    EXPECT_EQ(trace[0].shape, (ir::Shape{3}));
    const auto labels = read(runtime::Dtype::I64, {2});
    ASSERT_EQ(labels.size(), 2u);
    EXPECT_TRUE(labels[0].is_index);
    EXPECT_FALSE(labels[0].per_step);
    EXPECT_EQ(code_of_failure([&] { read(runtime::Dtype::F32, {5, 5}); }), Code::BadShape);
}

}  // namespace
}  // namespace snnc::driver
