// Draws: how stored values are drawn, and the formulas of random numbers in a run (language.md 2
// and 8.4; docs/decisions/0005-draws-are-functions.md).
#include <fmt/format.h>

#include <cmath>

#include "frontend/elaborate_expressions.h"

namespace snnc::frontend {

using ir::Op;

bool is_draw(const std::string& name) {
    return name == "uniform" || name == "normal" || name == "bernoulli" || name == "poisson";
}

const CallSuffix* as_draw(const Expr& expr) {
    const auto* reference = std::get_if<Reference>(&expr.node);
    if (!reference || !is_draw(reference->path.head.text) || reference->path.suffixes.size() != 1 ||
        reference->surrogate)
        return nullptr;
    return std::get_if<CallSuffix>(&reference->path.suffixes[0]);
}

std::optional<ir::Initialiser> Expressions::drawn(const Expr& draw, Names& names) {
    const Path& path = std::get<Reference>(draw.node).path;
    const std::string& name = path.head.text;
    if (name != "uniform" && name != "normal") {
        context_.error(
            Code::WrongType, draw.range,
            fmt::format("a stored value is drawn by `uniform` or `normal`, not by `{}`", name));
        return std::nullopt;
    }
    const auto given = arguments(path.head, *as_draw(draw), 2, {});
    if (!given) return std::nullopt;
    const bool uniform = name == "uniform";
    const auto a =
        number(*given->positional[0]->value.value, names, uniform ? "a bound" : "the mean");
    const auto b = number(*given->positional[1]->value.value, names,
                          uniform ? "a bound" : "the standard deviation");
    if (!a || !b) return std::nullopt;
    if (uniform ? *b < *a : *b < 0) {
        context_.error(Code::OutOfInterval, draw.range,
                       uniform ? "the upper bound lies below the lower one"
                               : "a standard deviation is not negative");
        return std::nullopt;
    }
    return ir::Initialiser{uniform ? ir::Initialiser::Kind::Uniform : ir::Initialiser::Kind::Normal,
                           *a, *b};
}

// ---- random numbers of a run ---------------------------------------------------------------

namespace {

/// For each element its own number in [0, 1).
Value uniform_number(Context& context, ir::Stream stream, const ir::Shape& shape) {
    ir::Network& network = context.network;
    return {network.pool.uniform(network.add(std::move(stream))), shape};
}

Value added(Context& context, const Value& a, const Value& b, const SourceRange& range) {
    return number(context, a) == 0 ? b : apply(context, Op::Add, {a, b}, range);
}

}  // namespace

/// Distributions are known by their arguments; what a constant argument may be is checked.
std::optional<std::vector<Value>> Expressions::draw_arguments(const Expr& draw, Names& names) {
    const Path& path = std::get<Reference>(draw.node).path;
    const std::string& name = path.head.text;
    const std::size_t count = name == "uniform" || name == "normal" ? 2 : 1;
    const auto given = arguments(path.head, *as_draw(draw), count, {});
    if (!given) return std::nullopt;
    std::vector<Value> values;
    bool sound = true;
    for (const Argument* argument : given->positional) {
        values.push_back(number_value(*argument->value.value, names));
        sound = sound && !values.back().poisoned();
    }
    if (!sound) return std::nullopt;
    const auto refuse = [&](const std::string& message) {
        context_.error(Code::OutOfInterval, given->positional.back()->range, message);
        return std::nullopt;
    };
    const auto last = frontend::number(context_, values.back());
    if (!last) return values;
    if (name == "bernoulli" && !(*last >= 0 && *last <= 1))
        return refuse(fmt::format("a chance lies in [0, 1], and {} does not", to_text(*last)));
    if (name == "normal" && *last < 0) return refuse("a standard deviation is not negative");
    if (name == "poisson" && *last < 0) return refuse("the mean of a count is not negative");
    const auto first = frontend::number(context_, values.front());
    if (name == "uniform" && first && *last < *first)
        return refuse("the upper bound lies below the lower one");
    return values;
}

Value Expressions::draw(const Expr& expr, Names& names, ir::Stream stream, const ir::Shape& shape) {
    if (!as_draw(expr)) {
        context_.error(Code::MisplacedDraw, expr.range,
                       "behind `~` stands one draw: `bernoulli(p)`, `normal(mean, sd)`, "
                       "`uniform(low, high)` or `poisson(mean)`");
        return {};
    }
    const std::string name = std::get<Reference>(expr.node).path.head.text;
    const auto given = draw_arguments(expr, names);
    if (!given) return {};
    const SourceRange& range = expr.range;
    const Value& first = given->front();
    const Value& last = given->back();
    const Value u = uniform_number(context_, std::move(stream), shape);
    if (name == "bernoulli") return apply(context_, Op::Lt, {u, first}, range);
    if (name == "uniform") {
        const Value width = frontend::number(context_, first) == 0
                                ? last
                                : apply(context_, Op::Sub, {last, first}, range);
        return added(context_, first, apply(context_, Op::Mul, {width, u}, range), range);
    }
    if (name == "normal") {
        const Value z = apply(context_, Op::NormalQuantile, {u}, range);
        return added(context_, first, apply(context_, Op::Mul, {last, z}, range), range);
    }
    const Value none = apply(context_, Op::Exp, {apply(context_, Op::Neg, {first}, range)}, range);
    return apply(context_, Op::PoissonQuantile, {u, first, none}, range);
}

Value white_noise(Context& context, const std::string& variable, const ir::Shape& shape,
                  const SourceRange& range) {
    const Value u =
        uniform_number(context, {variable + ".xi", runtime::Purpose::Noise, true}, shape);
    const Value z = apply(context, Op::NormalQuantile, {u}, range);
    const Value scale = constant(context, std::sqrt(context.network.dt));
    return apply(context, Op::Div, {z, scale}, range);
}

}  // namespace snnc::frontend
