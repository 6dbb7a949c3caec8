// Names of targets, and which of them this processor can run.
#include "codegen/target.h"

#include <gtest/gtest.h>

#include <stdexcept>

namespace snnc::codegen {
namespace {

std::string refusal(Target (*find)(const std::string&), const std::string& name) {
    try {
        find(name);
    } catch (const std::invalid_argument& error) {
        return error.what();
    }
    return "taken";
}

TEST(Targets, AreKnownByName) {
    EXPECT_EQ(Target::known("x86-64-v3").lanes, 8);
    EXPECT_EQ(Target::known("x86-64-v4").lanes, 16);
    EXPECT_EQ(Target::known("aarch64").lanes, 8);
    EXPECT_EQ(Target::known("aarch64").architecture, Architecture::Arm);
    EXPECT_EQ(refusal(&Target::known, "z80"),
              "unknown target z80; known are x86-64-v3, x86-64-v4 and aarch64");
}

TEST(Targets, ThisProcessorRunsItsOwnArchitecture) {
    EXPECT_EQ(Target::named(Target::host().name).name, Target::host().name);
    EXPECT_NE(refusal(&Target::named, "aarch64").find("cannot run code for aarch64"),
              std::string::npos);
}

}  // namespace
}  // namespace snnc::codegen
