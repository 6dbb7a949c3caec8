// Data sets of further forms as a user gives them to train and eval: an .npz for several inputs.
#include <gtest/gtest.h>

#include <cstring>

#include "tests/e2e/small_network.h"
#include "tests/support/archives.h"

namespace snnc::test {
namespace {

double last_loss(const std::string& log) {
    return events(log, "epoch").back().at("train_loss").get<double>();
}

double first_loss(const std::string& log) {
    return events(log, "epoch").front().at("train_loss").get<double>();
}

// ---- several inputs ------------------------------------------------------------------------

const char* const two_inputs =
    "network Two {\n"
    "    steps = 5\n"
    "    input left  : f32[4]\n"
    "    input right : f32[2]\n\n"
    "    sum : LI[6]\n"
    "    left -> dense(6) as fc_left -> sum\n"
    "    right -> dense(6) as fc_right -> sum\n"
    "    sum -> dense(3) as fc -> LI as out\n"
    "    output out.v\n"
    "}\n\n"
    "train of Two {\n"
    "    target    label : class[3]\n"
    "    loss      = ce(mean_t(out.v), label)\n"
    "    metric    = accuracy(mean_t(out.v), label)\n"
    "    optimizer = adam(lr = 1e-2)\n"
    "    batch     = 8\n"
    "    epochs    = 10\n"
    "}\n";

template <class T>
std::string bytes_of(const std::vector<T>& values) {
    std::string bytes(values.size() * sizeof(T), '\0');
    std::memcpy(bytes.data(), values.data(), bytes.size());
    return bytes;
}

std::string reals(const Tensor& tensor) {
    return npy("'<f4'",
               "(" + std::to_string(tensor.shape[0]) + ", " + std::to_string(tensor.shape[1]) + ")",
               bytes_of(tensor.data));
}

std::string labels(const Json& json) {
    const auto data = json.at("data").get<std::vector<std::int64_t>>();
    return npy("'<i8'", "(" + std::to_string(data.size()) + ",)", bytes_of(data));
}

TEST(SeveralInputs, train_from_an_npz_as_from_arrays) {
    const SmallCase small;
    write_text(small.file("net.snn"), two_inputs);
    const Tensor left = some_values({40, 4}), right = some_values({40, 2}, 0.5);
    const Json y = labels_for(left, 4);
    write_text(small.file("two.npz"), zip({{"left_train.npy", reals(left)},
                                           {"right_train.npy", reals(right)},
                                           {"label_train.npy", labels(y)},
                                           {"left_test.npy", reals(left)},
                                           {"right_test.npy", reals(right)},
                                           {"y_test.npy", labels(y)}}));
    const ProcessResult result =
        small.run("train",
                  {"--data", small.file("two.npz"), "--log", small.file("log"), "--out",
                   small.file("w.safetensors")},
                  false);
    ASSERT_EQ(result.exit_code, 0) << result.err;
    const std::string log = read_text(small.file("log"));
    EXPECT_LT(last_loss(log), 0.8 * first_loss(log));

    write_npy(small.file("left.npy"), left);
    write_npy(small.file("right.npy"), right);
    write_npy_labels(small.file("label.npy"), y);
    const std::vector<std::string> arrays{"--input",  "left=" + small.file("left.npy"),
                                          "--input",  "right=" + small.file("right.npy"),
                                          "--target", "label=" + small.file("label.npy")};
    std::vector<std::string> again = arrays;
    again.insert(again.end(), {"--out", small.file("again.safetensors")});
    ASSERT_EQ(small.run("train", again, false).exit_code, 0);
    EXPECT_EQ(read_text(small.file("w.safetensors")), read_text(small.file("again.safetensors")));

    std::vector<std::string> with_arrays = arrays;
    with_arrays.insert(with_arrays.end(), {"--weights", small.file("w.safetensors")});
    const ProcessResult by_arrays = small.run("eval", with_arrays, false);
    const ProcessResult by_set = small.run(
        "eval", {"--data", small.file("two.npz"), "--weights", small.file("w.safetensors")}, false);
    ASSERT_EQ(by_set.exit_code, 0) << by_set.err;
    EXPECT_EQ(by_set.out, by_arrays.out);
}

TEST(SeveralInputs, a_set_without_one_of_them) {
    const SmallCase small;
    write_text(small.file("net.snn"), two_inputs);
    const Tensor left = some_values({8, 4});
    write_text(small.file("two.npz"), zip({{"left_train.npy", reals(left)},
                                           {"y_train.npy", labels(labels_for(left, 4))}}));
    const ProcessResult result = small.run("train", {"--data", small.file("two.npz")}, false);
    EXPECT_EQ(result.exit_code, 1);
    EXPECT_NE(result.err.find("has no `right_train`, `left_test`, `right_test`, `y_test`"),
              std::string::npos)
        << result.err;
}

}  // namespace
}  // namespace snnc::test
