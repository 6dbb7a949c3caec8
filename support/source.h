// Source text and places in it.
//
// Every structure of the compiler that stems from text carries a SourceRange, so that a message can
// underline what the user wrote. Offsets are bytes into the UTF-8 text; lines and columns (in code
// points, counted from 1) are computed only when a message is printed.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace snnc {

/// Names a file of a SourceManager. The invalid id stands for "no place" (command line, data file).
struct FileId {
    std::uint32_t index = UINT32_MAX;
    bool valid() const { return index != UINT32_MAX; }
    friend bool operator==(FileId a, FileId b) { return a.index == b.index; }
    friend bool operator!=(FileId a, FileId b) { return !(a == b); }
};

/// Half-open range of bytes [begin, end) in one file.
struct SourceRange {
    FileId file;
    std::uint32_t begin = 0;
    std::uint32_t end = 0;
    bool valid() const { return file.valid(); }
    friend bool operator==(const SourceRange& a, const SourceRange& b) {
        return a.file == b.file && a.begin == b.begin && a.end == b.end;
    }
    friend bool operator!=(const SourceRange& a, const SourceRange& b) { return !(a == b); }
};

/// The smallest range that covers both; an invalid side is ignored.
SourceRange join(const SourceRange& first, const SourceRange& last);

/// Line and column, both from 1; the column counts code points.
struct LineColumn {
    std::uint32_t line = 1;
    std::uint32_t column = 1;
};

/// One text with its line starts.
class SourceFile {
 public:
    SourceFile(std::string name, std::string text);

    const std::string& name() const { return name_; }
    const std::string& text() const { return text_; }

    LineColumn line_column(std::uint32_t offset) const;
    /// The text of a line (from 1), without its end.
    std::string_view line(std::uint32_t number) const;

 private:
    std::string name_;
    std::string text_;
    std::vector<std::uint32_t> line_starts_;
};

/// Owns the texts of one compilation; files stay at their address.
class SourceManager {
 public:
    FileId add(std::string name, std::string text);
    const SourceFile& file(FileId id) const { return *files_[id.index]; }
    std::string_view text(const SourceRange& range) const;
    std::size_t size() const { return files_.size(); }

 private:
    std::vector<std::unique_ptr<SourceFile>> files_;
};

}  // namespace snnc
