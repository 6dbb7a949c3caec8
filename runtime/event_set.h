// Data sets of event files: which file trains and which one tests.
#pragma once

#include <optional>
#include <string>

#include "runtime/error.h"

namespace snnc::runtime {

/// The files of a set. One file alone is both, as the user who names it wants it to be.
struct EventSet {
    std::string train, test;
    bool one_file() const { return train == test; }
};

/// `name` is a file (.h5, .hdf5, .hdf), or a folder, or a name as find_data_folder() takes it, with
/// files that are called train and test or end in _train and _test, as shd_train.h5. Nothing
/// if it is neither. Throws DataSetMissing where a folder has one part only, several of one, or
/// packed files.
std::optional<EventSet> find_event_set(const std::string& name);

}  // namespace snnc::runtime
