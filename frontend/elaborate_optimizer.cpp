// `optimizer = adam(lr = 1e-3, betas = (0.9, 0.999))`: the optimiser of a train block, with
// PyTorch's defaults.
#include <fmt/format.h>

#include <algorithm>

#include "frontend/elaborate_training.h"

namespace snnc::frontend {

namespace {

using Config = ir::OptimizerConfig;

struct OptimizerRow {
    const char* name;
    Config::Kind kind;
    double learning_rate, weight_decay, epsilon;  // PyTorch's defaults
    std::vector<std::string> arguments;
};

const std::vector<OptimizerRow>& optimizers() {
    using Kind = Config::Kind;
    static const std::vector<OptimizerRow> rows{
        {"sgd", Kind::Sgd, 1e-3, 0, 0, {"lr", "momentum", "nesterov", "dampening", "weight_decay"}},
        {"adam", Kind::Adam, 1e-3, 0, 1e-8, {"lr", "betas", "eps", "amsgrad", "weight_decay"}},
        {"adamw", Kind::AdamW, 1e-3, 1e-2, 1e-8, {"lr", "betas", "eps", "amsgrad", "weight_decay"}},
        {"adamax", Kind::Adamax, 2e-3, 0, 1e-8, {"lr", "betas", "eps", "weight_decay"}},
        {"rmsprop",
         Kind::RmsProp,
         1e-2,
         0,
         1e-8,
         {"lr", "alpha", "eps", "momentum", "centered", "weight_decay"}},
        {"adagrad",
         Kind::Adagrad,
         1e-2,
         0,
         1e-10,
         {"lr", "lr_decay", "eps", "initial_accumulator_value", "weight_decay"}},
    };
    return rows;
}

const OptimizerRow* optimizer_named(const std::string& name) {
    const auto& rows = optimizers();
    const auto found = std::find_if(rows.begin(), rows.end(),
                                    [&](const OptimizerRow& row) { return row.name == name; });
    return found == rows.end() ? nullptr : &*found;
}

/// Where an argument that is a number goes.
double* number_of(Config& config, const std::string& argument) {
    const std::pair<const char*, double*> places[] = {
        {"lr", &config.learning_rate},    {"momentum", &config.momentum},
        {"dampening", &config.dampening}, {"weight_decay", &config.weight_decay},
        {"eps", &config.epsilon},         {"alpha", &config.alpha},
        {"lr_decay", &config.rate_decay}, {"initial_accumulator_value", &config.first_square},
    };
    for (const auto& [name, place] : places)
        if (argument == name) return place;
    return nullptr;
}

bool* flag_of(Config& config, const std::string& argument) {
    if (argument == "nesterov") return &config.nesterov;
    if (argument == "amsgrad") return &config.amsgrad;
    return argument == "centered" ? &config.centered : nullptr;
}

}  // namespace

void TrainingBuilder::read_optimizer(const Expr& value) {
    const auto* reference = std::get_if<Reference>(&value.node);
    const auto callee = reference ? expressions_.callee(reference->path) : Expressions::Callee{};
    const bool plain = reference && !reference->surrogate && !callee.module && !callee.index &&
                       callee.used == reference->path.suffixes.size();
    const std::string name = plain ? callee.name->text : "";
    const OptimizerRow* row = optimizer_named(name);
    if (row == nullptr) {
        std::vector<std::string> known;
        for (const OptimizerRow& other : optimizers()) known.emplace_back(other.name);
        const Name written{name, plain ? callee.name->range : value.range};
        context_.unknown(written,
                         name.empty() ? "an optimizer is written `adam(lr = 1e-3)`"
                                      : fmt::format("there is no optimizer `{}`", name),
                         known);
        return;
    }
    Config& config = training_.optimizer;
    config.kind = row->kind;
    config.learning_rate = row->learning_rate;
    config.weight_decay = row->weight_decay;
    config.epsilon = row->epsilon;
    if (callee.call) read_optimizer_arguments(*callee.call, name, row->arguments);
    if (config.nesterov && config.momentum == 0)
        context_.error(Code::BadSetting, value.range, "`nesterov` needs a `momentum`");
    if (config.nesterov && config.dampening != 0)
        context_.error(Code::BadSetting, value.range, "`nesterov` allows no `dampening`");
}

void TrainingBuilder::read_optimizer_arguments(const CallSuffix& call, const std::string& name,
                                               const std::vector<std::string>& known) {
    std::map<std::string, SourceRange> seen;
    for (const Argument& argument : call.arguments) {
        if (!expressions_.plain(argument)) continue;
        if (!argument.name) {
            const bool first = &argument == &call.arguments.front();
            auto report = context_.error(Code::WrongArguments, argument.range,
                                         fmt::format("`{}` takes its arguments by name", name));
            if (!std::holds_alternative<Number>(argument.value.value->node))
                report.note("all that is learned is trained; `freeze fc1` keeps a layer as it is");
            else if (first)
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
        if (std::find(known.begin(), known.end(), what) == known.end())
            context_.unknown(*argument.name, fmt::format("`{}` has no argument `{}`", name, what),
                             known);
        else
            read_optimizer_argument(what, *argument.value.value);
    }
}

void TrainingBuilder::read_optimizer_argument(const std::string& what, const Expr& given) {
    Config& config = training_.optimizer;
    if (bool* place = flag_of(config, what)) {
        *place = flag(given, what);
        return;
    }
    double* place = number_of(config, what);
    if (place == nullptr) return read_betas(given, config);
    ConstantNames constants(context_, "in the train block");
    const auto known = expressions_.number(given, constants, "`" + what + "`");
    if (known && !(*known >= 0))
        context_.error(Code::OutOfInterval, given.range,
                       fmt::format("`{}` must be at least 0", what));
    else if (known)
        *place = *known;
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
