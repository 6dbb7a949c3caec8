// A compiled library under the sanitizers of the caller's compiler, with four threads.
#include <gtest/gtest.h>

#include "tests/support/process.h"

namespace snnc::test {
namespace {

class Sanitized : public testing::TestWithParam<std::string> {};

TEST_P(Sanitized, four_threads_learn_on_blocks_of_their_own) {
    const TemporaryFolder folder;
    const std::string library = folder.file("libhalves.so"), program = folder.file("program");
    const ProcessResult made =
        run_snnc({"compile", SNNC_SOURCE_DIR "/examples/11_halves.snn", "--grad", "-o", library});
    ASSERT_EQ(made.exit_code, 0) << made.err;
    const ProcessResult built =
        run_process({"/usr/bin/env", "cc", "-g", "-Wall", "-Wextra", "-Werror",
                     "-fsanitize=" + GetParam(), "-fno-sanitize-recover=all",
                     SNNC_SOURCE_DIR "/tests/e2e/programs/four_threads.c", "-I" + folder.file(""),
                     library, "-pthread", "-o", program, "-Wl,-rpath," + folder.file("")});
    ASSERT_EQ(built.exit_code, 0) << built.err;
    const ProcessResult result = run_process({program});
    EXPECT_EQ(result.exit_code, 0) << result.out << result.err;
    EXPECT_EQ(result.out.find("loss "), 0U) << result.out;
}

INSTANTIATE_TEST_SUITE_P(, Sanitized, testing::Values("address,undefined", "thread"),
                         [](const auto& info) {
                             return info.param == "thread" ? "threads" : "addresses";
                         });

}  // namespace
}  // namespace snnc::test
