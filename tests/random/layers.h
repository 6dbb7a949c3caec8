// Layers of a random network: what stands between a source and the cells it leads to.
#pragma once

#include <string>
#include <vector>

#include "tests/random/program.h"

namespace snnc::test {

/// The beginning of a chain: what is written so far, and the signal that arrives at its end.
struct Chain {
    std::string text;
    int signal = -1;
};

/// How a window moves over the rows (0) and columns (1) of planes.
struct Sliding {
    int size[2] = {1, 1}, stride[2] = {1, 1}, padding[2] = {0, 0}, dilation[2] = {1, 1};
    int outputs(int axis, int extent) const {
        const int reach = dilation[axis] * (size[axis] - 1) + 1;
        return (extent + 2 * padding[axis] - reach) / stride[axis] + 1;
    }
};

/// Takes a channel of the source, a place of the window, and the source's element under it.
using TakePlace = std::function<void(int channel, int place, int element)>;

/// Writes layers behind a chain, and adds what they mean to the model.
class Layers {
 public:
    /// Names in the model begin with `prefix`; trained weights are added to `weights`. `training`:
    /// layers do what they do while training.
    Layers(Dice& dice, Model& model, std::string prefix, std::vector<Course>& weights,
           bool training)
        : dice_(dice),
          model_(model),
          prefix_(std::move(prefix)),
          weights_(weights),
          training_(training) {}

    /// Leads to cells of that shape; `declared`: their declaration says their shape.
    void toward(Chain& chain, const Extents& shape, bool declared);
    /// Leads to cells that take what shape arrives.
    void freely(Chain& chain);
    /// ` recurrent …` behind a cell called `name`; the signal of what comes back to the port.
    int feedback(Chain& chain, const std::string& name, int output);

 private:
    const Extents& shape(const Chain& chain) const { return model_[chain.signal].shape; }
    std::string next_name() { return "layer" + std::to_string(count_++); }
    void add(Chain& chain, const std::string& call, const std::string& name, Extents shape,
             Evaluate value);
    std::function<double(int)> given(const std::string& name, int count);
    std::function<double(int)> factor(const std::string& name, const Extents& shape,
                                      std::string& text);

    void keeping_shape(Chain& chain);
    void scale(Chain& chain);
    void one_to_one(Chain& chain);
    void delay(Chain& chain);
    void batchnorm(Chain& chain);
    void dropout(Chain& chain);
    void dense(Chain& chain, int width);
    void reshape(Chain& chain, const Extents& shape);
    void sparse(Chain& chain, const Extents& shape);

    void window(Chain& chain);
    void convolution(Chain& chain, int channels, bool same_shape);
    /// What a layer reads in a step, by element.
    using Source = std::function<double(const At&, int element)>;
    struct Convolution {
        std::string call;
        Extents shape;
        Evaluate value;
    };
    Convolution convolution_of(const std::string& name, const Extents& from, int channels,
                               bool same_shape, const Source& source);
    void pool(Chain& chain);
    Sliding any_window(const Extents& source, bool dilated);
    std::string options(const Sliding& window, std::size_t rank, bool dilated) const;

    Dice& dice_;
    Model& model_;
    std::string prefix_;
    std::vector<Course>& weights_;
    bool training_;
    int count_ = 0;
};

/// [c, h, w] or [c, l] as channels, rows and columns.
struct Grid {
    int channels, rows, columns;
    explicit Grid(const Extents& shape)
        : channels(shape[0]), rows(shape.size() == 3 ? shape[1] : 1), columns(shape.back()) {}
    Extents shape(std::size_t rank) const {
        return rank == 3 ? Extents{channels, rows, columns} : Extents{channels, columns};
    }
};

}  // namespace snnc::test
