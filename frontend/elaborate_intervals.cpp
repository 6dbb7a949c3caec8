// Intervals of parameters, `in [a, b]`: their bounds, and values that lie outside.
#include <fmt/format.h>

#include <utility>

#include "frontend/elaborate_expressions.h"

namespace snnc::frontend {

std::optional<Bounds> Expressions::bounds(const Interval& interval, Names& names) {
    const bool outer = std::exchange(reads_bound_, true);
    const auto low = number(*interval.low, names, "the bound of an interval");
    const auto high = number(*interval.high, names, "the bound of an interval");
    reads_bound_ = outer;
    if (!low || !high) return std::nullopt;
    const DimensionMessages& dimensions = context_.dimensions.messages;
    if (dimensions.was_wrong(interval.low->range) || dimensions.was_wrong(interval.high->range))
        return std::nullopt;
    if (*low > *high) {
        context_.error(
            Code::OutOfInterval, interval.range,
            fmt::format("the interval from {} to {} is empty", to_text(*low), to_text(*high)));
        return std::nullopt;
    }
    return Bounds{*low, *high};
}

void Expressions::check_interval(double value, const Bounds& bounds, const Interval& interval,
                                 const std::string& name, const SourceRange& range) {
    if (value >= bounds.low && value <= bounds.high) return;
    context_
        .error(Code::OutOfInterval, range,
               fmt::format("`{}` must lie in [{}, {}], and {} does not", name, to_text(bounds.low),
                           to_text(bounds.high), to_text(value)))
        .label(interval.range, "the interval stands here");
}

Value Expressions::inside(const Value& value, const Default& parameter, Names& names,
                          const SourceRange& range) {
    if (!parameter.interval || context_.dry > 0) return value;
    const auto known = value.poisoned() ? std::nullopt : frontend::number(context_, value);
    if (!known) return value;
    const auto limits = bounds(*parameter.interval, names);
    if (!limits) return {};
    check_interval(*known, *limits, *parameter.interval, parameter.name.text, range);
    return *known >= limits->low && *known <= limits->high ? value : Value{};
}

}  // namespace snnc::frontend
