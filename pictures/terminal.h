// Pictures as text of a terminal: lines of braille dots, bars and images of block characters.
#pragma once

#include <string>

#include "pictures/figure.h"

namespace snnc::pictures {

struct TerminalStyle {
    int width = 80;  // columns
    int height = 0;  // lines of the whole picture; 0: what suits it
    bool colour = false;
};

/// Of what stands behind a file descriptor: its width (else COLUMNS, else 80), and colours if it is
/// a terminal and NO_COLOR is not set.
TerminalStyle terminal_style(int descriptor);

std::string to_terminal(const Figure& figure, const TerminalStyle& style);

}  // namespace snnc::pictures
