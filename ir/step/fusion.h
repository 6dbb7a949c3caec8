// Third stage of lowering: units become groups, the tasks of the program.
//
// List scheduling: units are placed one after the other as their needs are met. A scan joins a
// group that is already there where that breaks no dependency; a new group goes to the end. The
// order of the groups is the order of the program, so no choice can ever close a circle.
#pragma once

#include <optional>
#include <vector>

#include "ir/step/units.h"

namespace snnc::ir::step {

struct Group {
    Unit::Kind kind = Unit::Kind::Operator;  // Operator, Scan, Loop
    bool steps = false;
    std::optional<Order> order;
    Space space;
    std::vector<std::uint32_t> units;  // what is read comes before its reader
};

struct Groups {
    std::vector<Group> groups;
    std::vector<std::uint32_t> of_unit;
};

/// Units must come in dependency order. A held product comes as early as it can, an operator over
/// steps as late as it can, so that scans meet.
Groups fuse(const std::vector<Unit>& units);

/// Moves units that a later scan alone reads into that scan, where this stores nothing more.
/// `kept` tells which units make results.
void sink(const std::vector<Unit>& units, const std::vector<bool>& kept, Groups& groups);

/// A direction of time that several requirements must agree on.
struct Direction {
    std::optional<Order> order;
    bool possible = true;
    void require(std::optional<Order> other);
    void require(Join join);
};

}  // namespace snnc::ir::step
