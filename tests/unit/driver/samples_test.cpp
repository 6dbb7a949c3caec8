#include "driver/samples.h"

#include <gtest/gtest.h>

namespace snnc::driver {
namespace {

struct Case {
    ir::Network network;
    ir::TensorId input, target;

    explicit Case(bool per_step) {
        ir::Tensor x;
        x.name = "x";
        x.shape = {2};
        x.per_step = per_step;
        x.role = ir::Role::Input;
        input = network.add(x);
        ir::Tensor y;
        y.name = "y";
        y.role = ir::Role::Target;
        y.kind = ir::DataKind::Index;
        target = network.add(y);
        network.inputs = {input};
        network.training.emplace();
        network.training->targets = {target};
    }
};

runtime::Array bytes(runtime::Shape shape) {
    runtime::Array array(runtime::Dtype::U8, std::move(shape));
    for (std::size_t i = 0; i < array.bytes.size(); ++i)
        array.as<std::uint8_t>()[i] = std::uint8_t(i);
    return array;
}

TEST(Samples, bytes_of_pictures_become_fractions) {
    Case one(false);
    SizeFinder sizes;
    const SampleSet set =
        samples_of(one.network, {{bytes({4, 1, 2})}, {bytes({4})}}, "pictures", sizes);
    PortValues values(one.network);
    const std::int64_t order[] = {3, 1};
    set.gather(order, values);
    EXPECT_EQ(values[one.input].floats,
              (std::vector<float>{6 / 255.0f, 7 / 255.0f, 2 / 255.0f, 3 / 255.0f}));
    EXPECT_EQ(values[one.target].ints, (std::vector<std::int32_t>{3, 1}));
}

TEST(Samples, of_a_data_set_come_before_the_steps) {
    Case one(true);
    SizeFinder sizes;
    const SampleSet set =
        samples_of(one.network, {{bytes({2, 3, 2})}, {bytes({2})}}, "courses", sizes);
    EXPECT_EQ(sizes.steps, 3);
    PortValues values(one.network);
    const std::int64_t order[] = {1, 0};
    set.gather(order, values);
    const std::vector<float> expected{6, 7, 0, 1, 8, 9, 2, 3, 10, 11, 4, 5};
    ASSERT_EQ(values[one.input].floats.size(), expected.size());
    for (std::size_t i = 0; i < expected.size(); ++i) {
        EXPECT_FLOAT_EQ(values[one.input].floats[i] * 255, expected[i]);
    }
}

TEST(Samples, of_arrays_come_after_the_steps) {
    Case one(true);
    runtime::Array array(runtime::Dtype::F32, {3, 2, 2});
    for (std::size_t i = 0; i < 12; ++i) array.as<float>()[i] = float(i);
    const Column column = Column::from_array(one.network, one.input, array, "x.npy");
    Values batch;
    const std::int64_t order[] = {1};
    column.gather(order, batch);
    EXPECT_EQ(batch.floats, (std::vector<float>{2, 3, 6, 7, 10, 11}));
}

TEST(Samples, of_another_shape_are_refused) {
    Case one(false);
    SizeFinder sizes;
    EXPECT_THROW(samples_of(one.network, {{bytes({4, 3})}, {bytes({4})}}, "pictures", sizes),
                 Failure);
}

}  // namespace
}  // namespace snnc::driver
