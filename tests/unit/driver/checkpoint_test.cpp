#include "driver/checkpoint.h"

#include <gtest/gtest.h>

#include <filesystem>

#include "tests/support/process.h"

namespace snnc::driver {
namespace {

ir::Network network_of(const std::string& name) {
    ir::Network network;
    ir::Tensor weight;
    weight.name = name;
    weight.shape = {2, 3};
    weight.per_sample = false;
    weight.transposed_in_files = true;
    weight.role = ir::Role::Parameter;
    network.parameters.push_back({network.add(weight), {}, name});
    weight.name += ".momentum";
    weight.role = ir::Role::OptimizerState;
    network.add(weight);
    return network;
}

TEST(Checkpoint, keeps_every_bit) {
    const test::TemporaryFolder folder;
    const ir::Network network = network_of("w");
    PortValues values(network), read(network);
    values[{0}].floats = {1, 2, 3, 4, 5, 1.0f / 3};
    values[{1}].floats = {6, 5, 4, 3, 2, 1e-30f};
    TrainingPosition position;
    position.epoch = 2;
    position.batch_in_epoch = 5;
    position.step = 37;
    position.loss_sum = 1.0 / 7;
    position.samples_seen = 40;
    position.seed = UINT64_MAX;
    position.window = 1;
    position.validation_count = 3;
    const std::vector<PastValues> pasts{{0.25f, 1.0f / 3}, {7}};
    BestSoFar best{1, 0.1, 2, {}};
    best.weights.tensors["w"] = runtime::Array::of_f32({2}, std::vector<float>{1.5f, -2});
    save_checkpoint(folder.path().string(), network, values, {position, pasts, best});

    const TrainingMemory memory = load_checkpoint(folder.path().string(), network, position, read);
    const TrainingPosition& found = memory.position;
    EXPECT_EQ(memory.pasts, pasts);
    ASSERT_TRUE(memory.best);
    EXPECT_EQ(memory.best->epoch, 1);
    EXPECT_EQ(memory.best->score, 0.1);
    EXPECT_EQ(memory.best->waited, 2);
    EXPECT_EQ(memory.best->weights.tensors.at("w").to_f32(), (std::vector<float>{1.5f, -2}));
    EXPECT_EQ(found.window, 1);
    EXPECT_EQ(read[{0}].floats, values[{0}].floats);
    EXPECT_EQ(read[{1}].floats, values[{1}].floats);
    EXPECT_EQ(found.epoch, 2);
    EXPECT_EQ(found.batch_in_epoch, 5);
    EXPECT_EQ(found.step, 37);
    EXPECT_EQ(found.loss_sum, 1.0 / 7);
    EXPECT_EQ(found.samples_seen, 40);
    EXPECT_EQ(found.seed, UINT64_MAX);
}

TEST(Checkpoint, of_another_training_is_refused) {
    const test::TemporaryFolder folder;
    const ir::Network network = network_of("w"), other = network_of("u");
    PortValues values(network), read(other);
    for (const std::uint32_t i : {0u, 1u}) values[{i}].floats.resize(6);
    TrainingPosition position;
    save_checkpoint(folder.path().string(), network, values, {position, {}, {}});
    const auto code = [&](const ir::Network& target, const TrainingPosition& expected) {
        try {
            load_checkpoint(folder.path().string(), target, expected, read);
        } catch (const Failure& failure) {
            return failure.diagnostic.code;
        }
        return Code::UnexpectedText;
    };
    EXPECT_EQ(code(other, position), Code::CheckpointMismatch);
    position.shuffle = false;
    EXPECT_EQ(code(network, position), Code::CheckpointMismatch);
}

}  // namespace
}  // namespace snnc::driver
