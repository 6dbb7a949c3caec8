// Text in, network out, run in double precision by the interpreter: for tests of what the text
// means.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "frontend/elaborate.h"
#include "ir/autodiff/differentiate.h"

namespace snnc::frontend::test {

using Numbers = std::vector<double>;
using Named = std::map<std::string, Numbers>;

/// A text that has been elaborated. Without mistakes `messages` is empty.
class TextRun {
 public:
    /// With `loss`, as `--loss` of the command line.
    explicit TextRun(const std::string& text, const std::string& loss = "");

    const ir::Network& network() const { return network_; }
    /// "E0301 at `b`: shapes …", one for each diagnostic, in the order of the text.
    const std::vector<std::string>& messages() const { return messages_; }

    /// The formula of a tensor, "v[t] = …"; "" if it has none.
    std::string formula(const std::string& name) const;

    /// Runs with one sample and returns the values of the tensors. `given`: inputs, and parameters
    /// that should not have their first value.
    Named run(std::int64_t steps, const Named& given, const std::vector<std::string>& wanted) const;

    /// The values of the loss's gradient at parameters, inputs or initial values.
    Named gradients(std::int64_t steps, const Named& given,
                    const std::vector<std::string>& wrt) const;

    /// Expects the gradient to be what central differences of the loss say.
    void expect_gradient(std::int64_t steps, const Named& given, const std::string& wrt,
                         double relative_error = 1e-6) const;

 private:
    ir::Network network_;
    std::vector<std::string> messages_;
};

}  // namespace snnc::frontend::test
