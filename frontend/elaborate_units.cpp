#include "frontend/elaborate_units.h"

#include <array>
#include <cmath>

namespace snnc::frontend {
namespace {

struct BaseUnit {
    std::string_view name;
    int exponent;  // of ten, to the coherent system
    bool time = false;
};

// Longer names first where one is the end of another (`Ohm` before `m`).
constexpr std::array<BaseUnit, 8> base_units{{{"Ohm", -9},
                                              {"\u03A9", -9},
                                              {"Hz", -3, true},
                                              {"s", 3, true},
                                              {"V", 3},
                                              {"A", 12},
                                              {"S", 9},
                                              {"F", 12, true}}};

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

constexpr std::array<BaseUnit, 5> lengths{
    {{"cm", 0}, {"mm", -1}, {"um", -4}, {"\u03BCm", -4}, {"m", 2}}};

std::optional<int> exponent_of(std::string_view unit) {
    for (const BaseUnit& length : lengths)
        if (unit == length.name) return length.exponent;
    for (const BaseUnit& base : base_units) {
        if (!unit.ends_with(base.name)) continue;
        const std::string_view front = unit.substr(0, unit.size() - base.name.size());
        for (const Prefix& prefix : prefixes)
            if (front == prefix.name) return prefix.exponent + base.exponent;
    }
    return std::nullopt;
}

}  // namespace

std::optional<double> in_coherent_units(double value, std::string_view unit) {
    const std::optional<int> exponent = exponent_of(unit);
    if (!exponent) return std::nullopt;
    // Dividing by an exact power of ten rounds once; multiplying by 1e-3 would round twice.
    return *exponent < 0 ? value / std::pow(10.0, -*exponent) : value * std::pow(10.0, *exponent);
}

bool is_unit_of_time(std::string_view unit) {
    if (!exponent_of(unit)) return false;
    for (const BaseUnit& base : base_units)
        if (unit.ends_with(base.name)) return base.time;
    return false;
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
