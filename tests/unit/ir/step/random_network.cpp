#include "tests/unit/ir/step/random_network.h"

namespace snnc::ir::test {

namespace {

class Generator {
 public:
    Generator(std::uint64_t seed, bool smooth) : random_(seed), smooth_(smooth) {}

    RandomNetwork run() {
        result_.build.net.name = "Random";
        make_outside();
        declare_states();
        for (int i = 0; i < 10; ++i) make_stepped();
        define_states();
        for (int i = 0; i < 8; ++i) pick(3) ? make_stepped() : make_reduction();
        make_loss();
        return std::move(result_);
    }

 private:
    Builder& build() { return result_.build; }
    int pick(int count) { return int(random_() % std::uint64_t(count)); }
    TensorId pick(const std::vector<TensorId>& some) { return some[pick(int(some.size()))]; }
    std::string name(const char* stem) { return stem + std::to_string(++names_); }
    Shape shape(int space) const { return {space == 0 ? 3 : 4}; }

    void make_outside() {
        for (int space = 0; space < 2; ++space) {
            held_[space].push_back(build().input(name("held"), shape(space), false));
            stepped_[space].push_back(build().input(name("given"), shape(space), true));
            held_[space].push_back(build().weight(name("gain"), shape(space)));
            for (TensorId id : {held_[space][0], held_[space][1], stepped_[space][0]}) {
                result_.wrt.push_back(id);
            }
        }
        weight_ = build().weight("weight", {3, 4});
        scalar_ = build().weight("scalar", {});
        result_.wrt.insert(result_.wrt.end(), {weight_, scalar_});
    }

    void declare_states() {
        for (int i = 0; i < 4; ++i) {
            const int space = i % 2;
            const TensorId state = build().tensor(name("state"), shape(space), stepped);
            if (pick(2)) {
                const TensorId initial =
                    build().tensor("initial" + std::to_string(i), pick(2) ? shape(space) : Shape{},
                                   {false, pick(2) == 1, Role::Initial});
                build().net[state].initial = initial;
                result_.wrt.push_back(initial);
            }
            states_[space].push_back(state);
        }
    }

    Term leaf(int space, bool per_step) {
        switch (pick(per_step ? 6 : 3)) {
            case 0: return build().number(0.25 * (1 + pick(5)));
            case 1: return pick(2) ? build().read(scalar_) : draw(per_step && pick(2));
            case 2: return build().read(pick(held_[space]));
            case 3: return build().read(pick(states_[space]), 1 + pick(3));
            default: {
                const TensorId id = pick(stepped_[space]);
                return build().read(id, pick(4) == 0 ? 1 + pick(2) : 0);
            }
        }
    }

    /// Of every cell in every step, or once in a run.
    Term draw(bool per_step) {
        const runtime::Purpose purpose =
            per_step ? runtime::Purpose::Noise : runtime::Purpose::InitialState;
        return build().draw({name("draw"), purpose, per_step});
    }

    Term expression(int space, bool per_step, int depth) {
        if (depth == 0) return leaf(space, per_step);
        const Term a = expression(space, per_step, depth - 1);
        const Term b = expression(space, per_step, depth - 1);
        switch (pick(smooth_ ? 4 : 8)) {
            case 0: return a + b;
            case 1: return a - b;
            case 2: return a * b;
            case 3: return make(Op::Tanh, a);
            case 4: return make(Op::Max, a, b);
            case 5: return make(Op::Step, a - b);
            case 6: return build().spike(a - 0.5);
            default: {
                ExprPool& pool = build().net.pool;
                const Term condition = make(Op::Lt, a, b);
                return {&pool, pool.make(Op::Select, condition.id, b.id, a.id)};
            }
        }
    }

    Term bounded(int space, bool per_step) {
        return make(Op::Tanh, expression(space, per_step, 2));
    }

    TensorId keep(TensorId id) {
        result_.all.push_back(id);
        return id;
    }

    void make_stepped() {
        const int space = pick(2);
        switch (pick(smooth_ ? 4 : 7)) {
            case 0: make_product(space); return;
            case 1: make_sum_per_step(space); return;
            case 4: {
                const Term value = make(Op::Step, expression(space, true, 2));
                stepped_[space].push_back(
                    keep(build().formula(name("spike"), shape(space), spikes, value)));
                return;
            }
            case 5: {
                const TensorId source = pick(stepped_[space]);
                stepped_[space].push_back(
                    keep(build().op(name("winner"), shape(space), stepped, Winner{source})));
                return;
            }
            default:
                stepped_[space].push_back(keep(
                    build().formula(name("value"), shape(space), stepped, bounded(space, true))));
        }
    }

    void make_product(int space) {
        const TensorId source = pick(stepped_[space]);
        stepped_[1 - space].push_back(keep(build().op(name("product"), shape(1 - space), stepped,
                                                      Dense{source, weight_, space == 1})));
    }

    /// The mean of one population, read by the other one.
    void make_sum_per_step(int space) {
        const TensorId sum =
            keep(build().op(name("sum"), {}, stepped, SumTo{pick(stepped_[space])}));
        const Term value = make(Op::Tanh, build().read(sum) + leaf(1 - space, true));
        stepped_[1 - space].push_back(
            keep(build().formula(name("value"), shape(1 - space), stepped, value)));
    }

    /// The state of the step before, through the weight and back.
    Term through_products(int space, TensorId state) {
        const TensorId before =
            keep(build().formula(name("before"), shape(space), stepped, build().read(state, 1)));
        const TensorId there = keep(build().op(name("product"), shape(1 - space), stepped,
                                               Dense{before, weight_, space == 1}));
        const TensorId back = keep(
            build().op(name("product"), shape(space), stepped, Dense{there, weight_, space == 0}));
        return 0.25 * build().read(back);
    }

    void define_states() {
        for (int space = 0; space < 2; ++space) {
            for (TensorId state : states_[space]) {
                const Term past =
                    pick(4) ? 0.5 * build().read(state, 1) : through_products(space, state);
                build().formula(state, make(Op::Tanh, past + bounded(space, true)));
                keep(state);
            }
            stepped_[space].insert(stepped_[space].end(), states_[space].begin(),
                                   states_[space].end());
        }
        for (std::uint32_t i = 0; i < build().net.tensors.size(); ++i) {
            const Tensor& tensor = build().net.tensors[i];
            if (tensor.role != Role::Initial) continue;
            build().formula(
                {i}, tensor.shape.empty() ? build().number(0.5) : 0.5 * build().read(scalar_));
            keep({i});
        }
    }

    void make_reduction() {
        const int space = pick(2);
        const TensorId source = pick(stepped_[space]);
        const auto add = [&](const DefinitionKind& kind) {
            keep(build().op(name("reduced"), shape(space), held, kind));
        };
        switch (pick(smooth_ ? 3 : 5)) {
            case 0: return add(SumTo{source});
            case 1: return add(MaxOverTime{source});
            case 2: return add(LastStep{source});
            case 3: return add(FirstSpike{source});
            default: return add(FirstMaxOverTime{source});
        }
    }

    void make_loss() {
        Term value = build().number(0);
        for (int space = 0; space < 2; ++space) {
            for (int i = 0; i < 3; ++i) {
                const TensorId source = pick(stepped_[space]);
                const TensorId part = build().op(name("part"), {}, held, SumTo{source});
                value = value + build().read(keep(part));
            }
        }
        result_.loss = keep(build().formula("loss", {}, held, make(Op::Tanh, 0.1 * value)));
    }

    std::mt19937_64 random_;
    bool smooth_;
    RandomNetwork result_;
    int names_ = 0;
    TensorId weight_, scalar_;
    std::vector<TensorId> held_[2], stepped_[2], states_[2];
};

}  // namespace

RandomNetwork random_network(std::uint64_t seed, bool smooth) {
    return Generator(seed, smooth).run();
}

}  // namespace snnc::ir::test
