#include "support/diagnostic_printer.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdint>
#include <nlohmann/json.hpp>

#include "support/unicode.h"

namespace snnc {

namespace {

constexpr int tab_width = 4;
constexpr int longest_line = 160;  // columns shown of a source line

class Style {
 public:
    explicit Style(bool color) : color_(color) {}
    std::string bold(std::string_view text) const { return wrap("\x1b[1m", text); }
    std::string dim(std::string_view text) const { return wrap("\x1b[2m", text); }
    std::string cyan(std::string_view text) const { return wrap("\x1b[1;36m", text); }
    std::string green(std::string_view text) const { return wrap("\x1b[1;32m", text); }
    std::string severity(Severity severity, std::string_view text) const {
        if (severity == Severity::Warning) return wrap("\x1b[1;35m", text);
        if (severity == Severity::Limitation) return wrap("\x1b[1;33m", text);
        return wrap("\x1b[1;31m", text);
    }

 private:
    std::string wrap(const char* start, std::string_view text) const {
        return color_ ? fmt::format("{}{}\x1b[0m", start, text) : std::string(text);
    }
    bool color_;
};

std::string_view word(Severity severity) {
    switch (severity) {
        case Severity::Error: return "error";
        case Severity::Warning: return "warning";
        case Severity::Limitation: return "limitation";
    }
    return "error";
}

std::string place(const SourceManager& sources, const SourceRange& range) {
    const SourceFile& file = sources.file(range.file);
    const LineColumn at = file.line_column(range.begin);
    return fmt::format("{}:{}:{}", file.name(), at.line, at.column);
}

/// One cell for each code point of a source line: what is shown and how wide it is.
struct ShownCharacter {
    std::string text;
    int width;
};

std::vector<ShownCharacter> shown_characters(std::string_view line) {
    std::vector<ShownCharacter> shown;
    int column = 0;
    for (std::size_t i = 0; i < line.size();) {
        const char32_t c = next_code_point(line, i);
        if (c == U'\t') {
            const int width = tab_width - column % tab_width;
            shown.push_back({std::string(static_cast<std::size_t>(width), ' '), width});
        } else {
            // Control characters would act on the terminal instead of being shown.
            const bool control = c < 0x20 || (c >= 0x7F && c < 0xA0);
            std::string text;
            append_utf8(text, control ? U'\uFFFD' : c);
            shown.push_back({text, control ? 1 : display_width(c)});
        }
        column += shown.back().width;
    }
    return shown;
}

/// The line and its underline; a long line is cut around the range.
struct Excerpt {
    std::string line, underline;
};

Excerpt excerpt(const SourceFile& file, const SourceRange& range) {
    const LineColumn from = file.line_column(range.begin);
    const LineColumn to = file.line_column(std::max(range.end, range.begin));
    const auto shown = shown_characters(file.line(from.line));
    const std::size_t first = from.column - 1;
    const std::size_t last = to.line > from.line ? shown.size() : to.column - 1;

    std::size_t start = 0;
    int before = 0;
    for (std::size_t i = 0; i < std::min(first, shown.size()); ++i) before += shown[i].width;
    while (before > longest_line / 2 && start < first) before -= shown[start++].width;

    Excerpt made;
    if (start > 0) made.line = made.underline = std::string(3, start > 0 ? '.' : ' ');
    std::replace(made.underline.begin(), made.underline.end(), '.', ' ');
    int columns = 0;
    for (std::size_t i = start; i < shown.size(); ++i) {
        if (columns + shown[i].width > longest_line) {
            made.line += "...";
            break;
        }
        columns += shown[i].width;
        made.line += shown[i].text;
        if (i < last) {
            const auto width = static_cast<std::size_t>(shown[i].width);
            made.underline += std::string(width, i < first ? ' ' : '^');
        }
    }
    if (made.underline.find('^') == std::string::npos) made.underline += '^';
    return made;
}

class TextWriter {
 public:
    TextWriter(const SourceManager& sources, bool color) : sources_(sources), style_(color) {}

    std::string write(const Diagnostic& d) {
        const CodeInfo& code = info(d.code);
        header(d, code);
        if (d.range.valid()) snippet(d.range, code.severity);
        for (const Label& label : d.labels) {
            if (!label.range.valid()) continue;
            out_ += fmt::format("{}: {}: {}\n", place(sources_, label.range), style_.cyan("note"),
                                label.message);
            snippet(label.range, Severity::Warning);
        }
        for (const std::string& note : d.notes) {
            out_ += fmt::format("  {} {}\n", style_.cyan("note:"), note);
        }
        for (const Edit& edit : d.edits) help(edit);
        return std::move(out_);
    }

 private:
    void header(const Diagnostic& d, const CodeInfo& code) {
        std::string where;
        if (d.range.valid()) {
            where = place(sources_, d.range);
        } else {
            where = d.file.empty() ? "snnc" : d.file;
        }
        out_ += fmt::format("{}: {}: {} {}\n", style_.bold(where),
                            style_.severity(code.severity, word(code.severity)),
                            style_.bold(d.message), style_.dim(fmt::format("[{}]", code.text)));
    }

    void snippet(const SourceRange& range, Severity severity) {
        const SourceFile& file = sources_.file(range.file);
        const Excerpt shown = excerpt(file, range);
        out_ += fmt::format("{:>5} {} {}\n", file.line_column(range.begin).line, style_.dim("|"),
                            shown.line);
        const std::size_t blanks = shown.underline.find('^');
        out_ += fmt::format("      {} {}{}\n", style_.dim("|"),
                            std::string_view(shown.underline).substr(0, blanks),
                            style_.severity(severity, shown.underline.substr(blanks)));
    }

    void help(const Edit& edit) {
        const std::string_view old = sources_.text(edit.range);
        std::string text;
        if (old.empty()) {
            text = fmt::format("insert `{}`", visible(edit.text));
        } else if (edit.text.empty()) {
            text = fmt::format("remove `{}`", visible(old));
        } else if (visible(edit.text).empty() || visible(old).empty()) {
            text = old.find('\n') == std::string_view::npos ? "put a blank there"
                                                            : "put both on one line";
        } else {
            text = fmt::format("replace `{}` by `{}`", visible(old), visible(edit.text));
        }
        out_ += fmt::format("  {} {}\n", style_.green("help:"), text);
    }

    /// One line of it, for quoting.
    static std::string visible(std::string_view text) {
        const auto first = text.find_first_not_of(" \t\r\n");
        if (first == std::string_view::npos) return {};
        text = text.substr(first, text.find_last_not_of(" \t\r\n") - first + 1);
        std::string shown;
        for (const ShownCharacter& c : shown_characters(text.substr(0, text.find('\n')))) {
            shown += c.text;
        }
        return shown;
    }

    const SourceManager& sources_;
    Style style_;
    std::string out_;
};

using Json = nlohmann::ordered_json;

void put_range(Json& object, const SourceManager& sources, const SourceRange& range) {
    const SourceFile& file = sources.file(range.file);
    const LineColumn begin = file.line_column(range.begin);
    const LineColumn end = file.line_column(std::max(range.begin, range.end));
    object["file"] = file.name();
    object["line"] = begin.line;
    object["column"] = begin.column;
    object["end_line"] = end.line;
    object["end_column"] = end.column;
}

}  // namespace

std::string to_text(const SourceManager& sources, const Diagnostic& diagnostic, bool color) {
    return TextWriter(sources, color).write(diagnostic);
}

std::string to_text(const SourceManager& sources, const Diagnostics& diagnostics, bool color) {
    std::string text;
    for (const Diagnostic& d : diagnostics.all()) text += to_text(sources, d, color);
    return text;
}

std::string to_json_line(const SourceManager& sources, const Diagnostic& diagnostic) {
    const CodeInfo& code = info(diagnostic.code);
    Json line;
    line["code"] = code.text;
    line["severity"] = word(code.severity);
    line["message"] = diagnostic.message;
    if (diagnostic.range.valid()) {
        put_range(line, sources, diagnostic.range);
    } else {
        line["file"] = diagnostic.file.empty() ? Json(nullptr) : Json(diagnostic.file);
        for (const char* key : {"line", "column", "end_line", "end_column"}) line[key] = nullptr;
    }
    line["labels"] = Json::array();
    for (const Label& label : diagnostic.labels) {
        if (!label.range.valid()) continue;
        Json object;
        put_range(object, sources, label.range);
        object["message"] = label.message;
        line["labels"].push_back(std::move(object));
    }
    line["notes"] = diagnostic.notes;
    line["edits"] = Json::array();
    for (const Edit& edit : diagnostic.edits) {
        if (!edit.range.valid()) continue;
        Json object;
        put_range(object, sources, edit.range);
        object["text"] = edit.text;
        line["edits"].push_back(std::move(object));
    }
    return line.dump(-1, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace snnc
