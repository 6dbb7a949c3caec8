// Intervals of parameters, `in [a, b]`: their bounds, and values that lie outside.
#include <fmt/format.h>

#include <utility>

#include "frontend/elaborate_expressions.h"
#include "frontend/written_number.h"

namespace snnc::frontend {

namespace {

std::string low_text(const Interval& interval, double low, const Expr* value = nullptr) {
    return written_number(low, {interval.low.get(), interval.high.get(), value});
}
std::string high_text(const Interval& interval, double high, const Expr* value = nullptr) {
    return written_number(high, {interval.high.get(), interval.low.get(), value});
}

}  // namespace

ir::CheckedPort checked_port(ir::TensorId port, double low, double high, const Interval& interval) {
    ir::CheckedPort checked{port, low, high, interval.range};
    auto unit = written_unit(*interval.low);
    if (!unit) unit = written_unit(*interval.high);
    if (unit) {
        checked.unit_name = unit->name;
        checked.unit = unit->size;
    }
    return checked;
}

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
        context_.error(Code::OutOfInterval, interval.range,
                       fmt::format("the interval from {} to {} is empty", low_text(interval, *low),
                                   high_text(interval, *high)));
        return std::nullopt;
    }
    return Bounds{*low, *high};
}

void Expressions::check_interval(double value, const Bounds& bounds, const Interval& interval,
                                 const std::string& name, const Expr& written) {
    if (value >= bounds.low && value <= bounds.high) return;
    context_
        .error(
            Code::OutOfInterval, written.range,
            fmt::format("`{}` must lie in [{}, {}], and {} does not", name,
                        low_text(interval, bounds.low, &written),
                        high_text(interval, bounds.high, &written),
                        written_number(value, {&written, interval.high.get(), interval.low.get()})))
        .label(interval.range, "the interval stands here");
}

Value Expressions::inside(const Value& value, const Default& parameter, Names& names,
                          const Expr& written) {
    if (!parameter.interval || context_.dry > 0) return value;
    const auto known = value.poisoned() ? std::nullopt : frontend::number(context_, value);
    if (!known) return value;
    const auto limits = bounds(*parameter.interval, names);
    if (!limits) return {};
    check_interval(*known, *limits, *parameter.interval, parameter.name.text, written);
    return *known >= limits->low && *known <= limits->high ? value : Value{};
}

}  // namespace snnc::frontend
