// Train blocks and `--loss`: targets, loss, metrics, optimiser (language.md section 5).
#pragma once

#include <set>

#include "frontend/elaborate_networks.h"

namespace snnc::frontend {

/// Names of losses and metrics: targets, and variables of the network over their whole course.
class LossNames : public Names {
 public:
    LossNames(Context& context, NetworkBuilder& network) : context_(context), network_(network) {}
    void add_target(const std::string& name, ir::TensorId tensor) { targets_[name] = tensor; }
    void set_prefix(std::string prefix) { prefix_ = std::move(prefix); }
    Vocabulary vocabulary() const override { return Vocabulary::Loss; }
    std::string prefix() const override { return prefix_; }
    Value member(const Path& path) override;
    std::vector<std::string> candidates() const override;

 private:
    Context& context_;
    NetworkBuilder& network_;
    std::map<std::string, ir::TensorId> targets_;
    std::string prefix_ = "loss";
};

/// The same for dimensions: time courses, weights and targets count as numbers, each in the unit of
/// its declaration, as in files.
class LossDimensions : public DimensionNames {
 public:
    explicit LossDimensions(NetworkBuilder& network) : network_(network) {}
    Dimension member(const Path&) override { return {}; }
    Dimension dt() override { return network_.dimensions().dt(); }
    Place place() const override { return Place::Loss; }

 private:
    NetworkBuilder& network_;
};

class TrainingBuilder {
 public:
    TrainingBuilder(Context& context, Expressions& expressions, NetworkBuilder& network)
        : context_(context),
          expressions_(expressions),
          network_(network),
          names_(context, network),
          dimensions_(network) {}

    /// Sets Network::training.
    void build(const TrainDecl& train);
    /// Of a block that is not built: Network::seed.
    void read_seed(const TrainDecl& train);
    /// As build() for `--loss`.
    void build_loss(const Expr& loss, const std::vector<ExtraTarget>& targets);

 private:
    void declare_target(const TypedName& target);
    void read_setting(const TrainSetting& setting);
    void read_optimizer(const Expr& value);
    void read_optimizer_arguments(const CallSuffix& call, const std::string& name,
                                  const std::vector<std::string>& known);
    void read_optimizer_argument(const std::string& what, const Expr& given);
    void read_betas(const Expr& value, ir::OptimizerConfig& config);
    void read_freeze(const Freeze& freeze);

    // Schedule, clipping and windows (elaborate_schedule.cpp).
    struct SettingCall {
        struct Given {
            Name name;
            double number;
            SourceRange range;
        };
        Name name;
        std::vector<double> positional;
        std::vector<Given> named;
    };
    std::optional<SettingCall> setting_call(const Expr& value, const std::string& example);
    void read_schedule(const TrainSetting& setting);
    void read_segment(const Expr& value, bool last);
    void read_clip(const Expr& value);
    void read_bptt(const Expr& value);

    void read_metric(const TrainSetting& setting);
    bool flag(const Expr& value, const std::string& name);
    void read_precision(const Expr& value);
    void check_numbers(const TrainSetting& setting);
    /// One number for each sample; `name` is "loss", or the metric's.
    ir::TensorId per_sample_number(const Expr& expr, const std::string& name);

    Context& context_;
    Expressions& expressions_;
    NetworkBuilder& network_;
    LossNames names_;
    LossDimensions dimensions_;
    ir::Training training_;
    std::map<std::string, SourceRange> seen_;
    std::set<std::string> meant_;  // settings that a misspelt name may have meant
};

}  // namespace snnc::frontend
