#include <algorithm>
#include <cmath>

#include "tests/random/program.h"

namespace snnc::test {
namespace {

class LossWriter {
 public:
    LossWriter(Dice& dice, Flavour flavour, Model& model, const std::vector<Course>& sources,
               const std::vector<Course>& spikes, const std::vector<Course>& targets,
               const std::vector<Course>& weights, const Label& label)
        : dice_(dice),
          flavour_(flavour),
          model_(model),
          sources_(sources),
          spikes_(spikes),
          targets_(targets),
          weights_(weights),
          label_(label) {}

    Course write() {
        Course total = part();
        const int more = dice_.below(3);
        for (int i = 0; i < more; ++i) {
            const Course next = part();
            total = {total.text + " + 0.3*" + next.text, false, {}, [total, next](const At& at) {
                         return total.value(at) + 0.3 * next.value(at);
                     }};
        }
        return total;
    }

 private:
    int steps() const { return model_.length().steps; }

    Course part() {
        if (!weights_.empty() && dice_.one_in(6)) return weight_part();
        if (dice_.one_in(3)) return class_part();
        Course course = transformed(dice_.of(sources_));
        if (dice_.one_in(2)) return over_shape(over_time(course));
        course = over_shape(course);
        if (dice_.one_in(3))
            course = {"0.1*t*" + course.text, true, {}, [course](const At& at) {
                          return 0.1 * at.step * course.value(at);
                      }};
        return over_time(course);
    }

    Course weight_part() {
        const Course weight = dice_.of(weights_);
        const bool square = dice_.one_in(2);
        return {(square ? "l2(" : "l1(") + weight.text + ")",
                false,
                {},
                [weight, square](const At& at) {
                    double total = 0;
                    for (int i = 0; i < elements_of(weight.shape); ++i) {
                        const double x = weight.value({at.step, at.sample, i});
                        total += square ? x * x : std::abs(x);
                    }
                    return total;
                }};
    }

    Course transformed(const Course& x) {
        switch (dice_.below(4)) {
            case 0:
                return {"tanh(" + x.text + ")", x.stepped, x.shape,
                        [x](const At& at) { return std::tanh(x.value(at)); }};
            case 1: {
                const Course y = dice_.of(targets_);
                if (y.shape != x.shape) return x;
                return {"(" + x.text + " - " + y.text + ")", x.stepped, x.shape,
                        [x, y](const At& at) { return x.value(at) - y.value(at); }};
            }
            case 2: {
                const Course y = dice_.of(sources_);
                if (y.shape != x.shape) return x;
                return {"(" + x.text + "*" + y.text + ")", x.stepped, x.shape,
                        [x, y](const At& at) { return x.value(at) * y.value(at); }};
            }
            default: return x;
        }
    }

    // ---- what removes time or shape --------------------------------------------------------

    Course over_time(const Course& x) {
        const auto each = [this, x](const At& at, auto&& take) {
            for (int t = 0; t < steps(); ++t) take(x.value({t, at.sample, at.element}));
        };
        const auto sum = [each](const At& at) {
            double total = 0;
            each(at, [&](double value) { total += value; });
            return total;
        };
        const auto made = [&](const char* name, Evaluate value) {
            return Course{name + ("(" + x.text + ")"), false, x.shape, std::move(value)};
        };
        switch (dice_.below(5)) {
            case 0: return made("sum_t", sum);
            case 1: return made("count", sum);
            case 2: return made("mean_t", [this, sum](const At& at) { return sum(at) / steps(); });
            case 3:
                return made("max_t", [each](const At& at) {
                    double most = -INFINITY;
                    each(at, [&](double value) { most = std::max(most, value); });
                    return most;
                });
            default:
                return made("last", [this, x](const At& at) {
                    return x.value({steps() - 1, at.sample, at.element});
                });
        }
    }

    Course over_shape(const Course& x) {
        const auto sum_of = [x](std::function<double(const At&)> value) {
            return [x, value](const At& at) {
                double total = 0;
                for (int e = 0; e < elements_of(x.shape); ++e)
                    total += value({at.step, at.sample, e});
                return total;
            };
        };
        const auto made = [&](const std::string& text, Evaluate value) {
            return Course{text, x.stepped, {}, std::move(value)};
        };
        const int n = elements_of(x.shape);
        const Course* y = nullptr;
        for (const Course& target : targets_)
            if (target.shape == x.shape && !target.stepped) y = &target;
        switch (dice_.below(y ? 9 : 5)) {
            case 0: return made("sum(" + x.text + ")", sum_of(x.value));
            case 1: {
                const auto sum = sum_of(x.value);
                return made("mean(" + x.text + ")", [sum, n](const At& at) { return sum(at) / n; });
            }
            case 2:
                return made("l1(" + x.text + ")",
                            sum_of([x](const At& at) { return std::abs(x.value(at)); }));
            case 3:
                return made("l2(" + x.text + ")",
                            sum_of([x](const At& at) { return x.value(at) * x.value(at); }));
            case 4: {
                const auto sum = sum_of([x](const At& at) {
                    const double p = 1 / (1 + std::exp(-x.value(at)));
                    return -(0.3 * std::log(p) + 0.7 * std::log(1 - p));
                });
                return made("bce(sigmoid(" + x.text + "), 0.3)",
                            [sum, n](const At& at) { return sum(at) / n; });
            }
            case 5:
            case 6: {
                const double k = dice_.one_in(2) ? 1 : 0.5;
                const auto sum = sum_of([x, y = *y, k](const At& at) {
                    const double distance = x.value(at) - k * y.value(at);
                    return distance * distance;
                });
                return made((k == 1 ? "mse(" : "distance(") + x.text + ", " + y->text + ")",
                            [sum, n](const At& at) { return sum(at) / n; });
            }
            case 7: {
                const auto sum = sum_of([x, y = *y](const At& at) {
                    const double distance = std::abs(4 * x.value(at) - y.value(at));
                    return distance <= 1 ? 0.5 * distance * distance : distance - 0.5;
                });
                return made("huber(4*" + x.text + ", " + y->text + ")",
                            [sum, n](const At& at) { return sum(at) / n; });
            }
            default: {
                const auto sum = sum_of(x.value);
                return made("sum(" + x.text + " - " + y->text + ")",
                            [sum, subtract = sum_of(y->value)](const At& at) {
                                return sum(at) - subtract(at);
                            });
            }
        }
    }

    // ---- classes ---------------------------------------------------------------------------

    int label_of(const At& at) const {
        return int(model_.given(label_.name, std::size_t(at.sample)));
    }

    double entropy(const Course& scores, const At& at) const {
        double largest = -INFINITY, total = 0;
        for (int e = 0; e < label_.classes; ++e)
            largest = std::max(largest, scores.value({at.step, at.sample, e}));
        for (int e = 0; e < label_.classes; ++e)
            total += std::exp(scores.value({at.step, at.sample, e}) - largest);
        return largest + std::log(total) - scores.value({at.step, at.sample, label_of(at)});
    }

    double mean_of_steps(const std::function<double(int)>& value) const {
        double total = 0;
        for (int t = 0; t < steps(); ++t) total += value(t);
        return total / steps();
    }

    /// The mean squared distance of `scores` from `on` for the label and `off` else.
    double distance(const std::function<double(int)>& score, double on, double off,
                    const At& at) const {
        double total = 0;
        for (int e = 0; e < label_.classes; ++e) {
            const double difference = score(e) - (e == label_of(at) ? on : off);
            total += difference * difference;
        }
        return total / label_.classes;
    }

    double count(const Course& x, const At& at, int element) const {
        double total = 0;
        for (int t = 0; t < steps(); ++t) total += x.value({t, at.sample, element});
        return total;
    }

    Course class_part() {
        std::vector<Course> fitting;
        const bool times = flavour_ == Flavour::Spiking && dice_.one_in(3);
        for (const Course& source : times ? spikes_ : sources_)
            if (source.shape == Extents{label_.classes}) fitting.push_back(source);
        if (fitting.empty()) return over_time(over_shape(dice_.of(sources_)));
        const Course x = dice_.of(fitting);
        const auto made = [&](const std::string& name, const std::string& more, Evaluate value) {
            return Course{
                name + "(" + x.text + ", " + label_.name + more + ")", false, {}, std::move(value)};
        };
        if (times) return temporal_part(x);
        switch (dice_.below(7)) {
            case 0: {
                const Course course = over_time(x);
                return {"ce(" + course.text + ", " + label_.name + ")",
                        false,
                        {},
                        [this, course](const At& at) { return entropy(course, at); }};
            }
            case 1: {
                std::string weights;
                for (int k = 0; k < label_.classes; ++k)
                    weights += (k ? ", " : "") + number_as_text(0.5 + 0.25 * k);
                const Course course = over_time(x);
                const std::string tuple = label_.classes > 1 ? "(" + weights + ")" : weights;
                return {"ce(" + course.text + ", " + label_.name + ", weight = " + tuple + ")",
                        false,
                        {},
                        [this, course](const At& at) {
                            return (0.5 + 0.25 * label_of(at)) * entropy(course, at);
                        }};
            }
            case 2:
                return made("ce_rate", "", [this, x](const At& at) {
                    return mean_of_steps([&](int t) { return entropy(x, {t, at.sample, 0}); });
                });
            case 3:
                return made("ce_count", "", [this, x](const At& at) {
                    const Course counts{"", false, x.shape, [this, x](const At& place) {
                                            return count(x, place, place.element);
                                        }};
                    return entropy(counts, at);
                });
            case 4:
                return made("mse_count", ", correct_rate = 0.8, incorrect_rate = 0.2",
                            [this, x](const At& at) {
                                return distance([&](int e) { return count(x, at, e); },
                                                std::floor(steps() * 0.8),
                                                std::floor(steps() * 0.2), at) /
                                       steps();
                            });
            case 5:
                return made("mse_membrane", ", on_target = 0.9", [this, x](const At& at) {
                    return mean_of_steps([&](int t) {
                        return distance(
                            [&](int e) {
                                return x.value({t, at.sample, e});
                            },
                            0.9, 0, at);
                    });
                });
            default:
                return made("ce_max_membrane", ", weight = 0.5", [this, x](const At& at) {
                    const Course most{
                        "", false, x.shape, [this, x](const At& place) {
                            double value = -INFINITY;
                            for (int t = 0; t < steps(); ++t)
                                value = std::max(value, x.value({t, place.sample, place.element}));
                            return value;
                        }};
                    return 0.5 * entropy(most, at);
                });
        }
    }

    Course temporal_part(const Course& x) {
        const auto first = [this, x](const At& at) {
            for (int t = 0; t < steps(); ++t)
                if (x.value({t, at.sample, at.element}) != 0) return double(t);
            return double(steps() - 1);
        };
        if (dice_.one_in(2))
            return {"ce_temporal(" + x.text + ", " + label_.name + ")",
                    false,
                    {},
                    [this, x, first](const At& at) {
                        return entropy({"", false, x.shape,
                                        [first](const At& place) { return -first(place); }},
                                       at);
                    }};
        return {"mse_temporal(" + x.text + ", " + label_.name + ", on_target = 1, tolerance = 1.5)",
                false,
                {},
                [this, first](const At& at) {
                    double total = 0;
                    for (int e = 0; e < label_.classes; ++e) {
                        double distance =
                            first({0, at.sample, e}) - (e == label_of(at) ? 1 : steps() - 1);
                        if (std::abs(distance) < 1.5) distance = 0;
                        total += distance / steps() * (distance / steps());
                    }
                    return total / label_.classes;
                }};
    }

    Dice& dice_;
    Flavour flavour_;
    Model& model_;
    std::vector<Course> sources_, spikes_, targets_, weights_;
    Label label_;
};

}  // namespace

Course random_loss(Dice& dice, Flavour flavour, Model& model, const std::vector<Course>& sources,
                   const std::vector<Course>& spikes, const std::vector<Course>& targets,
                   const std::vector<Course>& weights, const Label& label) {
    const auto writer = std::make_shared<LossWriter>(dice, flavour, model, sources, spikes, targets,
                                                     weights, label);
    const Course loss = writer->write();
    // The writer stays: the values of its parts use it.
    return {loss.text, false, {}, [writer, loss](const At& at) { return loss.value(at); }};
}

}  // namespace snnc::test
