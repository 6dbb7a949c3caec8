// The meaning of a random program, worked out without the compiler: each value by its definition,
// in double, one element after the other, remembered so that recursion over the steps is quick.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace snnc::test {

/// One place of a run.
struct At {
    int step = 0, sample = 0, element = 0;
};
using Evaluate = std::function<double(const At&)>;

/// Arrays that a run is given, by name: row-major [steps?, samples?, shape…].
using Given = std::map<std::string, std::vector<double>>;

struct RunLength {
    int steps = 1, samples = 1;
};

using Extents = std::vector<int>;  // a shape; {}: one number
int elements_of(const Extents& shape);
std::string as_text(const Extents& shape);  // "[2, 3]"

/// A course: an input, a layer's result, a variable of a population.
struct Signal {
    std::string name;  // of its tensor; empty: it has none
    Extents shape;
    bool stepped = true;
    Evaluate value;
    Evaluate before = {};   // the value before the first step; empty: 0
    bool is_drawn = false;  // the value is that of the run, which is given then
};

class Model {
 public:
    int add(Signal signal) {
        signals_.push_back(std::move(signal));
        return int(signals_.size()) - 1;
    }
    const Signal& operator[](int signal) const { return signals_[signal]; }
    Signal& operator[](int signal) { return signals_[signal]; }
    int count() const { return int(signals_.size()); }

    /// Starts a run; forgets the values of the one before.
    void start(const Given& given, RunLength length);
    RunLength length() const { return length_; }

    /// The value of a signal; `at.step` may lie before the run.
    double value(int signal, const At& at);
    /// The same for an input of a layer, which is 0 before the run.
    double arriving(int signal, const At& at) { return at.step < 0 ? 0 : value(signal, at); }
    /// An element of a given array: a weight, a parameter, an input.
    double given(const std::string& name, std::size_t index) const;

 private:
    std::vector<Signal> signals_;
    std::vector<std::vector<std::optional<double>>> known_;
    const Given* given_ = nullptr;
    RunLength length_;
};

}  // namespace snnc::test
