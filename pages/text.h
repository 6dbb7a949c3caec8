// Text of documentation comments in pages.
#pragma once

#include <string>

namespace snnc::pages {

/// Paragraphs between blank lines, `code` between backticks, code blocks of lines that begin with
/// four blanks: what a comment holds, as HTML.
std::string comment_html(const std::string& comment);

/// A comment within a line of HTML or of a Markdown table.
std::string comment_line_html(const std::string& comment);
std::string comment_line_markdown(const std::string& comment);

}  // namespace snnc::pages
