#include "support/unicode.h"

#include <algorithm>
#include <iterator>

#include "support/unicode_tables.h"

namespace snnc {

namespace {

constexpr char32_t replacement = 0xFFFD;

/// Length of the well-formed sequence at `offset`, or 0.
std::size_t sequence_length(std::string_view text, std::size_t offset) {
    const auto byte = [&](std::size_t i) -> unsigned {
        return offset + i < text.size() ? static_cast<unsigned char>(text[offset + i]) : 0;
    };
    const auto follows = [&](std::size_t i) { return (byte(i) & 0xC0U) == 0x80U; };
    const unsigned lead = byte(0);
    if (lead < 0x80) return 1;
    if (lead < 0xC2 || lead > 0xF4 || !follows(1)) return 0;
    if (lead < 0xE0) return 2;
    // Overlong forms, surrogate halves and what lies beyond U+10FFFF are not UTF-8.
    if ((lead == 0xE0 && byte(1) < 0xA0) || (lead == 0xED && byte(1) > 0x9F)) return 0;
    if (!follows(2)) return 0;
    if (lead < 0xF0) return 3;
    if ((lead == 0xF0 && byte(1) < 0x90) || (lead == 0xF4 && byte(1) > 0x8F)) return 0;
    return follows(3) ? 4 : 0;
}

int combining_class(char32_t c) {
    for (const CombiningClass& range : combining_classes) {
        if (c >= range.first && c <= range.last) return range.value;
    }
    return 0;
}

void append_decomposed(std::u32string& out, char32_t c) {
    const auto* single = std::find_if(std::begin(singletons), std::end(singletons),
                                      [&](const Singleton& s) { return s.from == c; });
    if (single != std::end(singletons)) return append_decomposed(out, single->to);
    const auto* pair = std::find_if(std::begin(compositions), std::end(compositions),
                                    [&](const Composition& p) { return p.composed == c; });
    if (pair == std::end(compositions)) return out.push_back(c);
    append_decomposed(out, pair->base);
    out.push_back(pair->mark);
}

void order_marks(std::u32string& text) {
    for (std::size_t i = 0; i < text.size();) {
        std::size_t end = i;
        while (end < text.size() && combining_class(text[end]) != 0) ++end;
        std::stable_sort(text.begin() + i, text.begin() + end, [](char32_t a, char32_t b) {
            return combining_class(a) < combining_class(b);
        });
        i = end + 1;
    }
}

char32_t composed(char32_t base, char32_t mark) {
    const auto before = [](const Composition& p, std::pair<char32_t, char32_t> key) {
        return std::pair<char32_t, char32_t>(p.base, p.mark) < key;
    };
    const std::pair<char32_t, char32_t> key(base, mark);
    const auto* found =
        std::lower_bound(std::begin(compositions), std::end(compositions), key, before);
    const bool hit = found != std::end(compositions) && found->base == base && found->mark == mark;
    return hit ? found->composed : 0;
}

/// Unicode standard annex 15: a mark joins the last starter unless a mark of its class is between.
std::u32string compose(const std::u32string& text) {
    std::u32string out;
    std::size_t starter = std::u32string::npos;
    int last_class = 0;
    for (const char32_t c : text) {
        const int own = combining_class(c);
        const bool free =
            starter != std::u32string::npos && (last_class < own || starter + 1 == out.size());
        const char32_t joined = free ? composed(out[starter], c) : 0;
        if (joined != 0) {
            out[starter] = joined;
            continue;
        }
        if (own == 0) starter = out.size();
        last_class = own;
        out.push_back(c);
    }
    return out;
}

}  // namespace

std::optional<std::size_t> first_invalid_utf8(std::string_view text) {
    for (std::size_t i = 0; i < text.size();) {
        const std::size_t length = sequence_length(text, i);
        if (length == 0) return i;
        i += length;
    }
    return std::nullopt;
}

std::size_t code_point_count(std::string_view text) {
    return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), [](char c) {
        return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U;
    }));
}

char32_t next_code_point(std::string_view text, std::size_t& offset) {
    const std::size_t length = sequence_length(text, offset);
    const auto byte = [&](std::size_t i) {
        return static_cast<char32_t>(static_cast<unsigned char>(text[offset + i]));
    };
    if (length == 0) {
        ++offset;
        return replacement;
    }
    char32_t c = byte(0);
    if (length > 1) c &= 0xFFU >> (length + 1);
    for (std::size_t i = 1; i < length; ++i) c = (c << 6U) | (byte(i) & 0x3FU);
    offset += length;
    return c;
}

std::u32string to_code_points(std::string_view text) {
    std::u32string out;
    for (std::size_t i = 0; i < text.size();) out.push_back(next_code_point(text, i));
    return out;
}

void append_utf8(std::string& text, char32_t c) {
    const auto tail = [&](unsigned shift) {
        text.push_back(static_cast<char>(0x80U | ((c >> shift) & 0x3FU)));
    };
    if (c < 0x80) {
        text.push_back(static_cast<char>(c));
    } else if (c < 0x800) {
        text.push_back(static_cast<char>(0xC0U | (c >> 6U)));
        tail(0);
    } else if (c < 0x10000) {
        text.push_back(static_cast<char>(0xE0U | (c >> 12U)));
        tail(6);
        tail(0);
    } else {
        text.push_back(static_cast<char>(0xF0U | (c >> 18U)));
        tail(12);
        tail(6);
        tail(0);
    }
}

int display_width(char32_t c) {
    if (combining_class(c) != 0 || c == 0x200B || c == 0x200D || c == 0xFEFF) return 0;
    const bool wide = (c >= 0x1100 && c <= 0x115F) || (c >= 0x2E80 && c <= 0xA4CF) ||
                      (c >= 0xAC00 && c <= 0xD7A3) || (c >= 0xF900 && c <= 0xFAFF) ||
                      (c >= 0xFE30 && c <= 0xFE6F) || (c >= 0xFF00 && c <= 0xFF60) ||
                      (c >= 0x1F300 && c <= 0x1F9FF) || (c >= 0x20000 && c <= 0x3FFFD);
    return wide ? 2 : 1;
}

int display_width(std::string_view text) {
    int width = 0;
    for (std::size_t i = 0; i < text.size();) width += display_width(next_code_point(text, i));
    return width;
}

std::string normal_name(std::string_view text) {
    const auto is_ascii = [](char c) { return static_cast<unsigned char>(c) < 0x80; };
    if (std::all_of(text.begin(), text.end(), is_ascii)) return std::string(text);
    std::u32string decomposed;
    for (const char32_t c : to_code_points(text)) append_decomposed(decomposed, c);
    order_marks(decomposed);
    std::string out;
    for (const char32_t c : compose(decomposed)) append_utf8(out, c);
    return out;
}

}  // namespace snnc
