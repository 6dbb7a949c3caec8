#include "frontend/dimension_messages.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "frontend/elaborate_units.h"

namespace snnc::frontend {
namespace {

/// The units in which snnc counts, for what the text gives no unit.
constexpr std::array<std::string_view, 7> coherent_units{"ms", "mV",   "pA", "nS",
                                                         "pF", "GOhm", "cm"};

std::string kind_of(const Dimension& dimension) {
    struct Kind {
        std::string_view unit, name;
    };
    static constexpr std::array<Kind, 8> kinds{{{"ms", "a time"},
                                                {"mV", "a voltage"},
                                                {"pA", "a current"},
                                                {"nS", "a conductance"},
                                                {"GOhm", "a resistance"},
                                                {"pF", "a capacitance"},
                                                {"Hz", "a frequency"},
                                                {"cm", "a length"}}};
    for (const Kind& kind : kinds)
        if (dimension.is_known() && *powers_of_unit(kind.unit) == dimension.powers())
            return std::string(kind.name);
    return "";
}

Dimension dimension_of(std::string_view unit) { return Dimension(*powers_of_unit(unit)); }

std::string power_text(const std::string& base, Rational power) {
    if (power == Rational(1)) return base;
    if (power.denominator == 1) return fmt::format("{}^{}", base, power.numerator);
    if (power.denominator == 2) return fmt::format("{}^{}", base, double(power.numerator) / 2);
    return fmt::format("{}^({}/{})", base, power.numerator, power.denominator);
}

}  // namespace

/// A number with or without a unit, perhaps with a sign.
static const Expr* lone_number(const Expr& expr) {
    if (std::holds_alternative<Number>(expr.node)) return &expr;
    if (const auto* unary = std::get_if<Unary>(&expr.node))
        return unary->op == UnaryOperator::Minus ? lone_number(*unary->operand) : nullptr;
    if (const auto* inner = std::get_if<Parentheses>(&expr.node)) return lone_number(*inner->inner);
    return nullptr;
}

const Expr* bare_number(const Expr& expr) {
    const Expr* number = lone_number(expr);
    return number && std::get<Number>(number->node).unit.empty() ? number : nullptr;
}

void DimensionMessages::note_unit(const std::string& unit) {
    if (std::find(units_.begin(), units_.end(), unit) == units_.end()) units_.push_back(unit);
}

void DimensionMessages::note_unknown(const Dimension& unknown, const std::string& name) {
    unknowns_[unknown.unknowns().begin()->first] = name;
}

// ---- names ---------------------------------------------------------------------------------

/// As one unit, else as a product of two, else of powers of the base quantities; units of the text
/// before others.
std::vector<DimensionMessages::Factor> DimensionMessages::factors(
    const Dimension& dimension) const {
    std::vector<std::string> units = units_;
    for (const std::string_view unit : coherent_units)
        if (std::find(units.begin(), units.end(), unit) == units.end()) units.emplace_back(unit);
    const auto cost = [&](const Factor& factor) {
        const auto place = std::find(units.begin(), units.end(), factor.unit) - units.begin();
        return 4 * std::abs(double(factor.power.numerator) / double(factor.power.denominator)) +
               (place < std::ptrdiff_t(units_.size()) ? 0 : 5) + 0.01 * double(place) +
               (factor.unit.ends_with("Hz") ? 2 : 0);
    };
    const std::array<Rational, 6> powers{Rational(1),  Rational(-1),   Rational(2),
                                         Rational(-2), Rational(1, 2), Rational(-1, 2)};
    std::vector<Factor> best;
    double least = 1e9;
    const auto consider = [&](std::vector<Factor> candidate) {
        double total = 3.0 * double(candidate.size());
        for (const Factor& factor : candidate) total += cost(factor);
        if (total < least) {
            least = total;
            best = std::move(candidate);
        }
    };
    for (const std::string& first : units) {
        for (const Rational p : powers) {
            const Dimension rest = dimension / dimension_of(first).pow(p);
            if (rest.is_number()) consider({{first, p}});
            for (const std::string& second : units)
                for (const Rational q : powers)
                    if (second != first && (rest / dimension_of(second).pow(q)).is_number())
                        consider({{first, p}, {second, q}});
        }
    }
    if (!best.empty()) return best;
    static constexpr std::array<std::string_view, 4> base{"ms", "mV", "pA", "cm"};
    for (std::size_t i = 0; i < base.size(); ++i) {
        if (dimension.powers()[i].zero()) continue;
        std::string name(base[i]);
        for (const std::string& unit : units_)
            if (dimension_of(unit).same(dimension_of(base[i]))) {
                name = unit;
                break;
            }
        best.push_back({name, dimension.powers()[i]});
    }
    return best;
}

std::string DimensionMessages::unit(const Dimension& dimension) const {
    const Dimension known = system_.solved(dimension);
    if (known.is_number() || known.is_any()) return "";
    if (known.written() && !known.written()->unit.empty()) return known.written()->unit;
    std::vector<Factor> all;
    for (const auto& [index, power] : known.unknowns()) {
        const auto name = unknowns_.find(index);
        all.push_back(
            {name == unknowns_.end() ? "(some unit)" : fmt::format("(unit of {})", name->second),
             power});
    }
    const Dimension units(known.powers());
    if (!units.is_number())
        for (Factor& factor : factors(units)) all.push_back(std::move(factor));
    std::string above, below;
    for (const Factor& factor : all) {
        const bool up = factor.power.numerator > 0;
        std::string& side = up ? above : below;
        if (!side.empty()) side += up ? "*" : "/";
        side += power_text(factor.unit, up ? factor.power : -factor.power);
    }
    if (above.empty()) above = "1";
    return below.empty() ? above : above + "/" + below;
}

double DimensionMessages::unit_value(const Dimension& dimension) const {
    const Dimension known = system_.solved(dimension);
    if (!known.is_known() || known.is_number()) return 1;
    if (known.written() && !known.written()->unit.empty())
        return in_coherent_units(1, known.written()->unit).value_or(1);
    double value = 1;
    for (const Factor& factor : factors(known))
        value *= std::pow(in_coherent_units(1, factor.unit).value_or(1),
                          double(factor.power.numerator) / double(factor.power.denominator));
    return value;
}

std::string DimensionMessages::describe(const Dimension& dimension) const {
    const Dimension known = system_.solved(dimension);
    if (known.is_any()) return "anything";
    if (known.is_number()) return "a number";
    const std::string kind = kind_of(known);
    if (kind.empty()) return fmt::format("a quantity in `{}`", unit(known));
    return fmt::format("{} (`{}`)", kind, unit(known));
}

// ---- messages ------------------------------------------------------------------------------

bool DimensionMessages::was_wrong(const SourceRange& range) const {
    return std::find(wrong_.begin(), wrong_.end(), range) != wrong_.end();
}

/// The place that gave it its unit, or the equation from which it follows.
void DimensionMessages::label_origin(DiagnosticBuilder& report, const Dimension& dimension,
                                     const SourceRange& place) const {
    const auto& written = dimension.written();
    if (!written || !written->range.valid() || written->range == place) return;
    const bool inside = written->range.file == place.file && written->range.begin >= place.begin &&
                        written->range.end <= place.end;
    if (!written->unit.empty())
        report.label(
            written->range,
            fmt::format("the {} comes from here",
                        kind_of(dimension).empty() ? "unit" : kind_of(dimension).substr(2)));
    else if (!inside)
        report.label(written->range, fmt::format("this makes it {}", describe(dimension)));
}

/// What would mend it: a unit, a factor that has a name, a factor of a kind.
void DimensionMessages::suggest(DiagnosticBuilder& report, const Misfit& misfit) const {
    const Dimension &got = misfit.got, &wanted = misfit.wanted;
    if (!got.is_known() || !wanted.is_known()) return;
    const std::string wanted_unit = unit(wanted);
    if (const Expr* number = misfit.expr ? bare_number(*misfit.expr) : nullptr) {
        if (wanted_unit.empty() || !powers_of_unit(wanted_unit)) return;
        report.note(fmt::format("did you mean `{}{}`?", text(misfit.range), wanted_unit))
            .edit({number->range.file, number->range.end, number->range.end}, wanted_unit);
        return;
    }
    // A number with its own unit is not meant to be multiplied.
    if (!misfit.expr || lone_number(*misfit.expr)) return;
    const Dimension above = got / wanted, below = wanted / got;
    for (const NamedDimension& name : misfit.names) {
        const Dimension known = system_.solved(name.dimension);
        if (!known.is_known() || known.is_number() || wanted.is_number()) continue;
        if (known.same(above) || known.same(below)) {
            report.note(fmt::format("{} by `{}` it would fit",
                                    known.same(above) ? "divided" : "multiplied", name.name));
            return;
        }
    }
    if (got.same(wanted.pow(-1)) && !got.is_number()) {
        report.note("its inverse, `1/…`, would fit");
    } else if (const std::string kind = kind_of(above); !kind.empty() && kind != "a frequency") {
        report.note(fmt::format("divided by {} it would fit", kind));
    } else if (const std::string factor = kind_of(below);
               !factor.empty() && factor != "a frequency") {
        report.note(fmt::format("multiplied by {} it would fit", factor));
    }
}

void DimensionMessages::report(const Misfit& given, const Sentence& sentence) {
    ++count_;
    if (muted_ > 0) return;
    Misfit misfit = given;
    if (misfit.expr) misfit.range = misfit.expr->range;
    misfit.got = system_.solved(given.got);
    misfit.wanted = system_.solved(given.wanted);
    wrong_.push_back(misfit.range);
    auto report = diagnostics_.report(Code::DimensionMismatch, misfit.range,
                                      sentence(describe(misfit.got), describe(misfit.wanted)));
    for (const Label& label : misfit.labels) report.label(label.range, label.message);
    label_origin(report, misfit.wanted, misfit.range);
    if (!misfit.expr || !lone_number(*misfit.expr)) label_origin(report, misfit.got, misfit.range);
    for (const std::string& note : misfit.notes) report.note(note);
    if (misfit.notes.empty()) suggest(report, misfit);
}

}  // namespace snnc::frontend
