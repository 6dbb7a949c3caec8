// Data sets for training: arrays of samples with their labels or targets, training and test part.
#pragma once

#include <string>

#include "runtime/array.h"
#include "runtime/error.h"

namespace snnc::runtime {

/// Samples first. Bytes (u8) stand for pixels: value/255.
struct DataPart {
    Array x, y;
    std::int64_t count() const { return x.shape.empty() ? 0 : x.shape[0]; }
};

struct DataSet {
    std::string name;
    DataPart train, test;
};

/// `name` is a known data set ("fashion-mnist", "mnist": searched in $SNNC_DATA/NAME and the
/// system's data set folders), a folder with the four IDX files, an .npz with x_train y_train
/// x_test y_test, or "builtin". Throws DataError; a missing data set says where it was looked for.
DataSet load_data_set(const std::string& name);

/// Ten classes of 28x28 pictures, drawn by the program itself: a blurred pattern for each class,
/// shifted, scaled and covered with noise. Seeded; says of itself that it is not Fashion-MNIST.
DataSet builtin_data_set();

}  // namespace snnc::runtime
