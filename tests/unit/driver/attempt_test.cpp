// Work that fails: which failures are told, and which go on.
#include "driver/attempt.h"

#include <gtest/gtest.h>

#include <new>

namespace snnc::driver {
namespace {

TEST(Attempt, a_failure_is_told_as_a_diagnostic) {
    EXPECT_EQ(failure_of([] {}), std::nullopt);
    EXPECT_EQ(failure_of([] { fail(Code::NothingRun, "no run"); })->code, Code::NothingRun);
    EXPECT_EQ(failure_of([] { throw std::bad_alloc(); })->code, Code::OutOfMemory);
    const auto write = failure_of(
        [] { throw runtime::DataError(runtime::DataErrorKind::WriteFailed, "x.png", "is full"); });
    EXPECT_EQ(write->code, Code::WriteFailed);
    EXPECT_EQ(write->file, "x.png");
}

TEST(Attempt, defects_are_thrown_on) {
    EXPECT_THROW(failure_of([] { throw std::logic_error("never"); }), std::logic_error);
}

}  // namespace
}  // namespace snnc::driver
