// Differential equations of a continuous cell: what is written for each solver, and what it means.
#include <array>
#include <cmath>

#include "tests/random/continuous_cell.h"
#include "tests/random/steps.h"

namespace snnc::test {
namespace {

class EquationWriter {
 public:
    explicit EquationWriter(ContinuousDraft& draft) : draft_(draft) {}

    std::vector<std::string> write() {
        static const std::vector<std::string> solvers{"exact", "exp_euler", "euler", "rk2", "rk4"};
        solver_ = draft_.dice.of(solvers);
        if (solver_ == "exact")
            write_exact();
        else if (solver_ == "exp_euler")
            write_exponential();
        else
            write_slopes();
        return std::move(lines_);
    }

 private:
    void write_equation(std::size_t state, const std::string& text) {
        const bool usual = solver_ == "exact" && draft_.dice.one_in(3);
        lines_.push_back("d" + draft_.meaning->states[state] + "/dt = " + text +
                         (usual ? "" : " solve " + solver_));
    }

    /// What the equations start from: the last step's values after its assignments.
    static std::vector<double> past(const ContinuousMeaning& meaning, const Place& at) {
        std::vector<double> values;
        for (const std::string& state : meaning.states)
            values.push_back(signal(state, 1).value(at));
        return values;
    }

    /// A rate: a number, or what differs from cell to cell or from step to step.
    Term factor(bool is_number) {
        const double base = (20 + 5 * draft_.dice.below(13)) / 100.0;
        if (is_number) return number(base);
        const Term varying =
            draft_.dice.one_in(3) ? signal("I", 0) : parameter(draft_.dice.one_in(2) ? "p0" : "p1");
        return {"(" + number_as_text(base) + " + 0.3*" + varying.text + ")",
                [base, varying](const Place& at) { return base + 0.3 * varying.value(at); }};
    }

    void write_exact() {
        const std::size_t n = draft_.meaning->states.size();
        const bool circle = n == 2 && draft_.dice.one_in(2),
                   numbers = circle || draft_.dice.one_in(3);
        std::vector<std::vector<Term>> matrix(n, std::vector<Term>(n, number(0)));
        std::vector<Term> offset;
        for (std::size_t i = 0; i < n; ++i) {
            const Term decay = factor(numbers),
                       drive = draft_.terms({}, Flavour::Smooth).bounded(1);
            std::string text = "-" + decay.text + "*" + draft_.meaning->states[i];
            matrix[i][i].value = [decay](const Place& at) { return -decay.value(at); };
            if (n == 2 && (i == 0 || circle)) {
                matrix[i][1 - i] = factor(numbers);
                text += " + " + matrix[i][1 - i].text + "*" + draft_.meaning->states[1 - i];
            }
            offset.push_back(drive);
            write_equation(i, text + " + " + drive.text);
        }
        draft_.meaning->advance = [meaning = draft_.meaning.get(), matrix, offset](
                                      const Place& at, const std::vector<bool>& held) {
            const std::vector<double> x = past(*meaning, at);
            std::vector<std::vector<double>> a(x.size(), std::vector<double>(x.size()));
            std::vector<double> b(x.size());
            for (std::size_t i = 0; i < x.size(); ++i) {
                if (held[i]) continue;
                b[i] = offset[i].value(at);
                for (std::size_t j = 0; j < x.size(); ++j) a[i][j] = matrix[i][j].value(at);
            }
            return exponential_step(a, b, x, continuous_dt);
        };
    }

    void write_exponential() {
        std::vector<std::pair<Term, Term>> parts;
        for (const std::size_t i : draft_.all_states()) {
            std::vector<std::size_t> others = draft_.all_states();
            others.erase(others.begin() + std::ptrdiff_t(i));
            Terms open = draft_.terms(others, Flavour::Smooth);
            const Term spread = open.bounded(1), drive = open.bounded(2);
            const Term decay{"(0.5 + 0.4*" + spread.text + ")",
                             [spread](const Place& at) { return 0.5 + 0.4 * spread.value(at); }};
            write_equation(i, drive.text + " - " + decay.text + "*" + draft_.meaning->states[i]);
            parts.push_back({decay, drive});
        }
        draft_.meaning->advance = [meaning = draft_.meaning.get(), slots = draft_.slots, parts](
                                      const Place& at, const std::vector<bool>& held) {
            std::vector<double> x = past(*meaning, at);
            const Along along(slots, x);
            for (std::size_t i = 0; i < x.size(); ++i) {
                if (held[i]) continue;
                const double rate = -parts[i].first.value(at);
                const double drive = parts[i].second.value(at);
                x[i] = x[i] * std::exp(rate * continuous_dt) +
                       drive * std::expm1(rate * continuous_dt) / rate;
            }
            return x;
        };
    }

    void write_slopes() {
        std::vector<Term> slopes;
        Terms open = draft_.terms(draft_.all_states(), Flavour::Smooth);
        for (const std::size_t i : draft_.all_states()) {
            const Term drive = open.bounded(2), own = draft_.slot(i);
            slopes.push_back({drive.text + " - 0.6*" + own.text, [drive, own](const Place& at) {
                                  return drive.value(at) - 0.6 * own.value(at);
                              }});
            write_equation(i, slopes.back().text);
        }
        draft_.meaning->advance = [meaning = draft_.meaning.get(), slots = draft_.slots, slopes,
                                   solver = solver_](const Place& at,
                                                     const std::vector<bool>& held) {
            const auto slopes_at = [&](const std::vector<double>& there) {
                const Along along(slots, there);
                std::vector<double> values(there.size());
                for (std::size_t i = 0; i < there.size(); ++i)
                    if (!held[i]) values[i] = slopes[i].value(at);
                return values;
            };
            return explicit_step(solver, past(*meaning, at), continuous_dt, slopes_at);
        };
    }

    ContinuousDraft& draft_;
    std::string solver_;
    std::vector<std::string> lines_;
};

}  // namespace

std::vector<std::string> write_equations(ContinuousDraft& draft) {
    return EquationWriter(draft).write();
}

}  // namespace snnc::test
