#include "frontend/elaborate_units.h"

#include <array>
#include <cmath>

namespace snnc::frontend {
namespace {

struct BaseUnit {
    std::string_view name;
    int exponent;               // of ten, to the coherent system
    std::array<int, 4> powers;  // by BaseQuantity: of time, voltage, current, length
};

// Longer names first where one is the end of another (`Ohm` before `m`).
constexpr std::array<BaseUnit, 8> base_units{{{"Ohm", -9, {0, 1, -1, 0}},
                                              {"\u03A9", -9, {0, 1, -1, 0}},
                                              {"Hz", -3, {-1, 0, 0, 0}},
                                              {"s", 3, {1, 0, 0, 0}},
                                              {"V", 3, {0, 1, 0, 0}},
                                              {"A", 12, {0, 0, 1, 0}},
                                              {"S", 9, {0, -1, 1, 0}},
                                              {"F", 12, {1, -1, 1, 0}}}};

struct Prefix {
    std::string_view name;
    int exponent;
};
constexpr std::array<Prefix, 11> prefixes{{{"", 0},
                                           {"f", -15},
                                           {"p", -12},
                                           {"n", -9},
                                           {"u", -6},
                                           {"\u03BC", -6},
                                           {"m", -3},
                                           {"k", 3},
                                           {"M", 6},
                                           {"G", 9},
                                           {"T", 12}}};

constexpr std::array<int, 4> length{0, 0, 0, 1};
constexpr std::array<BaseUnit, 5> lengths{{{"cm", 0, length},
                                           {"mm", -1, length},
                                           {"um", -4, length},
                                           {"\u03BCm", -4, length},
                                           {"m", 2, length}}};

struct Unit {
    int exponent;
    std::array<int, 4> powers;
};

std::optional<Unit> find(std::string_view unit) {
    for (const BaseUnit& length : lengths)
        if (unit == length.name) return Unit{length.exponent, length.powers};
    for (const BaseUnit& base : base_units) {
        if (!unit.ends_with(base.name)) continue;
        const std::string_view front = unit.substr(0, unit.size() - base.name.size());
        for (const Prefix& prefix : prefixes)
            if (front == prefix.name) return Unit{prefix.exponent + base.exponent, base.powers};
    }
    return std::nullopt;
}

}  // namespace

std::optional<double> in_coherent_units(double value, std::string_view unit) {
    const auto found = find(unit);
    if (!found) return std::nullopt;
    // Dividing by an exact power of ten rounds once; multiplying by 1e-3 would round twice.
    return found->exponent < 0 ? value / std::pow(10.0, -found->exponent)
                               : value * std::pow(10.0, found->exponent);
}

std::optional<BasePowers> powers_of_unit(std::string_view unit) {
    const auto found = find(unit);
    if (!found) return std::nullopt;
    BasePowers powers;
    for (std::size_t i = 0; i < powers.size(); ++i) powers[i] = found->powers[i];
    return powers;
}

Dimension time_dimension() { return Dimension(*powers_of_unit("ms")); }

bool is_unit_of_time(std::string_view unit) {
    const auto found = find(unit);
    return found && found->powers[int(BaseQuantity::Time)] != 0;
}

std::vector<std::string> unit_names() {
    std::vector<std::string> names;
    for (const BaseUnit& length : lengths) names.emplace_back(length.name);
    for (const BaseUnit& base : base_units)
        for (const Prefix& prefix : prefixes)
            names.push_back(std::string(prefix.name) + std::string(base.name));
    return names;
}

}  // namespace snnc::frontend
