#include <cmath>

#include "tests/random/program.h"

namespace snnc::test {

const char* const helper_declarations =
    "fn blend(a, b) = 0.75*a - 0.25*b\n"
    "fn bump(x) = exp(-x^2)\n"
    "fn twice(x) = blend(bump(x), x)\n"
    "surrogate hat(x; height = 1, width = 2) = if abs(x) < width { height*(1 - abs(x)/width) } "
    "else { 0 }\n";

std::string number_as_text(double value) {
    char text[32];
    std::snprintf(text, sizeof text, "%.4g", std::abs(value));
    std::string result = text;
    if (result.find('e') == std::string::npos && result.find('.') == std::string::npos)
        result += ".0";
    return value < 0 ? "(-" + result + ")" : result;
}

std::string any_surrogate(Dice& dice) {
    static const std::vector<std::string> all{
        "atan",
        "atan(alpha = 3)",
        "fast_sigmoid(slope = 5)",
        "sigmoid(slope = 4)",
        "straight_through",
        "triangular(width = 1.5)",
        "triangular_snntorch(threshold = 0.5)",
        "heaviside",
        "spike_rate_escape(beta = 1, slope = 2)",
        "lso(slope = 0.2)",
        "sfs(slope = 3, B = 1)",
        "sfs_snntorch(slope = 3, B = 0.5)",
        "boxcar(w = 0.75)",
        "gaussian(sigma = 0.6)",
        "piecewise_linear(w = 1.25)",
        "hat(height = 0.8)",
    };
    return dice.of(all);
}

namespace {

using One = double (*)(double);
using Two = double (*)(double, double);

Term apply(const std::string& before, const Term& x, const std::string& after, One meaning) {
    return {before + x.text + after,
            [x, meaning](const Place& at) { return meaning(x.value(at)); }};
}

Term apply(const std::string& before, const Term& x, const std::string& between, const Term& y,
           const std::string& after, Two meaning) {
    return {before + x.text + between + y.text + after, [x, y, meaning](const Place& at) {
                const double a = x.value(at);
                return meaning(a, y.value(at));
            }};
}

}  // namespace

Term Terms::any(int depth) {
    if (depth == 0) return leaves_[std::size_t(dice_.below(int(leaves_.size())))];
    switch (dice_.below(flavour_ == Flavour::Smooth ? 8 : 11)) {
        case 0:
        case 1:
        case 2:
        case 3: return smooth(depth - 1);
        case 4: return branches(depth - 1);
        case 5: return edgy(depth - 1);
        case 6: return over_cells(depth - 1);
        case 7: return user_function(depth - 1);
        default: return spiking(depth - 1);
    }
}

Term Terms::bounded(int depth) {
    const Term x = any(depth);
    switch (dice_.below(4)) {
        case 0: return apply("sin(", x, ")", [](double a) { return std::sin(a); });
        case 1:
            return apply("clip(", x, ", -1, 1)",
                         [](double a) { return std::min(std::max(a, -1.0), 1.0); });
        default: return apply("tanh(", x, ")", [](double a) { return std::tanh(a); });
    }
}

Term Terms::smooth(int depth) {
    const Term x = any(depth);
    const auto y = [&] { return any(depth); };
    switch (dice_.below(22)) {
        case 0: return apply("(", x, " + ", y(), ")", [](double a, double b) { return a + b; });
        case 1: return apply("(", x, " - ", y(), ")", [](double a, double b) { return a - b; });
        case 2: return apply("", x, "*", y(), "", [](double a, double b) { return a * b; });
        case 3: return apply("(-", x, ")", [](double a) { return -a; });
        case 4:
            return apply("(", x, ")/(1.0 + (", y(), ")^2)",
                         [](double a, double b) { return a / (1 + b * b); });
        case 5: return apply("(0.5*", x, ")^3", [](double a) { return std::pow(0.5 * a, 3); });
        case 6:
            return apply("(1.0 + (", x, ")^2)^0.7",
                         [](double a) { return std::pow(1 + a * a, 0.7); });
        case 7:
            return apply("2.0^tanh(", x, ")", [](double a) { return std::pow(2, std::tanh(a)); });
        case 8:
            return apply("sqrt(1 + (", x, ")^2)", [](double a) { return std::sqrt(1 + a * a); });
        case 9: return apply("exp(tanh(", x, "))", [](double a) { return std::exp(std::tanh(a)); });
        case 10:
            return apply("ln(1.5 + (", x, ")^2)", [](double a) { return std::log(1.5 + a * a); });
        case 11:
            return apply("log10(2 + (", x, ")^2)", [](double a) { return std::log10(2 + a * a); });
        case 12: return apply("log1p((", x, ")^2)", [](double a) { return std::log1p(a * a); });
        case 13:
            return apply("expm1(sin(", x, "))", [](double a) { return std::expm1(std::sin(a)); });
        case 14: return apply("cos(", x, ")", [](double a) { return std::cos(a); });
        case 15:
            return apply("tan(0.5*tanh(", x, "))",
                         [](double a) { return std::tan(0.5 * std::tanh(a)); });
        case 16: return apply("sigmoid(", x, ")", [](double a) { return 1 / (1 + std::exp(-a)); });
        case 17:
            return apply("softplus(", x, ")", [](double a) { return std::log1p(std::exp(a)); });
        case 18:
            return apply("(1.25 + tanh(", x, "))^tanh(", y(), ")", [](double a, double b) {
                return std::pow(1.25 + std::tanh(a), std::tanh(b));
            });
        case 19:
            return apply("1/(2 + sin(", x, "))", [](double a) { return 1 / (2 + std::sin(a)); });
        case 20: return apply("2.0^-1*", x, "", [](double a) { return 0.5 * a; });
        default: return bounded(depth);
    }
}

Term Terms::edgy(int depth) {
    const Term x = any(depth);
    const auto y = [&] { return any(depth); };
    switch (dice_.below(9)) {
        case 0:
            return apply("min(", x, ", ", y(), ")",
                         [](double a, double b) { return std::min(a, b); });
        case 1:
            return apply("max(", x, ", ", y(), ")",
                         [](double a, double b) { return std::max(a, b); });
        case 2: return apply("abs(", x, ")", [](double a) { return std::abs(a); });
        case 3: return apply("relu(", x, ")", [](double a) { return std::max(a, 0.0); });
        case 4: return apply("floor(2*", x, ")", [](double a) { return std::floor(2 * a); });
        case 5:
            return apply("0.5*round(2*", x, ")",
                         [](double a) { return 0.5 * std::nearbyint(2 * a); });
        case 6: return apply("ceil(", x, ")", [](double a) { return std::ceil(a); });
        case 7:
            return apply("sign(", x, ")", [](double a) { return double(a > 0) - double(a < 0); });
        default: return apply("step(", x, ")", [](double a) { return double(a > 0); });
    }
}

Term Terms::condition(int depth) {
    const auto x = [&] { return any(depth); };
    const auto c = [&] { return condition(depth - 1); };
    switch (dice_.below(depth > 0 ? 7 : 4)) {
        case 0:
            return apply("(", x(), " < ", x(), ")",
                         [](double a, double b) { return double(a < b); });
        case 1:
            return apply("(", x(), " <= ", x(), ")",
                         [](double a, double b) { return double(a <= b); });
        case 2:
            return apply("(", x(), " > ", x(), ")",
                         [](double a, double b) { return double(a > b); });
        case 3:
            return apply("(", x(), " >= ", x(), ")",
                         [](double a, double b) { return double(a >= b); });
        case 4:
            return apply("(", c(), " and ", c(), ")",
                         [](double a, double b) { return double(a != 0 && b != 0); });
        case 5:
            return apply("(", c(), " or ", c(), ")",
                         [](double a, double b) { return double(a != 0 || b != 0); });
        default: return apply("(not ", c(), ")", [](double a) { return double(a == 0); });
    }
}

Term Terms::branches(int depth) {
    if (!options_.empty() && dice_.one_in(2)) {
        const Option& option = dice_.of(options_);
        if (option.values == std::vector<std::string>{"false", "true"} && dice_.one_in(2)) {
            const Term a = any(depth), b = any(depth);
            return {"(if " + option.name + " { " + a.text + " } else { " + b.text + " })",
                    [a, b, name = option.name](const Place& at) {
                        return at.use.options.at(name) == "true" ? a.value(at) : b.value(at);
                    }};
        }
        std::string text = "(match " + option.name + " {";
        std::map<std::string, Term> arms;
        for (const std::string& value : option.values) {
            arms[value] = any(depth);
            text += (arms.size() > 1 ? "; " : " ") + value + " => " + arms[value].text;
        }
        return {text + " })", [arms, name = option.name](const Place& at) {
                    return arms.at(at.use.options.at(name)).value(at);
                }};
    }
    const Term c = condition(depth), a = any(depth), b = any(depth);
    return {"(if " + c.text + " { " + a.text + " } else { " + b.text + " })",
            [c, a, b](const Place& at) { return c.value(at) != 0 ? a.value(at) : b.value(at); }};
}

Term Terms::over_cells(int depth) {
    if (!reads_other_cells_) return smooth(depth);
    // The tanh reads a state or an input, so that the argument has the population's shape.
    const Term x = leaves_[0];
    const Term inner = any(depth);
    const Term y{"(" + x.text + " + 0.5*" + inner.text + ")",
                 [x, inner](const Place& at) { return x.value(at) + 0.5 * inner.value(at); }};
    const auto sum = [y](const Place& at) {
        double total = 0;
        for (int e = 0; e < elements_of(at.use.shape); ++e)
            total += y.value({at.model, at.use, {at.at.step, at.at.sample, e}});
        return total;
    };
    switch (dice_.below(3)) {
        case 0: return {"0.25*sum" + y.text, [sum](const Place& at) { return 0.25 * sum(at); }};
        case 1:
            return {"mean" + y.text,
                    [sum](const Place& at) { return sum(at) / elements_of(at.use.shape); }};
        default:
            return {"winner" + y.text, [y](const Place& at) {
                        int best = 0;
                        double largest = 0;
                        for (int e = 0; e < elements_of(at.use.shape); ++e) {
                            const double value =
                                y.value({at.model, at.use, {at.at.step, at.at.sample, e}});
                            if (e == 0 || value > largest) best = e, largest = value;
                        }
                        return double(best == at.at.element);
                    }};
    }
}

Term Terms::user_function(int depth) {
    const Term x = any(depth);
    const auto bump = [](double a) { return std::exp(-(a * a)); };
    switch (dice_.below(3)) {
        case 0:
            return apply("blend(", x, ", ", any(depth), ")",
                         [](double a, double b) { return 0.75 * a - 0.25 * b; });
        case 1: return apply("bump(", x, ")", bump);
        default:
            return apply("twice(", x, ")",
                         [](double a) { return 0.75 * std::exp(-(a * a)) - 0.25 * a; });
    }
}

Term Terms::spike(int depth) {
    const Term x = any(depth);
    const std::string pinned = dice_.one_in(3) ? " surrogate " + any_surrogate(dice_) : "";
    return {"spike(" + x.text + " - 0.31)" + pinned,
            [x](const Place& at) { return double(x.value(at) - 0.31 > 0); }};
}

Term Terms::spiking(int depth) {
    const Term x = any(depth);
    switch (dice_.below(3)) {
        case 0: return apply("detach(", x, ")", [](double a) { return a; });
        case 1: return condition(depth);
        default: {
            const Term s = spike(depth);
            return {"(" + s.text + ")", s.value};
        }
    }
}

}  // namespace snnc::test
