#include "runtime/halide_runtime.h"

#include <gtest/gtest.h>

#include <cstring>
#include <vector>

#include "runtime/threads.h"

namespace snnc::runtime {
namespace {

TEST(HalideRuntime, MemoryIsAlignedForVectorsAndHasRoomBehindIt) {
    for (const std::size_t size : {0u, 1u, 128u, 1000u}) {
        void* memory = snnc_halide_malloc(nullptr, size);
        ASSERT_NE(memory, nullptr);
        EXPECT_EQ(reinterpret_cast<std::uintptr_t>(memory) % 128, 0u);
        std::memset(memory, 1, size + 64);  // a vector that begins in the last element
        snnc_halide_free(nullptr, memory);
    }
}

TEST(HalideRuntime, LoopsBeginAtTheirFirstIndex) {
    ThreadTeam team(2);
    const UseTeam use(team);
    std::vector<std::uint8_t> visited(10);
    const auto task = [](void*, int index, std::uint8_t* closure) {
        ++closure[index];
        return 0;
    };
    EXPECT_EQ(snnc_halide_do_par_for(nullptr, task, 3, 5, visited.data()), 0);
    EXPECT_EQ(visited, (std::vector<std::uint8_t>{0, 0, 0, 1, 1, 1, 1, 1, 0, 0}));
}

}  // namespace
}  // namespace snnc::runtime
