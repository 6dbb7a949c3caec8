#include <gtest/gtest.h>

#include "runtime/dataset.h"

namespace snnc::runtime {
namespace {

class BuiltinData : public testing::Test {
 protected:
    static void SetUpTestSuite() { data_set = new DataSet(builtin_data_set()); }
    static void TearDownTestSuite() { delete data_set; }
    static inline DataSet* data_set = nullptr;
};

TEST_F(BuiltinData, HasTheFormOfFashionMnistButSaysThatItIsNot) {
    EXPECT_EQ(data_set->name, "builtin");
    EXPECT_EQ(data_set->train.inputs[0].shape, (Shape{8000, 28, 28}));
    EXPECT_EQ(data_set->train.targets[0].shape, Shape{8000});
    EXPECT_EQ(data_set->test.inputs[0].shape, (Shape{1000, 28, 28}));
    EXPECT_EQ(data_set->train.inputs[0].dtype, Dtype::U8);
}

TEST_F(BuiltinData, IsTheSameEveryTime) {
    const DataSet again = builtin_data_set();
    EXPECT_EQ(again.train.inputs[0].bytes, data_set->train.inputs[0].bytes);
    EXPECT_EQ(again.test.targets[0].bytes, data_set->test.targets[0].bytes);
}

TEST_F(BuiltinData, TestPicturesAreOtherPictures) {
    const auto picture = [](const DataPart& part, std::size_t i) {
        const auto pixels = part.inputs[0].as<std::uint8_t>().subspan(i * 784, 784);
        return std::vector<std::uint8_t>(pixels.begin(), pixels.end());
    };
    EXPECT_NE(picture(data_set->train, 0), picture(data_set->test, 0));
}

TEST_F(BuiltinData, ClassesAreAboutEquallyFrequent) {
    std::vector<int> count(10);
    for (const std::int32_t label : data_set->train.targets[0].to_i32()) {
        ASSERT_LT(label, 10);
        ++count[std::size_t(label)];
    }
    for (const int pictures : count) EXPECT_NEAR(pictures, 800, 120);
}

/// A set that is good for something can be told apart: here by the nearest mean picture.
TEST_F(BuiltinData, CanBeLearned) {
    std::vector<std::vector<double>> mean(10, std::vector<double>(784));
    std::vector<double> count(10);
    const auto train = data_set->train.inputs[0].as<std::uint8_t>();
    const std::vector<std::int32_t> labels = data_set->train.targets[0].to_i32();
    for (std::size_t i = 0; i < labels.size(); ++i) {
        const auto label = std::size_t(labels[i]);
        count[label] += 1;
        for (std::size_t p = 0; p < 784; ++p) mean[label][p] += train[i * 784 + p];
    }
    const auto test = data_set->test.inputs[0].as<std::uint8_t>();
    const std::vector<std::int32_t> expected = data_set->test.targets[0].to_i32();
    int right = 0;
    for (std::size_t i = 0; i < expected.size(); ++i) {
        std::size_t nearest = 0;
        double least = 1e300;
        for (std::size_t label = 0; label < 10; ++label) {
            double distance = 0;
            for (std::size_t p = 0; p < 784; ++p) {
                const double d = test[i * 784 + p] - mean[label][p] / count[label];
                distance += d * d;
            }
            if (distance < least) {
                least = distance;
                nearest = label;
            }
        }
        right += nearest == std::size_t(expected[i]);
    }
    EXPECT_GT(right, 500);  // chance: 100
}

}  // namespace
}  // namespace snnc::runtime
