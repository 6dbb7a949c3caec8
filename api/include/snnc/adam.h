// Adam as compiled code over memory of the caller: one pass over each array.
#pragma once

#include <snnc/export.h>

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace snnc::api {

/// As torch.optim.Adam has them; `decoupled_weight_decay` makes it AdamW.
struct AdamOptions {
    double beta1 = 0.9, beta2 = 0.999, epsilon = 1e-8, weight_decay = 0;
    bool decoupled_weight_decay = false;
    int threads = 0;  // as ModelOptions has them
    std::optional<std::string> cache;
};

/// A parameter with its gradient and what Adam keeps of it, which begins as zeros. The order of the
/// elements is the same in all four, and free.
struct AdamArrays {
    std::span<float> parameter;
    std::span<const float> gradient;
    std::span<float> mean, mean_square;  // "exp_avg", "exp_avg_sq" of PyTorch
};

/// The update equations of a train block's `adam` (Kingma and Ba, 2015, in PyTorch's order of
/// operations) for programs that train a model by gradients from elsewhere.
class SNNC_API Adam {
 public:
    /// For parameters of so many elements each. Error for none, for a number below 1, for betas
    /// outside of [0, 1) and for negative `epsilon` or `weight_decay`.
    explicit Adam(std::vector<std::int64_t> sizes, const AdamOptions& options = {});
    ~Adam();
    Adam(Adam&&) noexcept;
    Adam& operator=(Adam&&) noexcept;

    /// Update `number`, from 1, in place. Error, and nothing is changed, for another number of
    /// arrays or elements, or a learning rate that is not finite.
    void update(std::int64_t number, double learning_rate, const std::vector<AdamArrays>& arrays);

    struct Data;  // of snnc itself

 private:
    std::unique_ptr<Data> data_;
};

}  // namespace snnc::api
