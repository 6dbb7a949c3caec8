// `ce` with weights of classes, and what these do to the mean over the batch (language.md 8.5).
#include <fmt/format.h>

#include "frontend/elaborate_expressions.h"

namespace snnc::frontend {

using ir::Op;

/// The weight of the labelled class: one number for all, or `(w0, w1, …)`.
Value Expressions::class_weight(const Argument& weight, const Scores& scores, Names& names) {
    Value weights = value(*weight.value.value, names);
    if (weights.poisoned() || !weights.is_tuple) return weights;
    const auto classes = std::size_t(scores.scores.shape[0]);
    if (weights.tuple.size() != classes) {
        context_.error(Code::ShapeMismatch, weight.range,
                       fmt::format("there are {}, but {}", counted(classes, "class"),
                                   counted(weights.tuple.size(), "weight")));
        return {};
    }
    Value chosen = weights.tuple.back();
    for (std::size_t k = classes - 1; k-- > 0;) {
        const Value is_class =
            apply(context_, Op::Eq, {scores.label, constant(context_, double(k))}, weight.range);
        chosen = apply(context_, Op::Select, {is_class, weights.tuple[k], chosen}, weight.range);
    }
    return chosen;
}

Value Expressions::ce(const Expr& expr, const Callee& callee, Names& names) {
    const auto given = arguments(*callee.name, *callee.call, 2, {"weight", "weighted"});
    if (!given) return {};
    const auto scores = scores_and_label(callee, *given, names);
    const auto weight = given->named.find("weight");
    if (context_.dry > 0) {
        if (weight != given->named.end()) value(*weight->second->value.value, names);
        return constant(context_, 1);
    }
    bool normalized = false;
    if (const auto weighted = given->named.find("weighted"); weighted != given->named.end()) {
        const auto chosen = is_normalized(*weighted->second, names);
        if (!chosen) return {};
        normalized = *chosen;
    }
    if (!scores) return {};
    const Extent where = extent(context_, scores->scores);
    Value entropy = made("ce", {}, {where.per_step, true},
                         ir::CrossEntropy{operand(scores->scores, names, expr.range),
                                          operand(scores->label, names, expr.range)},
                         names, expr.range);
    if (weight == given->named.end()) return entropy;
    const Value factor = class_weight(*weight->second, *scores, names);
    if (factor.poisoned()) return {};
    if (!normalized) return apply(context_, Op::Mul, {factor, entropy}, expr.range);
    // A weight that is the same for all samples leaves the mean as it is.
    if (!extent(context_, factor).per_sample) return entropy;
    const Value share = over_mean_weight(factor, names, expr.range);
    return apply(context_, Op::Mul, {share, entropy}, expr.range);
}

/// `weighted = normalized`, or `plain`, which is what nothing says.
std::optional<bool> Expressions::is_normalized(const Argument& weighted, Names& names) {
    const Name* word = as_word(*weighted.value.value);
    if (!word) {
        context_.error(Code::WrongType, weighted.range,
                       "weighted takes a word, `normalized` or `plain`");
        return std::nullopt;
    }
    const auto handed_on = names.option(word->text);
    const std::string& chosen = handed_on && !handed_on->values ? handed_on->chosen : word->text;
    if (chosen == "normalized" || chosen == "plain") return chosen == "normalized";
    context_.unknown(*word, fmt::format("the losses of a batch are not weighted `{}`", chosen),
                     {"normalized", "plain"});
    return std::nullopt;
}

/// w/(mean weight of the batch): the mean over the batch, which is taken last, then is
/// sum(w*ce)/sum(w), PyTorch's mean of weighted losses.
Value Expressions::over_mean_weight(const Value& weight, Names& names, const SourceRange& range) {
    const ir::TensorId each = materialise(context_, weight, names.prefix() + ".weight", range);
    const Extent same_for_all{extent(context_, weight).per_step, false};
    const Value total = made("weights", {}, same_for_all, ir::SumTo{each}, names, range);
    const Value over_mean =
        apply(context_, Op::Div, {Value(context_.network.pool.leaf(Op::BatchSize)), total}, range);
    return apply(context_, Op::Mul, {read(context_, each), over_mean}, range);
}

}  // namespace snnc::frontend
