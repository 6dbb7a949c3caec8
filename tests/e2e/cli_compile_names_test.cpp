// snnc compile: names of the text in a C header.
#include <gtest/gtest.h>

#include "tests/e2e/small_network.h"

namespace snnc::test {
namespace {

std::string chain(const std::string& input, const std::string& first, const std::string& second) {
    return "network Net {\n    input " + input + " : f32[3]\n\n    " + input + " -> Leaky as " +
           first + " -> Leaky as " + second + "\n    output " + first + ".v, " + second + ".v\n}\n";
}

/// What `compile` says of the text, and the header of libnet.so.
struct Made {
    explicit Made(const std::string& text) {
        write_text(small.file("named.snn"), text);
        result = small.tool({"compile", small.file("named.snn"), "-o", small.file("libnet.so")});
        if (result.exit_code == 0) header = read_text(small.file("net.h"));
    }

    bool compiles_as(const std::string& language) const {
        const ProcessResult checked =
            run_process({"/usr/bin/env", "cc", "-Wall", "-Wextra", "-Werror", "-fsyntax-only", "-x",
                         language, small.file("net.h")});
        return checked.exit_code == 0;
    }

    SmallCase small{1};
    ProcessResult result;
    std::string header;
};

TEST(CompiledNames, greek_letters_are_written_out) {
    const Made made(chain("σ_x", "μ", "Δ2"));
    ASSERT_EQ(made.result.exit_code, 0) << made.result.err;
    for (const char* member : {" sigma_x;", " mu_v;", " Delta2_v;", "NET_MU_V_NULL"})
        EXPECT_NE(made.header.find(member), std::string::npos) << member << "\n" << made.header;
    EXPECT_TRUE(made.compiles_as("c"));
}

TEST(CompiledNames, words_of_c_and_cpp_are_members_all_the_same) {
    for (const char* word : {"int", "typename", "explicit", "constexpr", "xor", "nullptr", "unix",
                             "memory", "abi_version"}) {
        const Made made(chain(word, "a", "b"));
        ASSERT_EQ(made.result.exit_code, 0) << made.result.err;
        EXPECT_NE(made.header.find(std::string(" ") + word + "_;"), std::string::npos) << word;
        EXPECT_TRUE(made.compiles_as("c")) << word;
        EXPECT_TRUE(made.compiles_as("c++")) << word;
    }
}

TEST(CompiledNames, equal_names_are_refused) {
    const Made letters(chain("x", "alpha", "α"));
    EXPECT_EQ(letters.result.exit_code, 1);
    EXPECT_NE(letters.result.err.find("`alpha.v` and `α.v` are both `alpha_v` in C [E0202]"),
              std::string::npos)
        << letters.result.err;
    EXPECT_NE(letters.result.err.find("named.snn:4:"), std::string::npos) << letters.result.err;
    const Made points(chain("a_v", "a", "b"));
    EXPECT_EQ(points.result.exit_code, 1);
    EXPECT_NE(points.result.err.find("`a_v` and `a.v` are both `a_v` in C"), std::string::npos);
}

}  // namespace
}  // namespace snnc::test
