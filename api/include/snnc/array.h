// Arrays that go in and out, and descriptions of the tensors that they stand for.
//
// All arrays are row-major. Time comes first, then the batch, as in snnTorch: a tensor with a value
// for each step is [steps, samples, shape…], one that is held over the run [samples, shape…], one
// that is the same for all samples (a parameter) has its shape alone.
#pragma once

#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <vector>

namespace snnc::api {

using Shape = std::vector<std::int64_t>;

/// A tensor of a network.
struct TensorInfo {
    std::string name;  // "image", "hidden.v", "fc1.weight"
    Shape shape;       // without steps and samples; of a parameter that of PyTorch
    bool per_step = false;
    bool per_sample = false;
    bool is_spikes = false;   // 0 or 1
    bool is_integer = false;  // labels and edges: int32; everything else is float
    bool is_trainable = false;
};

/// Values of the caller, which are only read, and only during the call that they are given to.
class ArrayView {
 public:
    /// The number of values must be the product of the shape: Error (by the call it is given to).
    ArrayView(std::span<const float> values, Shape shape)
        : floats_(values), shape_(std::move(shape)) {}
    ArrayView(std::span<const std::int32_t> values, Shape shape)
        : integers_(values), is_integer_(true), shape_(std::move(shape)) {}

    bool is_integer() const { return is_integer_; }
    std::span<const float> floats() const { return floats_; }
    std::span<const std::int32_t> integers() const { return integers_; }
    const Shape& shape() const { return shape_; }

 private:
    std::span<const float> floats_;
    std::span<const std::int32_t> integers_;
    bool is_integer_ = false;
    Shape shape_;
};

/// By name: of inputs, targets, states.
using Arrays = std::map<std::string, ArrayView>;

/// A result: it belongs to the caller. Row-major, but for gradients that pull_back() returns:
/// they have the strides of their parameter (ParameterView).
struct Array {
    Shape shape;
    std::vector<float> values;
    Shape strides;  // empty: row-major
};
using Results = std::map<std::string, Array>;

/// A parameter where it lies. Element (i, j, …) is data[i*strides[0] + j*strides[1] + …]: weights
/// are kept with their outputs last, so the strides of `shape`, which is PyTorch's, are not
/// row-major.
struct ParameterView {
    float* data = nullptr;
    Shape shape, strides;
};

}  // namespace snnc::api
