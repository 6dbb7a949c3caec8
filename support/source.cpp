#include "support/source.h"

#include <algorithm>

#include "support/unicode.h"

namespace snnc {

SourceRange join(const SourceRange& first, const SourceRange& last) {
    if (!first.valid()) return last;
    if (!last.valid() || last.file != first.file) return first;
    return {first.file, std::min(first.begin, last.begin), std::max(first.end, last.end)};
}

SourceFile::SourceFile(std::string name, std::string text)
    : name_(std::move(name)), text_(std::move(text)), line_starts_{0} {
    for (std::size_t i = 0; i < text_.size(); ++i) {
        if (text_[i] == '\n') line_starts_.push_back(static_cast<std::uint32_t>(i + 1));
    }
}

LineColumn SourceFile::line_column(std::uint32_t offset) const {
    offset = std::min(offset, static_cast<std::uint32_t>(text_.size()));
    const auto after = std::upper_bound(line_starts_.begin(), line_starts_.end(), offset);
    const std::uint32_t start = *(after - 1);
    const auto before = std::string_view(text_).substr(start, offset - start);
    return {static_cast<std::uint32_t>(after - line_starts_.begin()),
            static_cast<std::uint32_t>(code_point_count(before) + 1)};
}

std::string_view SourceFile::line(std::uint32_t number) const {
    if (number == 0 || number > line_starts_.size()) return {};
    const std::size_t begin = line_starts_[number - 1];
    std::size_t end = number < line_starts_.size() ? line_starts_[number] - 1 : text_.size();
    if (end > begin && text_[end - 1] == '\r') --end;
    return std::string_view(text_).substr(begin, end - begin);
}

FileId SourceManager::add(std::string name, std::string text) {
    files_.push_back(std::make_unique<SourceFile>(std::move(name), std::move(text)));
    return {static_cast<std::uint32_t>(files_.size() - 1)};
}

std::string_view SourceManager::text(const SourceRange& range) const {
    if (!range.valid()) return {};
    const std::string& whole = file(range.file).text();
    const std::size_t begin = std::min<std::size_t>(range.begin, whole.size());
    const std::size_t end = std::clamp<std::size_t>(range.end, begin, whole.size());
    return std::string_view(whole).substr(begin, end - begin);
}

}  // namespace snnc
