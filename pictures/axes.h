// From values to places along an axis: its range, its ticks and how they are written.
#pragma once

#include <string>
#include <vector>

#include "pictures/figure.h"

namespace snnc::pictures {

/// One axis of a panel, ready to place values.
class Scale {
 public:
    Scale() = default;
    Scale(const Axis& axis, const Range& data);

    /// 0 at the low end of the axis, 1 at its high end.
    double place(double value) const;
    const Range& range() const { return range_; }
    bool logarithmic() const { return logarithmic_; }

    struct Tick {
        double value;
        std::string text;
    };
    /// About `count` round numbers inside of the range: 1, 2 or 5 times a power of ten. None where
    /// the axis has none.
    std::vector<Tick> ticks(int count) const;

 private:
    std::vector<Tick> logarithmic_ticks(int count) const;

    Range range_;
    bool logarithmic_ = false, whole_ = false, has_ticks_ = true;
};

/// The axes of a panel: the range of its marks, with some air where lines would touch the frame.
Scale x_scale(const Panel& panel);
Scale y_scale(const Panel& panel);

/// Over all panels, where the figure's x axis is shared.
std::vector<Scale> x_scales(const Figure& figure);

/// With few digits: "0.25", "1500", "2e-05".
std::string number_text(double value);

}  // namespace snnc::pictures
