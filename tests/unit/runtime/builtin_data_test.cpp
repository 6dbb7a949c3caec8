#include <gtest/gtest.h>

#include "runtime/dataset.h"

namespace snnc::runtime {
namespace {

class BuiltinData : public testing::Test {
 protected:
    static void SetUpTestSuite() { set_ = new DataSet(builtin_data_set()); }
    static void TearDownTestSuite() { delete set_; }
    static inline DataSet* set_ = nullptr;
};

TEST_F(BuiltinData, HasTheFormOfFashionMnistButSaysThatItIsNot) {
    EXPECT_EQ(set_->name, "builtin");
    EXPECT_EQ(set_->train.inputs[0].shape, (Shape{8000, 28, 28}));
    EXPECT_EQ(set_->train.targets[0].shape, Shape{8000});
    EXPECT_EQ(set_->test.inputs[0].shape, (Shape{1000, 28, 28}));
    EXPECT_EQ(set_->train.inputs[0].dtype, Dtype::U8);
}

TEST_F(BuiltinData, IsTheSameEveryTime) {
    const DataSet again = builtin_data_set();
    EXPECT_EQ(again.train.inputs[0].bytes, set_->train.inputs[0].bytes);
    EXPECT_EQ(again.test.targets[0].bytes, set_->test.targets[0].bytes);
}

TEST_F(BuiltinData, TestPicturesAreOtherPictures) {
    const auto picture = [](const DataPart& part, std::size_t i) {
        const auto pixels = part.inputs[0].as<std::uint8_t>().subspan(i * 784, 784);
        return std::vector<std::uint8_t>(pixels.begin(), pixels.end());
    };
    EXPECT_NE(picture(set_->train, 0), picture(set_->test, 0));
}

TEST_F(BuiltinData, ClassesAreAboutEquallyFrequent) {
    std::vector<int> count(10);
    for (const std::int32_t label : set_->train.targets[0].to_i32()) {
        ASSERT_LT(label, 10);
        ++count[std::size_t(label)];
    }
    for (const int pictures : count) EXPECT_NEAR(pictures, 800, 120);
}

/// A set that is good for something can be told apart: here by the nearest mean picture.
TEST_F(BuiltinData, CanBeLearned) {
    std::vector<std::vector<double>> mean(10, std::vector<double>(784));
    std::vector<double> count(10);
    const auto train = set_->train.inputs[0].as<std::uint8_t>();
    const std::vector<std::int32_t> labels = set_->train.targets[0].to_i32();
    for (std::size_t i = 0; i < labels.size(); ++i) {
        const auto label = std::size_t(labels[i]);
        count[label] += 1;
        for (std::size_t p = 0; p < 784; ++p) mean[label][p] += train[i * 784 + p];
    }
    const auto test = set_->test.inputs[0].as<std::uint8_t>();
    const std::vector<std::int32_t> expected = set_->test.targets[0].to_i32();
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
