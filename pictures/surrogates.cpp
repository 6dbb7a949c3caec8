#include "pictures/surrogates.h"

namespace snnc::pictures {
namespace {

Line curve(const std::string& name, const std::vector<double>& x, const std::vector<double>& y) {
    Line line{name, {}, false};
    for (std::size_t i = 0; i < x.size(); ++i) line.points.push_back({x[i], y[i]});
    return line;
}

}  // namespace

Figure surrogates(const std::vector<double>& places, const std::vector<double>& spike,
                  const std::vector<Surrogate>& surrogates) {
    Panel above, below;
    above.title = "the spike";
    above.x.label = below.x.label = "distance from the threshold";
    above.marks.emplace_back(curve("", places, spike));
    above.height = 0.5;
    below.title = "what stands for its derivative";
    below.height = 1.2;
    for (const Surrogate& surrogate : surrogates)
        below.marks.emplace_back(curve(surrogate.name, places, surrogate.derivative));
    return {"", {std::move(above), std::move(below)}, true};
}

}  // namespace snnc::pictures
