// Where a picture goes: a file by its suffix, or the terminal.
#pragma once

#include "driver/command_line.h"
#include "pictures/figure.h"

namespace snnc::driver {

/// BadCommandLine: a number of an option that no picture can show, since it is not finite or not
/// below 1e30.
void check_drawable(const std::string& option, double value);

/// Ends the name as that of a picture does, whatever the case of its letters?
bool is_picture_file(const std::string& file);

/// --out, --title, --width, --height.
struct PictureOptions {
    std::string out, title;
    std::int64_t width = 0, height = 0;  // 0: what suits the picture

    void add_to(CLI::App& verb);
    /// Before the work begins: BadCommandLine (an unknown suffix, too large), WriteFailed.
    void check() const;
    /// Writes the file, or prints.
    void show(pictures::Figure figure) const;
};

/// NAME.svg and NAME.png, each complete or as it was. DataError(WriteFailed).
void write_picture_files(const std::string& name, const pictures::Figure& figure);

}  // namespace snnc::driver
