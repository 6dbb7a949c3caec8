#include <algorithm>
#include <map>

#include "ir/step/fusion.h"

namespace snnc::ir::step {

namespace {

/// The moves out of one group.
class Sinker {
 public:
    Sinker(const std::vector<Unit>& units, const std::vector<bool>& kept, Groups& groups,
           std::uint32_t from)
        : units_(units), kept_(kept), groups_(groups), from_(from) {}

    void run() {
        const std::vector<std::uint32_t>& members = groups_.groups[from_].units;
        for (auto unit = members.rbegin(); unit != members.rend(); ++unit) consider(*unit);
        while (drop_one()) {
        }
        if (!goal_.empty()) commit();
    }

 private:
    /// The group that will hold the reader after the moves.
    std::uint32_t place_of(std::uint32_t unit) const {
        const auto moved = goal_.find(unit);
        return moved == goal_.end() ? groups_.of_unit[unit] : moved->second;
    }

    void consider(std::uint32_t index) {
        const Unit& unit = units_[index];
        if (unit.kind != Unit::Kind::Scan || kept_[index] || unit.readers.empty()) return;
        const std::uint32_t goal = place_of(unit.readers[0]);
        const Group& group = groups_.groups[goal];
        if (goal == from_ || group.kind != Unit::Kind::Scan || group.steps != unit.steps ||
            group.space != unit.space) {
            return;
        }
        Direction direction{group.order};
        direction.require(unit.order);
        for (std::uint32_t reader : unit.readers) {
            if (place_of(reader) != goal) return;
            for (const Need& need : units_[reader].needs) {
                if (need.unit == index) direction.require(need.join);
            }
        }
        if (direction.possible && direction.order == group.order) goal_[index] = goal;
    }

    /// A unit that reads what stays behind would have it stored: it stays too, and so do the units
    /// that it reads.
    bool drop_one() {
        for (const auto& [index, goal] : goal_) {
            const Unit& unit = units_[index];
            const bool stays =
                std::any_of(unit.needs.begin(), unit.needs.end(),
                            [&](const Need& need) { return place_of(need.unit) == from_; }) ||
                std::any_of(unit.readers.begin(), unit.readers.end(),
                            [&](std::uint32_t reader) { return place_of(reader) == from_; });
            if (!stays) continue;
            goal_.erase(index);
            return true;
        }
        return false;
    }

    void commit() {
        std::vector<std::uint32_t>& members = groups_.groups[from_].units;
        for (std::uint32_t unit : members) {
            const auto moved = goal_.find(unit);
            if (moved == goal_.end()) continue;
            groups_.groups[moved->second].units.push_back(unit);
            groups_.of_unit[unit] = moved->second;
        }
        std::erase_if(members, [&](std::uint32_t unit) { return goal_.count(unit) > 0; });
    }

    const std::vector<Unit>& units_;
    const std::vector<bool>& kept_;
    Groups& groups_;
    std::uint32_t from_;
    std::map<std::uint32_t, std::uint32_t> goal_;  // by unit: where it goes
};

}  // namespace

void sink(const std::vector<Unit>& units, const std::vector<bool>& kept, Groups& groups) {
    for (std::uint32_t from = std::uint32_t(groups.groups.size()); from-- > 0;) {
        if (groups.groups[from].kind == Unit::Kind::Scan) {
            Sinker(units, kept, groups, from).run();
        }
    }
}

}  // namespace snnc::ir::step
