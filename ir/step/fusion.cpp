#include "ir/step/fusion.h"

#include <algorithm>
#include <deque>
#include <map>
#include <queue>
#include <tuple>

namespace snnc::ir::step {

void Direction::require(std::optional<Order> other) {
    if (!other) return;
    possible = possible && (!order || *order == *other);
    order = other;
}

void Direction::require(Join join) {
    switch (join) {
        case Join::Any: return;
        case Join::Never: possible = false; return;
        case Join::Forward: return require(Order::Forward);
        case Join::Backward: return require(Order::Backward);
    }
}

namespace {

/// What is taken first when nothing can join.
int rank(const Unit& unit) {
    const bool scan = unit.kind == Unit::Kind::Scan;
    if (!unit.steps) return scan ? 1 : 0;
    return scan ? 2 : 3;
}

class Fuser {
 public:
    explicit Fuser(const std::vector<Unit>& units) : units_(units), pending_(units.size()) {
        result_.of_unit.resize(units.size());
        for (std::uint32_t i = 0; i < units.size(); ++i) pending_[i] = units[i].needs.size();
    }

    Groups run() {
        for (std::uint32_t i = 0; i < units_.size(); ++i) {
            if (pending_[i] == 0) fresh_.push_back(i);
        }
        while (settle_fresh() || !waiting_.empty()) {
            if (waiting_.empty()) continue;
            const std::uint32_t unit = std::get<1>(waiting_.top());
            waiting_.pop();
            if (!join(unit)) open_group(unit);
        }
        return std::move(result_);
    }

 private:
    using Key = std::tuple<bool, bool, Space>;
    static Key key(const Unit& unit) { return {unit.waits, unit.steps, unit.space}; }

    bool settle_fresh() {
        const bool any = !fresh_.empty();
        while (!fresh_.empty()) {
            const std::uint32_t unit = fresh_.front();
            fresh_.pop_front();
            if (!join(unit)) waiting_.push({rank(units_[unit]), unit});
        }
        return any;
    }

    /// The last group that the unit depends on; -1: none.
    std::int64_t last_need(const Unit& unit) const {
        std::int64_t last = -1;
        for (const Need& need : unit.needs) {
            last = std::max(last, std::int64_t(result_.of_unit[need.unit]));
        }
        return last;
    }

    bool join_group(std::uint32_t index, std::uint32_t number) {
        const Unit& unit = units_[index];
        Group& group = result_.groups[number];
        Direction direction{group.order};
        direction.require(unit.order);
        for (const Need& need : unit.needs) {
            if (result_.of_unit[need.unit] != number) continue;
            const bool formula = units_[need.unit].kind == Unit::Kind::Scan;
            direction.require(formula ? need.join : Join::Never);
        }
        if (!direction.possible) return false;
        group.order = direction.order;
        place(index, number);
        return true;
    }

    bool join(std::uint32_t index) {
        const Unit& unit = units_[index];
        const std::int64_t last = last_need(unit);
        if (unit.kind == Unit::Kind::Sum) {
            if (last < 0 || result_.groups[last].kind != Unit::Kind::Scan) return false;
            return join_group(index, std::uint32_t(last));
        }
        if (unit.kind != Unit::Kind::Scan) return false;
        const std::vector<std::uint32_t>& same = scans_[key(unit)];
        auto candidate = std::lower_bound(same.begin(), same.end(), last,
                                          [](std::uint32_t a, std::int64_t b) { return a < b; });
        for (; candidate != same.end(); ++candidate) {
            if (join_group(index, *candidate)) return true;
        }
        return false;
    }

    void open_group(std::uint32_t index) {
        const Unit& unit = units_[index];
        const auto number = std::uint32_t(result_.groups.size());
        const bool sum = unit.kind == Unit::Kind::Sum;
        result_.groups.push_back(
            {sum ? Unit::Kind::Operator : unit.kind, unit.steps, unit.order, unit.space, {}});
        if (unit.kind == Unit::Kind::Scan) scans_[key(unit)].push_back(number);
        place(index, number);
    }

    void place(std::uint32_t index, std::uint32_t number) {
        result_.of_unit[index] = number;
        result_.groups[number].units.push_back(index);
        for (std::uint32_t reader : units_[index].readers) {
            if (--pending_[reader] == 0) fresh_.push_back(reader);
        }
    }

    const std::vector<Unit>& units_;
    std::vector<std::size_t> pending_;  // needs not placed yet
    std::deque<std::uint32_t> fresh_;   // all needs are placed since the last look
    using Waiting = std::pair<int, std::uint32_t>;
    std::priority_queue<Waiting, std::vector<Waiting>, std::greater<>> waiting_;
    std::map<Key, std::vector<std::uint32_t>> scans_;  // ascending
    Groups result_;
};

}  // namespace

Groups fuse(const std::vector<Unit>& units) { return Fuser(units).run(); }

}  // namespace snnc::ir::step
