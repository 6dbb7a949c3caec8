// The three members of an event file, one sample at a time. HDF5's types and messages stay in
// event_members.cpp; what the numbers mean is event_file.h's matter.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "runtime/array.h"
#include "runtime/error.h"

namespace snnc::runtime {

class EventMembers {
 public:
    /// Opens the file and looks at the kinds of its members. Throws DataError: FileMissing,
    /// FileUnreadable, FileEmpty, FileTruncated, BadFormat, TensorMissing, BadDtype, BadShape.
    explicit EventMembers(const std::string& path);
    ~EventMembers();

    /// How many samples each member has.
    struct Counts {
        std::int64_t times, units, labels;
    };
    Counts counts() const;
    /// Significant bits of the stored times; 0 for integers, which are exact.
    int precision() const;

    // These throw FileTruncated or BadFormat where the file is damaged.
    void read_times(std::int64_t sample, std::vector<double>& times);
    void read_units(std::int64_t sample, std::vector<std::int64_t>& units);
    Array read_labels() const;  // [samples], I64

 private:
    struct Parts;
    std::unique_ptr<Parts> parts_;
};

}  // namespace snnc::runtime
