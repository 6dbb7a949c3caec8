#include "pictures/weights.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "pictures/fit.h"

namespace snnc::pictures {
namespace {

using runtime::DataError;
using runtime::DataErrorKind;

constexpr std::size_t histogram_bins = 60;
constexpr std::size_t most_kernel_rows = 32, most_kernel_columns = 64;

/// Images side by side, with a free line between them.
class TileSheet {
 public:
    TileSheet(const Tile& tile, std::size_t down, std::size_t across) : tile_(tile) {
        image_.rows = down * (tile.rows + 1) - 1;
        image_.columns = across * (tile.columns + 1) - 1;
        image_.values.assign(image_.rows * image_.columns, left_free);
    }

    void put(std::size_t i, std::size_t j, const float* values) {
        for (std::size_t row = 0; row < tile_.rows; ++row) {
            float* to = image_.values.data() + (i * (tile_.rows + 1) + row) * image_.columns +
                        j * (tile_.columns + 1);
            std::copy_n(values + row * tile_.columns, tile_.columns, to);
        }
    }

    Image take() { return std::move(image_); }

 private:
    Tile tile_;
    Image image_;
};

class WeightFigure {
 public:
    WeightFigure(std::string name, const runtime::ArrayView& array, std::string file)
        : name_(std::move(name)), file_(std::move(file)), shape_(array.shape) {
        if (array.size() == 0)
            fail(DataErrorKind::BadShape, "has no elements: its shape is " + text(shape_));
        values_ = array.to_f32();
        const auto bad = std::find_if(values_.begin(), values_.end(),
                                      [](float value) { return !std::isfinite(value); });
        if (bad != values_.end())
            fail(DataErrorKind::NotFinite,
                 fmt::format("holds {} at its element {}", *bad, bad - values_.begin()));
    }

    Figure draw(const std::optional<Tile>& tile) const {
        Figure figure{fmt::format("{} {}", name_, text(shape_)), {}, false};
        if (tile) {
            figure.panels.push_back(tiles(*tile));
        } else if (shape_.size() > 2) {
            figure.panels.push_back(kernels());
        } else if (shape_.size() == 2) {
            figure.panels.push_back(matrix());
        } else {
            figure.panels.push_back(bars());
        }
        if (values_.size() > 1) figure.panels.push_back(histogram());
        return figure;
    }

 private:
    static std::string text(const runtime::Shape& shape) { return runtime::to_string(shape); }

    [[noreturn]] void fail(DataErrorKind kind, const std::string& message) const {
        throw DataError(kind, file_, fmt::format("`{}` {}", name_, message));
    }

    /// The image fills its panel; rows count downwards.
    static Panel image_panel(Image image, const std::string& x, const std::string& y) {
        image.name = "weight";
        image.x = {-0.5, double(image.columns) - 0.5};
        image.y = {-0.5, double(image.rows) - 0.5};
        Panel panel;
        panel.x = {x, image.x, false, true, false};
        panel.y = {y, image.y, false, true, true};
        panel.height = 2;
        panel.marks = {std::move(image)};
        return panel;
    }

    /// Tiles have no common axes.
    static Panel tile_panel(Image image, std::string title) {
        Panel panel = image_panel(std::move(image), "", "");
        panel.title = std::move(title);
        panel.x.ticks = panel.y.ticks = false;
        panel.square = true;
        return panel;
    }

    Panel matrix() const {
        Image image;
        image.rows = std::size_t(shape_[0]);
        image.columns = std::size_t(shape_[1]);
        image.values = values_;
        Panel panel = image_panel(std::move(image), "source", "cell");
        panel.title = "weights";
        return panel;
    }

    Panel tiles(const Tile& tile) const {
        // The product of the tile's sides may be beyond what a number holds.
        const std::size_t size = shape_.size() == 2 ? std::size_t(shape_[1]) : 0;
        if (size % tile.rows != 0 || size / tile.rows != tile.columns)
            fail(DataErrorKind::BadShape,
                 fmt::format("has the shape {0}: tiles of {1} × {2} need [cells, {1} × {2}]",
                             text(shape_), tile.rows, tile.columns));
        // As many as a picture has room for without a summary.
        const auto all = std::size_t(shape_[0]);
        const std::size_t across =
            std::clamp<std::size_t>(Room{}.cells_across / (tile.columns + 1), 1, all);
        const std::size_t shown =
            std::min(all, across * std::max<std::size_t>(Room{}.cells_down / (tile.rows + 1), 1));
        const std::size_t down = (shown + across - 1) / across;
        TileSheet sheet(tile, down, across);
        for (std::size_t cell = 0; cell < shown; ++cell)
            sheet.put(cell / across, cell % across, values_.data() + cell * size);
        return tile_panel(sheet.take(),
                          shown == all ? fmt::format("weights of {} cells, row by row", all)
                                       : fmt::format("weights of cells 0 to {} of {}, row by row",
                                                     shown - 1, all));
    }

    Panel kernels() const {
        const auto outputs = std::size_t(shape_[0]), inputs = std::size_t(shape_[1]);
        const std::size_t size = values_.size() / (outputs * inputs);
        const auto width = std::size_t(shape_.back());
        const std::size_t down = std::min(outputs, most_kernel_rows),
                          across = std::min(inputs, most_kernel_columns);
        TileSheet sheet({size / width, width}, down, across);
        for (std::size_t i = 0; i < down; ++i)
            for (std::size_t j = 0; j < across; ++j)
                sheet.put(i, j, values_.data() + (i * inputs + j) * size);
        std::string title =
            "kernels: a row for each output channel, a column for each input channel";
        if (down < outputs || across < inputs)
            title = fmt::format("kernels of the first {} of {} outputs, {} of {} inputs", down,
                                outputs, across, inputs);
        return tile_panel(sheet.take(), title);
    }

    Panel bars() const {
        Panel panel;
        panel.x = {"cell", {}, false, true, false};
        panel.y.label = "value";
        panel.marks = {Bars{-0.5, 1, {values_.begin(), values_.end()}}};
        return panel;
    }

    Panel histogram() const {
        const auto [low, high] = std::minmax_element(values_.begin(), values_.end());
        const double first = *low, length = std::max(double(*high) - first, 1e-30);
        std::vector<double> counts(std::min(histogram_bins, values_.size()), 0.0);
        for (const float value : values_) {
            const auto bin = std::size_t((value - first) / length * double(counts.size()));
            ++counts[std::min(bin, counts.size() - 1)];
        }
        Panel panel;
        panel.title = "how often which value occurs";
        panel.x.label = "value";
        panel.y = {"count", {}, false, true, false};
        panel.marks = {Bars{first, length / double(counts.size()), counts}};
        panel.height = 0.7;
        return panel;
    }

    std::string name_, file_;
    runtime::Shape shape_;
    std::vector<float> values_;
};

}  // namespace

Figure weights(const std::string& name, const runtime::ArrayView& array, const std::string& file,
               const std::optional<Tile>& tile) {
    return WeightFigure(name, array, file).draw(tile);
}

}  // namespace snnc::pictures
