// A small network with its arrays, for tests that run the tool: 4 inputs, 6 hidden cells, 3
// classes.
#pragma once

#include <cmath>
#include <cstdint>
#include <map>
#include <sstream>
#include <string>
#include <vector>

#include "tests/support/process.h"
#include "tests/support/reference.h"

namespace snnc::test {

inline const char* const small_network =
    "network Small {\n"
    "    steps = 5\n"
    "    input image : f32[4] in [0, 1]\n\n"
    "    image -> dense(6) as fc1 -> Leaky(beta = 0.9) as hidden\n"
    "          -> dense(3) as fc2 -> Leaky(beta = 0.8) as out\n"
    "    output out.s, out.v\n"
    "}\n\n"
    "train of Small {\n"
    "    target    label : class[3]\n"
    "    loss      = sum_t(ce(out.v, label))\n"
    "    metric    = accuracy(count(out.s), label)\n"
    "    optimizer = adam(lr = 1e-2)\n"
    "    batch     = 8\n"
    "    epochs    = 3\n"
    "    seed      = 1\n"
    "}\n";

/// The same cell driven over time; it can be cut into pieces.
inline const char* const driven_network =
    "network Driven {\n"
    "    input x[t] : f32[4]\n\n"
    "    x -> dense(6) as fc1 -> Leaky(beta = 0.9) as hidden\n"
    "      -> dense(3) as fc2 -> LI(beta = 0.8) as out\n"
    "    output out.v, hidden.s\n"
    "}\n";

/// The events of one kind in the text of a training's log.
inline std::vector<Json> events(const std::string& log, const std::string& kind) {
    std::vector<Json> found;
    std::istringstream lines(log);
    for (std::string line; std::getline(lines, line);) {
        const Json event = Json::parse(line);
        if (event.at("event") == kind) found.push_back(event);
    }
    return found;
}

inline std::int64_t count_of(const std::vector<std::int64_t>& shape) {
    std::int64_t count = 1;
    for (const std::int64_t extent : shape) count *= extent;
    return count;
}

/// Numbers in [0, 1) that look random and are the same everywhere.
inline Tensor some_values(std::vector<std::int64_t> shape, double scale = 1) {
    Tensor tensor{std::move(shape), {}};
    double value = 0.37;
    for (std::int64_t i = 0; i < count_of(tensor.shape); ++i) {
        value = std::fmod(value * 7.31 + 0.113, 1.0);
        tensor.data.push_back(float(scale * value));
    }
    return tensor;
}

/// Labels that follow from the largest of the first three inputs: something to learn.
inline Json labels_for(const Tensor& x, std::int64_t inputs) {
    Json labels = Json::array();
    for (std::size_t i = 0; i < x.data.size(); i += std::size_t(inputs)) {
        int best = 0;
        for (int k = 1; k < 3; ++k) {
            if (x.data[i + std::size_t(k)] > x.data[i + std::size_t(best)]) best = k;
        }
        labels.push_back(best);
    }
    return {{"shape", {labels.size()}}, {"data", labels}};
}

/// A folder with net.snn, x.npy [samples, 4] and y.npy [samples].
class SmallCase {
 public:
    explicit SmallCase(std::int64_t samples = 20) {
        const Tensor x = some_values({samples, 4});
        write_text(file("net.snn"), small_network);
        write_text(file("driven.snn"), driven_network);
        write_npy(file("x.npy"), x);
        write_npy_labels(file("y.npy"), labels_for(x, 4));
    }

    std::string file(const std::string& name) const { return folder_.file(name); }

    /// Runs the verb on net.snn with the arrays, if `arrays`, and further arguments.
    ProcessResult run(const std::string& verb, std::vector<std::string> more,
                      bool arrays = true) const {
        std::vector<std::string> command{verb, file("net.snn")};
        if (arrays) {
            command.insert(command.end(), {"--input", "image=" + file("x.npy")});
            if (verb != "run")
                command.insert(command.end(), {"--target", "label=" + file("y.npy")});
        }
        command.insert(command.end(), more.begin(), more.end());
        return tool(command);
    }

    ProcessResult tool(const std::vector<std::string>& command) const {
        return run_snnc(command, {"SNNC_CACHE=" + file("cache")});
    }

 private:
    TemporaryFolder folder_;
};

}  // namespace snnc::test
