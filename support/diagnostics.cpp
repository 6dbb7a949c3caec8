#include "support/diagnostics.h"

#include <algorithm>
#include <tuple>

#include "support/unicode.h"

namespace snnc {

const std::vector<CodeInfo>& all_codes() {
    static const std::vector<CodeInfo> codes = {
#define SNNC_DIAGNOSTIC(name, code, severity, title) \
    {Code::name, #name, code, Severity::severity, title},
#include "support/diagnostics.def"
#undef SNNC_DIAGNOSTIC
    };
    return codes;
}

const CodeInfo& info(Code code) { return all_codes()[static_cast<std::size_t>(code)]; }

DiagnosticBuilder& DiagnosticBuilder::label(const SourceRange& range, std::string message) {
    diagnostic_.labels.push_back({range, std::move(message)});
    return *this;
}

DiagnosticBuilder& DiagnosticBuilder::note(std::string message) {
    if (!message.empty()) diagnostic_.notes.push_back(std::move(message));
    return *this;
}

DiagnosticBuilder& DiagnosticBuilder::edit(const SourceRange& range, std::string text) {
    diagnostic_.edits.push_back({range, std::move(text)});
    return *this;
}

DiagnosticBuilder& DiagnosticBuilder::file(std::string name) {
    diagnostic_.file = std::move(name);
    return *this;
}

/// A quoted word that nobody reads to its end, cut; paths of files are shorter.
static std::string with_short_words(const std::string& message) {
    constexpr std::size_t longest = 400, kept = 100;
    std::string result;
    bool quoted = false;
    for (std::size_t at = 0; at < message.size();) {
        std::size_t end = std::min(message.find('`', at), message.size());
        const std::string word = message.substr(at, end - at);
        std::size_t size = word.size();
        if (quoted && size > longest)
            for (size = kept; (static_cast<unsigned char>(word[size]) & 0xC0) == 0x80;) --size;
        result += word.substr(0, size) + (size < word.size() ? "\u2026" : "");
        if (end < message.size()) result += message[end++];
        quoted = !quoted;
        at = end;
    }
    return result;
}

DiagnosticBuilder Diagnostics::report(Code code, const SourceRange& range,
                                      const std::string& message) {
    Diagnostic made{code, range, with_short_words(message), {}, {}, {}, {}};
    const Severity severity = info(code).severity;
    // Two warnings of a place are two facts; a second error would follow from the first.
    const bool by_place = range.valid() && severity != Severity::Warning;
    const bool repeated = !seen_
                               .emplace(code, range.file.index, range.begin, range.end,
                                        by_place ? std::string() : made.message)
                               .second;
    if (repeated) {
        repeated_ = std::move(made);
        return DiagnosticBuilder(repeated_);
    }
    if (severity == Severity::Error) ++errors_;
    if (severity == Severity::Limitation) ++limitations_;
    all_.push_back(std::move(made));
    return DiagnosticBuilder(all_.back());
}

void Diagnostics::sort_by_place() {
    const auto place = [](const Diagnostic& d) {
        return std::make_tuple(d.range.file.index, d.range.begin);
    };
    std::stable_sort(all_.begin(), all_.end(),
                     [&](const Diagnostic& a, const Diagnostic& b) { return place(a) < place(b); });
}

namespace {

/// Optimal string alignment distance: insertions, deletions, replacements and swaps of neighbours.
std::size_t edit_distance(const std::u32string& a, const std::u32string& b) {
    std::vector<std::size_t> before_last, last(b.size() + 1), row(b.size() + 1);
    for (std::size_t j = 0; j <= b.size(); ++j) last[j] = j;
    for (std::size_t i = 1; i <= a.size(); ++i) {
        row[0] = i;
        for (std::size_t j = 1; j <= b.size(); ++j) {
            const std::size_t replaced = last[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
            row[j] = std::min({last[j] + 1, row[j - 1] + 1, replaced});
            const bool swapped = i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1];
            if (swapped) row[j] = std::min(row[j], before_last[j - 2] + 1);
        }
        before_last = last;
        last = row;
    }
    return last[b.size()];
}

std::u32string lower(std::u32string text) {
    for (char32_t& c : text) {
        if (c >= U'A' && c <= U'Z') c += U'a' - U'A';
    }
    return text;
}

constexpr std::size_t longest_compared = 64;  // names beyond that are no misspellings

}  // namespace

std::vector<std::string> nearest_names(std::string_view name,
                                       const std::vector<std::string>& candidates) {
    const std::u32string wanted = to_code_points(name);
    if (wanted.empty() || wanted.size() > longest_compared) return {};
    const std::size_t limit = wanted.size() <= 2 ? 1 : (wanted.size() + 2) / 3;

    std::vector<std::pair<std::size_t, std::string>> found;  // twice the distance, name
    std::vector<std::string> longer;                         // names that begin so
    for (const std::string& candidate : candidates) {
        const std::u32string other = to_code_points(candidate);
        if (other == wanted || other.empty() || other.size() > longest_compared) continue;
        const bool other_case = lower(other) == lower(wanted);
        if (wanted.size() >= 2 && other.starts_with(wanted)) longer.push_back(candidate);
        const std::size_t distance = other_case ? 1 : 2 * edit_distance(wanted, other);
        // A name that shares no letter with what was written is no suggestion.
        if (distance > 2 * limit || (!other_case && distance >= 2 * other.size())) continue;
        found.emplace_back(distance, candidate);
    }
    // A slip of the pen is likelier than an abbreviation, but not where it leaves one letter.
    if (wanted.size() == 2 && !longer.empty())
        std::erase_if(found, [](const auto& one) { return one.first > 1; });
    if (found.empty())
        for (const std::string& candidate : longer) found.emplace_back(2, candidate);
    std::stable_sort(found.begin(), found.end(),
                     [](const auto& a, const auto& b) { return a.first < b.first; });
    std::vector<std::string> names;
    for (const auto& [distance, candidate] : found) {
        if (names.size() == 3 || (distance > 1 && found[0].first == 1)) break;
        if (std::find(names.begin(), names.end(), candidate) == names.end()) {
            names.push_back(candidate);
        }
    }
    return names;
}

std::string quoted_list(const std::vector<std::string>& names) {
    std::string text;
    for (const std::string& name : names) text += (text.empty() ? "`" : ", `") + name + "`";
    return text;
}

std::string did_you_mean(std::string_view name, const std::vector<std::string>& candidates) {
    const auto near = nearest_names(name, candidates);
    return near.empty() ? "" : "did you mean " + quoted_list(near) + "?";
}

}  // namespace snnc
