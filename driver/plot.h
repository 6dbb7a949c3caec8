// The kinds of pictures of `snnc plot`, each a subcommand of its own in a file of its own.
#pragma once

#include "driver/command_line.h"

namespace snnc::driver {

/// A kind's subcommand of `plot`, whose examples end its help.
CLI::App* add_picture(CLI::App& plot, const std::string& name, const std::string& description,
                      const std::vector<std::string>& examples);

void add_recording_pictures(Tool& tool, CLI::App& plot);  // raster, trace, counts
void add_curve_picture(Tool& tool, CLI::App& plot);
void add_weights_picture(Tool& tool, CLI::App& plot);
void add_surrogate_picture(Tool& tool, CLI::App& plot);
void add_network_picture(Tool& tool, CLI::App& plot);

}  // namespace snnc::driver
