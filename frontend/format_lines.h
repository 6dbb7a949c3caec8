// Pieces in lines: blanks between them, alignment, indentation.
//
// Second step of format(). Everything is counted in columns of a terminal.
#pragma once

#include <string>
#include <vector>

#include "frontend/format_pieces.h"

namespace snnc::frontend {

struct Line {
    bool blank_before = false;
    int indent = 0;
    std::vector<Piece> pieces;
    std::vector<int> gaps;  // before each piece; that of the first is 0
};

/// Splits at the breaks and gives every piece its plain gap (format_spacing.cpp).
std::vector<Line> make_lines(std::vector<Piece> pieces);

/// Blanks between two pieces of one line: 0 or 1.
int plain_gap(const Piece& before, const Piece& piece);

/// Pads gaps so that what belongs together stands in columns (format_align.cpp): keywords and `=`
/// of a cell's members, keys of a train block, `=>` of a match, `=` and `solve` of differential
/// equations; elsewhere what the user had aligned.
void align(std::vector<Line>& lines);

/// Sets the indents; needs final gaps (format_indent.cpp).
void indent(std::vector<Line>& lines);

/// Columns of the comments behind code; needs final indents (format_align.cpp).
void align_comments(std::vector<Line>& lines);

/// From the start of the line, without the indent, to the begin of a piece, or to the end of the
/// last one.
int column_of(const Line& line, std::size_t piece);

}  // namespace snnc::frontend
