// Arrays between Python and snnc: NumPy's, and those of everything that speaks DLPack.
#pragma once

#include <nanobind/ndarray.h>
#include <nanobind/stl/map.h>
#include <nanobind/stl/optional.h>
#include <nanobind/stl/string.h>
#include <nanobind/stl/vector.h>
#include <snnc/snnc.h>

#include <memory>
#include <vector>

namespace snnc::python {

namespace nb = nanobind;

/// What a call lends to snnc. Float32 and int32 arrays in C order are read where they lie; others
/// are converted by NumPy first and kept until the call has ended.
class Lent {
 public:
    explicit Lent(const nb::dict& arrays);
    const api::Arrays& arrays() const { return arrays_; }

 private:
    std::vector<nb::object> kept_;
    api::Arrays arrays_;
};

/// One array, for what is called `name`; kept by `kept`.
api::ArrayView view_of(nb::handle array, const std::string& name, std::vector<nb::object>& kept);

/// Memory of results that nobody holds any more, for results of the same names that follow.
class ResultMemory {
 public:
    /// What is free.
    api::Results take();
    /// Arrays whose memory comes back here when nobody holds them any more.
    nb::dict to_numpy(api::Results&& results);

 private:
    std::shared_ptr<api::Results> free_ = std::make_shared<api::Results>();
};

/// A NumPy array that owns the values: nothing is copied.
nb::object to_numpy(api::Array&& array);
/// NAME: array, for each result.
nb::dict to_numpy(api::Results&& results);
/// The parameter where it lies, as long as `owner` lives.
nb::object to_numpy(const api::ParameterView& view, nb::handle owner);

}  // namespace snnc::python
