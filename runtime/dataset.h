// Data sets for training: arrays of samples with their labels or targets, training and test part.
#pragma once

#include <string>
#include <vector>

#include "runtime/array.h"
#include "runtime/error.h"

namespace snnc::runtime {

/// The inputs of a network and the targets of a training, by name: what a data set must have arrays
/// for.
struct PortNames {
    std::vector<std::string> inputs, targets;
};

/// An array for each input and target, in the order of their names, samples first. Bytes (u8) of
/// inputs stand for pixels: value/255.
struct DataPart {
    std::vector<Array> inputs, targets;
    std::int64_t count() const;
};

struct DataSet {
    std::string name;
    DataPart train, test;
};

/// `name` is one of
///
/// * a known data set ("fashion-mnist", "mnist": searched in $SNNC_DATA/NAME and the system's data
///   set folders), a folder with the four IDX files, or "builtin": one input, one target;
/// * an .npz with the members NAME_train and NAME_test for each input and target; a single input
///   may be called x there, a single target y.
///
/// Throws DataError: a missing data set says where it was looked for, PortsDiffer where the set has
/// one input and one target and the network others.
DataSet load_data_set(const std::string& name, const PortNames& ports);

/// For sets whose arrays have no names: throws PortsDiffer unless there is one input and one
/// target.
void check_one_of_each(const std::string& set, const PortNames& ports);

/// Ten classes of 28x28 pictures, drawn by the program itself: a blurred pattern for each class,
/// shifted, scaled and covered with noise. Seeded; says of itself that it is not Fashion-MNIST.
DataSet builtin_data_set();

}  // namespace snnc::runtime
