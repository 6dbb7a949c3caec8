// Pictures as PNG: whole files of the right size that are not empty paper.
#include "pictures/png.h"

#include <gtest/gtest.h>
#include <sys/resource.h>
#include <zlib.h>

#include <algorithm>
#include <new>

#include "tests/unit/pictures/sample_figures.h"

namespace snnc::pictures {
namespace {

std::uint32_t number_at(const std::string& bytes, std::size_t at) {
    std::uint32_t number = 0;
    for (std::size_t i = 0; i < 4; ++i) number = number << 8 | std::uint8_t(bytes[at + i]);
    return number;
}

struct Decoded {
    std::uint32_t width = 0, height = 0;
    std::string rows;  // of 1 + 3*width bytes
};

/// Reads a PNG of 8 bits for each of red, green and blue; checks every chunk.
Decoded decode(const std::string& png) {
    EXPECT_EQ(png.substr(0, 8), "\x89PNG\r\n\x1a\n");
    Decoded decoded;
    std::string packed;
    for (std::size_t at = 8; at + 12 <= png.size();) {
        const std::uint32_t length = number_at(png, at);
        const std::string kind = png.substr(at + 4, 4);
        const auto* checked = reinterpret_cast<const Bytef*>(png.data() + at + 4);
        EXPECT_EQ(crc32(0, checked, length + 4), number_at(png, at + 8 + length)) << kind;
        if (kind == "IHDR") {
            decoded.width = number_at(png, at + 8);
            decoded.height = number_at(png, at + 12);
        }
        if (kind == "IDAT") packed += png.substr(at + 8, length);
        at += 12 + length;
    }
    decoded.rows.resize(std::size_t(decoded.height) * (1 + 3 * std::size_t(decoded.width)));
    uLongf size = decoded.rows.size();
    EXPECT_EQ(uncompress(reinterpret_cast<Bytef*>(decoded.rows.data()), &size,
                         reinterpret_cast<const Bytef*>(packed.data()), packed.size()),
              Z_OK);
    EXPECT_EQ(size, decoded.rows.size());
    return decoded;
}

TEST(Png, each_kind_of_mark_is_drawn_at_twice_the_size) {
    for (const Figure& figure :
         {sample_recording(), sample_image(), sample_bars(), sample_graph()}) {
        const Decoded decoded = decode(to_png(figure, {400, 300}));
        EXPECT_EQ(decoded.width, 800u);
        EXPECT_EQ(decoded.height, 600u);
        EXPECT_FALSE(std::all_of(decoded.rows.begin(), decoded.rows.end(),
                                 [&](char byte) { return byte == decoded.rows[1]; }));
    }
}

TEST(Png, a_picture_that_is_too_large_is_drawn_smaller) {
    const Decoded decoded = decode(to_png(sample_bars(), {40000, 400}));
    EXPECT_EQ(decoded.width, 32767u);
    EXPECT_EQ(decoded.height, 327u);
}

#ifndef __SANITIZE_ADDRESS__  // under which too little memory ends the process

/// Draws a picture of a gigabyte in a process that has half of one.
[[noreturn]] void draw_with_little_memory() {
    const rlimit limit{rlim_t(1) << 29, RLIM_INFINITY};
    setrlimit(RLIMIT_AS, &limit);
    try {
        to_png(sample_bars(), {16000, 16000});
    } catch (const std::bad_alloc&) {
        std::_Exit(1);
    }
    std::_Exit(0);
}

TEST(PngDeathTest, a_picture_that_does_not_fit_into_memory_is_bad_alloc) {
    EXPECT_EXIT(draw_with_little_memory(), testing::ExitedWithCode(1), "");
}

#endif

}  // namespace
}  // namespace snnc::pictures
