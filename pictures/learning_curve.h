// The picture of a training: the loss of its updates, and what was measured after each epoch.
#pragma once

#include <string>
#include <vector>

#include "pictures/figure.h"

namespace snnc::pictures {

/// Something measured after each epoch; x is the number of updates until then.
struct Measured {
    std::string name;  // "test accuracy"
    std::vector<Point> values;
};

struct Learning {
    std::string title;
    std::vector<Point> losses;  // of each update
    std::vector<Measured> epoch_losses, metrics, rates;

    /// A loss or a metric of a part of the data: "test", "accuracy".
    void add_score(const std::string& part, const std::string& name, const Point& value);
    /// Spikes per cell and step of a layer.
    void add_rate(const std::string& layer, const Point& value);
    /// Takes everything away from that update on.
    void forget_from(double update);
    bool empty() const { return losses.empty() && epoch_losses.empty() && metrics.empty(); }
};

/// Panels one over another with the updates as x: losses (mean, smallest and largest of
/// neighbouring updates), metrics, and how often cells of each layer spike, where there are any.
Figure learning_curve(const Learning& learning);

}  // namespace snnc::pictures
