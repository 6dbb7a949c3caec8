#include "frontend/elaborate_training.h"

#include <fmt/format.h>

#include <algorithm>

#include "frontend/foreign_names.h"

namespace snnc::frontend {

// ---- names ---------------------------------------------------------------------------------

Value LossNames::member(const Path& path) {
    const auto target = targets_.find(path.head.text);
    if (target == targets_.end()) {
        if (!network_.has(path.head.text) && Expressions(context_).is_function(path.head)) {
            context_
                .error(Code::MisplacedFunction, path.head.range,
                       fmt::format("`{}` is a function and takes arguments", path.head.text))
                .note(fmt::format("`{}(…)`", path.head.text));
            return {};
        }
        if (!network_.has(path.head.text) && targets_.empty() &&
            nearest_names(path.head.text, candidates()).empty()) {
            context_
                .error(Code::UnknownName, path.head.range,
                       fmt::format("nothing is called `{}` here", path.head.text))
                .note("a train block declares what it learns by `target label : class[10]`");
            return {};
        }
        if (!network_.has(path.head.text)) {
            context_.unknown(path.head, fmt::format("nothing is called `{}` here", path.head.text),
                             candidates());
            return {};
        }
        const auto tensor = network_.tensor(path, "a loss");
        if (!tensor) return {};
        const double unit = context_.network[*tensor].unit;
        const Value value = read(context_, *tensor);
        return unit == 1
                   ? value
                   : apply(context_, ir::Op::Div, {value, constant(context_, unit)}, path.range);
    }
    if (!path.suffixes.empty()) {
        context_.error(
            Code::NoPast, path.range,
            fmt::format("`{}` is a target and stands without index or member", path.head.text));
        return {};
    }
    return target->second.valid() ? read(context_, target->second) : Value{};
}

std::vector<std::string> LossNames::candidates() const {
    std::vector<std::string> names = network_.names();
    for (const auto& [name, tensor] : targets_) names.push_back(name);
    return names;
}

// ---- the block -----------------------------------------------------------------------------

void TrainingBuilder::build(const TrainDecl& train) {
    training_ = {};
    training_.name = train.name ? train.name->text : train.network.text;
    training_.range = train.network.range;
    training_.batch = 32;
    for (const TrainStatement& statement : train.statements)
        if (const auto* target = std::get_if<Target>(&statement.node))
            declare_target(target->target);
    const Expr* loss = nullptr;
    SourceRange loss_range;
    for (const TrainStatement& statement : train.statements) {
        if (const auto* setting = std::get_if<TrainSetting>(&statement.node))
            read_setting(*setting);
        if (const auto* freeze = std::get_if<Freeze>(&statement.node)) read_freeze(*freeze);
        const auto* given = std::get_if<LossSetting>(&statement.node);
        if (given && loss)
            context_.error(Code::DuplicateName, given->keyword_range, "`loss` is set twice")
                .label(loss_range, "first set here");
        if (given && !loss) {
            loss = given->value.get();
            loss_range = given->keyword_range;
        }
    }
    context_.in_windows = training_.window.has_value();
    if (loss)
        training_.loss = per_sample_number(*loss, "loss");
    else if (!meant_.count("loss"))
        context_.error(Code::MissingSetting, train.network.range, "the train block says no `loss`")
            .note("for example `loss = ce_rate(out.s, label)`");
    if (!seen_.count("optimizer") && !meant_.count("optimizer"))
        context_
            .error(Code::MissingSetting, train.network.range, "the train block says no `optimizer`")
            .note("for example `optimizer = adam(lr = 1e-3)`");
    for (const TrainStatement& statement : train.statements)
        if (const auto* setting = std::get_if<TrainSetting>(&statement.node))
            if (setting->name.text == "metric") read_metric(*setting);
    context_.network.training = training_;
}

void TrainingBuilder::build_loss(const Expr& loss, const std::vector<ExtraTarget>& targets) {
    training_.name = "--loss";
    for (const ExtraTarget& extra : targets) {
        if (network_.has(extra.name)) {
            context_.error(Code::DuplicateName, {},
                           fmt::format("the array `{}` has the name of an element of `{}`",
                                       extra.name, context_.network.name));
            continue;
        }
        ir::Tensor tensor;
        tensor.name = extra.name;
        tensor.shape = extra.shape;
        tensor.per_step = extra.per_step;
        tensor.role = ir::Role::Target;
        if (extra.is_index) tensor.kind = ir::DataKind::Index;
        const ir::TensorId id = context_.add(std::move(tensor));
        training_.targets.push_back(id);
        names_.add_target(extra.name, id);
    }
    training_.loss = per_sample_number(loss, "loss");
    context_.network.training = training_;
}

void TrainingBuilder::declare_target(const TypedName& target) {
    check_not_reserved(target.name, context_.diagnostics);
    const auto [place, is_new] = seen_.emplace("target " + target.name.text, target.name.range);
    if (!is_new || network_.has(target.name.text)) {
        auto report = context_.error(
            Code::DuplicateName, target.name.range,
            is_new ? fmt::format("the network has an element `{}` already", target.name.text)
                   : fmt::format("`{}` is declared twice", target.name.text));
        report.label(is_new ? *network_.place(target.name.text) : place->second,
                     "first declared here");
        names_.add_target(target.name.text, {});
        return;
    }
    ConstantNames constants(context_, "in the train block");
    auto tensor = typed_tensor(context_, expressions_, constants, target);
    if (!tensor) {
        // Something of that name was meant: what reads it need not be reported too.
        names_.add_target(target.name.text, {});
        return;
    }
    tensor->role = ir::Role::Target;
    const ir::TensorId id = context_.add(std::move(*tensor));
    training_.targets.push_back(id);
    names_.add_target(target.name.text, id);
}

ir::TensorId TrainingBuilder::per_sample_number(const Expr& expr, const std::string& name) {
    names_.set_prefix(name);
    const char* what = name == "loss" ? "loss" : "metric";
    context_.dimensions.expressions.number(expr, dimensions_, fmt::format("a {} is", what));
    const Value value = expressions_.value(expr, names_);
    if (value.poisoned()) return {};
    const Extent where = extent(context_, value);
    const auto wrong = [&](const std::string& message, const std::string& note) {
        context_.error(Code::LossNotScalar, expr.range, message).note(note);
        return ir::TensorId{};
    };
    if (value.is_tuple || value.is_class)
        return wrong(fmt::format("the {} must be a number", what),
                     value.is_class
                         ? "`ce(scores, label)` and `accuracy(scores, label)` take labels"
                         : "a tuple stands only where an argument asks for one");
    if (where.per_step)
        return wrong(fmt::format("the {} has a value for each step, not one for the run", what),
                     "`sum_t`, `mean_t`, `max_t`, `last` or `count` leave one for the run");
    if (!value.shape.empty())
        return wrong(fmt::format("the {} has values of shape {} for each sample, not one number",
                                 what, ir::to_string(value.shape)),
                     "`sum`, `mean`, `mse`, `ce` or `l2` leave one number");
    const ir::TensorId result = helper(context_, name, {}, {false, true}, expr.range);
    context_.define(result, ir::Formula{value.expr});
    return result;
}

void TrainingBuilder::read_metric(const TrainSetting& setting) {
    std::string name = "metric";
    if (setting.qualifier) {
        name = setting.qualifier->text;
    } else if (const auto* reference = std::get_if<Reference>(&setting.value->node)) {
        name = reference->path.head.text;  // accuracy(…) is logged as test_accuracy
    }
    for (const ir::Metric& other : training_.metrics)
        if (other.name == name)
            context_
                .error(Code::DuplicateName, setting.value->range,
                       fmt::format("there are two metrics `{}`", name))
                .note("`metric NAME = …` gives it a name");
    const ir::TensorId value = per_sample_number(*setting.value, name);
    if (value.valid()) training_.metrics.push_back({name, value});
}

// ---- settings ------------------------------------------------------------------------------

/// Learning rates, widths of batches and all the others are numbers.
void TrainingBuilder::check_numbers(const TrainSetting& setting) {
    const auto check = [&](const Expr& value) {
        const auto* reference = std::get_if<Reference>(&value.node);
        const auto* call = reference && !reference->path.suffixes.empty()
                               ? std::get_if<CallSuffix>(&reference->path.suffixes.back())
                               : nullptr;
        const std::string what = call ? fmt::format("`{}` takes", reference->path.head.text)
                                      : fmt::format("`{}` is", setting.name.text);
        ExpressionDimensions& expressions = context_.dimensions.expressions;
        if (!call && !as_word(value)) expressions.number(value, dimensions_, what);
        if (call)
            for (const Argument& argument : call->arguments)
                expressions.number(*argument.value.value, dimensions_, what);
    };
    check(*setting.value);
    for (const ExprPtr& next : setting.then) check(*next);
}

bool TrainingBuilder::flag(const Expr& value, const std::string& name) {
    ConstantNames constants(context_, "in the train block");
    const auto given = expressions_.number(value, constants, "`" + name + "`");
    if (given && *given != 0 && *given != 1)
        context_.error(Code::WrongType, value.range,
                       fmt::format("`{}` is `true` or `false`", name));
    return given.value_or(1) != 0;
}

const std::vector<std::string>& train_settings() {
    static const std::vector<std::string> names{
        "metric",    "optimizer", "batch",    "epochs", "seed", "shuffle", "bptt",
        "precision", "drop_last", "schedule", "clip",   "loss", "crop"};
    return names;
}

void TrainingBuilder::read_setting(const TrainSetting& setting) {
    const auto& candidates = train_settings();
    const std::string& name = setting.name.text;
    if (name == "metric") return;
    check_numbers(setting);
    if (std::find(candidates.begin(), candidates.end(), name) == candidates.end()) {
        for (std::string& meant : names_for(name, candidates)) meant_.insert(std::move(meant));
        for (std::string& meant : nearest_names(name, candidates)) meant_.insert(std::move(meant));
        context_.unknown(setting.name, fmt::format("a train block has no setting `{}`", name),
                         candidates);
        return;
    }
    const auto [place, is_new] = seen_.emplace(name, setting.name.range);
    if (!is_new) {
        context_
            .error(Code::DuplicateName, setting.name.range, fmt::format("`{}` is set twice", name))
            .label(place->second, "first set here");
        return;
    }
    ConstantNames constants(context_, "in the train block");
    const Expr& value = *setting.value;
    const auto whole = [&](std::int64_t& number, std::int64_t least) {
        if (const auto given = expressions_.whole(value, constants, "`" + name + "`", least))
            number = *given;
    };
    if (!setting.then.empty() && name != "schedule")
        context_.error(Code::BadSetting, setting.then[0]->range,
                       "only a `schedule` goes on with `then`");
    if (name == "optimizer") return read_optimizer(value);
    if (name == "schedule") return read_schedule(setting);
    if (name == "clip") return read_clip(value);
    if (name == "bptt") return read_bptt(value);
    if (name == "batch") return whole(training_.batch, 1);
    if (name == "epochs") return whole(training_.epochs, 1);
    if (name == "shuffle") {
        training_.shuffle = flag(value, name);
    } else if (name == "drop_last") {
        training_.drop_last = flag(value, name);
    } else if (name == "crop") {
        training_.crop = flag(value, name);
    } else if (name == "seed") {
        std::int64_t seed = 0;
        whole(seed, 0);
        context_.network.seed = std::uint64_t(seed);
    } else if (name == "precision") {
        read_precision(value);
    }
}

void TrainingBuilder::read_seed(const TrainDecl& train) {
    for (const TrainStatement& statement : train.statements) {
        const auto* setting = std::get_if<TrainSetting>(&statement.node);
        if (setting && setting->name.text == "seed") read_setting(*setting);
    }
}

void TrainingBuilder::read_precision(const Expr& value) {
    const Name* word = as_word(value);
    if (word && (word->text == "f32" || word->text == "bf16")) {
        training_.bf16 = word->text == "bf16";
        return;
    }
    const std::string message = "a training has the precision `f32` or `bf16`";
    if (word)
        context_.unknown(*word, message, {"f32", "bf16"});
    else
        context_.error(Code::BadSetting, value.range, message);
}

void TrainingBuilder::read_freeze(const Freeze& freeze) {
    for (const Path& path : freeze.paths) {
        const bool names_only = std::all_of(
            path.suffixes.begin(), path.suffixes.end(),
            [](const Suffix& suffix) { return std::holds_alternative<MemberSuffix>(suffix); });
        if (!names_only) {
            context_.error(Code::NoPast, path.range,
                           "`freeze` takes an element or one of its parameters, as a whole");
            continue;
        }
        const auto parameters = network_.parameters(path);
        const bool known = network_.has(path.head.text) && path.suffixes.empty();
        if (parameters.empty() && !known && !network_.tensor(path, "`freeze`")) continue;
        if (parameters.empty() && !network_.is_broken(path.head.text))
            context_.error(Code::WrongType, path.range,
                           fmt::format("`{}` has no parameter to freeze", path.head.text));
        for (const ir::TensorId parameter : parameters)
            context_.network[parameter].trainable = false;
    }
}

}  // namespace snnc::frontend
