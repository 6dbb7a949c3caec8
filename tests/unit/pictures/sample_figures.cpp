#include "tests/unit/pictures/sample_figures.h"

namespace snnc::pictures {

Figure sample_recording() {
    Panel trace, raster;
    trace.title = "membrane";
    raster.x = {"time (ms)", {{0, 9}}, false, false, false};
    trace.x = raster.x;
    trace.y = {"mV", {}, false, false, false};
    Line line{"v", {}, false};
    for (int t = 0; t < 10; ++t) line.points.push_back({double(t), double(t * 7 % 10)});
    trace.marks = {Level{"threshold", 8}, line, Events{{2, 7}}};
    raster.y = {"cell", {{-0.5, 2.5}}, false, true, false};
    raster.marks = {Spikes{{{1, 0}, {4, 1}, {4, 2}, {8, 0}}}};
    return {"one cell & <more>", {trace, raster}, true};
}

Figure sample_image() {
    Image image;
    image.name = "weight";
    image.rows = 2;
    image.columns = 3;
    image.values = {-1, 0, 1, 0.5f, left_free, -0.5f};
    image.x = {-0.5, 2.5};
    image.y = {-0.5, 1.5};
    Panel panel;
    panel.x = {"source", image.x, false, true, false};
    panel.y = {"cell", image.y, false, true, true};
    panel.marks = {image};
    return {"", {panel}, false};
}

Figure sample_bars() {
    Panel panel;
    panel.y.whole = true;
    panel.marks = {Bars{0, 1, {0, 1, 2, 3, 4, 5, 6, 7, 8, 9}}};
    return {"counts", {panel}, false};
}

Figure sample_graph() {
    Graph graph;
    graph.nodes = {{"x", "input [4]", Graph::Kind::Input},
                   {"fc", "dense(3) [3]", Graph::Kind::Layer},
                   {"back", "recurrent [3]", Graph::Kind::Layer},
                   {"cells", "Leaky [3]", Graph::Kind::Population}};
    graph.edges = {
        {0, 1, "", false}, {1, 3, "", false}, {2, 3, "", false}, {3, 2, "1 step later", true}};
    Panel panel;
    panel.marks = {graph};
    return {"N", {panel}, false};
}

}  // namespace snnc::pictures
