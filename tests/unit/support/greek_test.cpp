#include "support/greek.h"

#include <gtest/gtest.h>

namespace snnc {
namespace {

TEST(Greek, LettersHaveNames) {
    EXPECT_EQ(greek_name(U'β'), "beta");
    EXPECT_EQ(greek_name(U'Δ'), "Delta");
    EXPECT_EQ(greek_name(U'ς'), "sigma");
    EXPECT_EQ(greek_name(U'b'), "");
    EXPECT_EQ(greek_name(U'ж'), "");
}

TEST(Greek, NamesHaveLettersThatLookGreek) {
    EXPECT_EQ(greek_letter("tau"), "τ");
    EXPECT_EQ(greek_letter("sigma"), "σ");
    EXPECT_EQ(greek_letter("Omega"), "Ω");
    EXPECT_EQ(greek_letter("Rho"), "");
    EXPECT_EQ(greek_letter("membrane"), "");
}

}  // namespace
}  // namespace snnc
