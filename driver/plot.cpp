// snnc plot: pictures of recorded arrays, logs, weights, surrogates and networks.
#include "driver/plot.h"

namespace snnc::driver {

CLI::App* add_picture(CLI::App& plot, const std::string& name, const std::string& description,
                      const std::vector<std::string>& examples) {
    CLI::App* kind = plot.add_subcommand(name, description);
    kind->fallthrough();
    kind->allow_extras(false);
    std::string footer = "Examples:";
    for (const std::string& example : examples) footer += "\n  snnc plot " + example;
    kind->footer(footer);
    return kind;
}

void add_plot(Tool& tool) {
    auto* plot = add_verb(
        tool, "plot", "Pictures: in the terminal, as SVG and as PNG",
        {"plot raster spikes.npy", "plot trace v.npy --threshold 1 --out v.svg",
         "plot curve log.jsonl --out curve.png", "plot network examples/02_fashion_mlp.snn"});
    plot->footer(plot->get_footer() + "\n\n`snnc plot KIND --help` shows the options of a kind.");
    plot->require_subcommand(1);
    add_recording_pictures(tool, *plot);
    add_curve_picture(tool, *plot);
    add_weights_picture(tool, *plot);
    add_surrogate_picture(tool, *plot);
    add_network_picture(tool, *plot);
}

}  // namespace snnc::driver
