// --data, --input, --target and their test counterparts: the samples of train and eval.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "driver/samples.h"

namespace snnc::driver {

struct DataOptions {
    std::string data, test_data;
    std::vector<std::string> inputs, targets, test_inputs, test_targets;

    /// `testing`: for eval, which has no training part.
    void add_to(CLI::App& verb, bool testing = false);
};

struct TrainingData {
    SampleSet train;
    std::optional<SampleSet> test;
    std::int64_t steps = 1;  // of a run
};

/// Both parts, checked against the network. Without options the data set is Fashion-MNIST.
TrainingData load_data(Session& session, const ir::Network& network, const DataOptions& options);

/// The part that eval measures: the test part of the data set, or the arrays.
TrainingData load_test_data(Session& session, const ir::Network& network,
                            const DataOptions& options);

}  // namespace snnc::driver
