// snnc plot network: inputs, layers and populations, and the edges between them.
#include "driver/network_graph.h"
#include "driver/picture_output.h"
#include "driver/pipeline.h"
#include "driver/plot.h"

namespace snnc::driver {
namespace {

struct NetworkPictureOptions {
    NetworkOptions network;
    PictureOptions picture;
};

int plot_network(Session& session, const NetworkPictureOptions& options) {
    options.picture.check();
    const frontend::Module module = load_module(session, options.network.file);
    const ir::Network network = make_network(session, module, options.network.request());
    pictures::Panel panel;
    panel.marks = {network_graph(session.sources, module, network)};
    options.picture.show({network.name, {std::move(panel)}, false});
    return Done;
}

}  // namespace

void add_network_picture(Tool& tool, CLI::App& plot) {
    auto* kind = add_picture(plot, "network", "Inputs, layers and populations, and their edges",
                             {"network examples/02_fashion_mlp.snn",
                              "network examples/08_blocks.snn --network Res --out res.svg"});
    auto options = std::make_shared<NetworkPictureOptions>();
    options->network.add_to(*kind);
    options->picture.add_to(*kind);
    kind->callback([&tool, options] {
        tool.action = [options](Session& session) { return plot_network(session, *options); };
    });
}

}  // namespace snnc::driver
