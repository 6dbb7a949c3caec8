// `optimizer = adam(lr = 1e-3, betas = (0.9, 0.999))`: the optimiser of a train block, with
// PyTorch's defaults.
#include <fmt/format.h>

#include <algorithm>

#include "frontend/elaborate_training.h"

namespace snnc::frontend {

void TrainingBuilder::read_optimizer(const Expr& value) {
    using Kind = ir::OptimizerConfig::Kind;
    const auto* reference = std::get_if<Reference>(&value.node);
    const auto callee = reference ? expressions_.callee(reference->path) : Expressions::Callee{};
    const bool plain = reference && !reference->surrogate && !callee.module && !callee.index &&
                       callee.used == reference->path.suffixes.size();
    const std::string name = plain ? callee.name->text : "";
    if (name != "sgd" && name != "adam" && name != "adamw") {
        const Name written{name, plain ? callee.name->range : value.range};
        context_.unknown(written,
                         name.empty() ? "an optimizer is `sgd`, `adam` or `adamw`"
                                      : fmt::format("there is no optimizer `{}`", name),
                         {"sgd", "adam", "adamw"});
        return;
    }
    ir::OptimizerConfig& config = training_.optimizer;
    config.kind = name == "sgd" ? Kind::Sgd : name == "adam" ? Kind::Adam : Kind::AdamW;
    config.learning_rate = 1e-3;
    config.weight_decay = config.kind == Kind::AdamW ? 1e-2 : 0;
    if (!callee.call) return;
    const std::vector<std::string> known =
        config.kind == Kind::Sgd
            ? std::vector<std::string>{"lr", "momentum", "nesterov", "weight_decay"}
            : std::vector<std::string>{"lr", "betas", "eps", "weight_decay"};
    ConstantNames constants(context_, "in the train block");
    std::map<std::string, SourceRange> seen;
    for (const Argument& argument : callee.call->arguments) {
        if (!expressions_.plain(argument)) continue;
        if (!argument.name) {
            const bool first = &argument == &callee.call->arguments.front();
            auto report = context_.error(Code::WrongArguments, argument.range,
                                         fmt::format("`{}` takes its arguments by name", name));
            if (first)
                report.edit({argument.range.file, argument.range.begin, argument.range.begin},
                            "lr = ");
            continue;
        }
        const std::string& what = argument.name->text;
        if (const auto [place, is_new] = seen.emplace(what, argument.name->range); !is_new) {
            context_
                .error(Code::DuplicateName, argument.name->range,
                       fmt::format("the argument `{}` is given twice", what))
                .label(place->second, "first given here");
            continue;
        }
        const Expr& given = *argument.value.value;
        const auto number = [&](double& place, double least) {
            const auto known_value = expressions_.number(given, constants, "`" + what + "`");
            if (known_value && !(*known_value >= least))
                context_.error(Code::OutOfInterval, given.range,
                               fmt::format("`{}` must be at least {}", what, to_text(least)));
            else if (known_value)
                place = *known_value;
        };
        if (std::find(known.begin(), known.end(), what) == known.end())
            context_.unknown(*argument.name, fmt::format("`{}` has no argument `{}`", name, what),
                             known);
        else if (what == "lr")
            number(config.learning_rate, 0);
        else if (what == "momentum")
            number(config.momentum, 0);
        else if (what == "weight_decay")
            number(config.weight_decay, 0);
        else if (what == "eps")
            number(config.epsilon, 0);
        else if (what == "nesterov")
            config.nesterov = flag(given, what);
        else
            read_betas(given, config);
    }
    if (config.nesterov && config.momentum == 0)
        context_.error(Code::BadSetting, value.range, "`nesterov` needs a `momentum`");
}

void TrainingBuilder::read_betas(const Expr& given, ir::OptimizerConfig& config) {
    ConstantNames constants(context_, "in the train block");
    const Value betas = expressions_.value(given, constants);
    if (betas.poisoned()) return;
    std::vector<double> numbers;
    for (const Value& beta : betas.tuple)
        if (const auto known = frontend::number(context_, beta)) numbers.push_back(*known);
    const bool sound =
        numbers.size() == 2 && betas.tuple.size() == 2 &&
        std::all_of(numbers.begin(), numbers.end(), [](double b) { return b >= 0 && b < 1; });
    if (!sound) {
        context_.error(Code::WrongType, given.range,
                       "`betas` are two numbers in [0, 1), `(0.9, 0.999)`");
        return;
    }
    config.beta1 = numbers[0];
    config.beta2 = numbers[1];
}

}  // namespace snnc::frontend
