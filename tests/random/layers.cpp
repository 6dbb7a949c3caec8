#include "tests/random/layers.h"

#include <cmath>
#include <cstdlib>

namespace snnc::test {

void Layers::toward(Chain& chain, const Extents& wanted, bool declared) {
    if (dice_.one_in(4)) keeping_shape(chain);
    if (shape(chain).size() > 1 && dice_.one_in(2)) window(chain);
    if (declared && dice_.one_in(4)) return sparse(chain, wanted);
    if (shape(chain) != wanted || dice_.one_in(3)) {
        const bool same_count = elements_of(shape(chain)) == elements_of(wanted);
        if (shape(chain).size() > 1 && !same_count) reshape(chain, {elements_of(shape(chain))});
        if (!same_count || shape(chain).size() == 1) dense(chain, elements_of(wanted));
        if (shape(chain) != wanted) reshape(chain, wanted);
    }
    if (dice_.one_in(5)) keeping_shape(chain);
}

void Layers::freely(Chain& chain) {
    if (dice_.one_in(4)) keeping_shape(chain);
    if (shape(chain).size() > 1)
        window(chain);
    else
        dense(chain, 1 + dice_.below(5));
    if (dice_.one_in(6)) keeping_shape(chain);
}

void Layers::add(Chain& chain, const std::string& call, const std::string& name, Extents shape,
                 Evaluate value) {
    chain.text += " -> " + call + " as " + name;
    const bool stepped = model_[chain.signal].stepped;
    chain.signal = model_.add({prefix_ + name, std::move(shape), stepped, std::move(value)});
}

/// The elements of a trained weight.
std::function<double(int)> Layers::given(const std::string& name, int count) {
    Model* m = &model_;
    const std::string stored = prefix_ + name;
    weights_.push_back({stored, false, {count}, [m, stored](const At& at) {
                            return m->given(stored, std::size_t(at.element));
                        }});
    return [m, stored](int element) { return m->given(stored, std::size_t(element)); };
}

void Layers::keeping_shape(Chain& chain) {
    switch (dice_.below(6)) {
        case 0: return one_to_one(chain);
        case 1: return model_[chain.signal].stepped ? delay(chain) : scale(chain);
        case 2:
            return shape(chain).size() > 1 ? convolution(chain, shape(chain)[0], true)
                                           : scale(chain);
        case 3: return batchnorm(chain);
        case 4: return dropout(chain);
        default: return scale(chain);
    }
}

/// A number, perhaps trained, one for all, for each channel or for each element.
std::function<double(int)> Layers::factor(const std::string& name, const Extents& shape,
                                          std::string& text) {
    const double number = 0.5 + 0.25 * dice_.below(5);
    text = number_as_text(number);
    if (dice_.one_in(2)) return [number](int) { return number; };
    text = "learn " + text;
    const int kind = dice_.below(shape.size() > 1 ? 3 : 2);
    if (kind == 0) {
        const auto value = given(name + ".weight", 1);
        return [value](int) { return value(0); };
    }
    const int channels = shape[0], plane = elements_of(shape) / channels;
    text += kind == 1 ? " per neuron" : " per channel";
    const auto value = given(name + ".weight", kind == 1 ? elements_of(shape) : channels);
    return [value, each = kind == 1 ? 1 : plane](int element) { return value(element / each); };
}

void Layers::scale(Chain& chain) {
    const std::string name = next_name();
    std::string text;
    const auto value = factor(name, shape(chain), text);
    add(chain, "scale(" + text + ")", name, shape(chain),
        [m = &model_, from = chain.signal, value](const At& at) {
            return value(at.element) * m->arriving(from, at);
        });
}

void Layers::one_to_one(Chain& chain) {
    const std::string name = next_name();
    const auto value = given(name + ".weight", elements_of(shape(chain)));
    add(chain, "one_to_one(learn 0.5)", name, shape(chain),
        [m = &model_, from = chain.signal, value](const At& at) {
            return value(at.element) * m->arriving(from, at);
        });
}

void Layers::delay(Chain& chain) {
    const int steps = dice_.below(4);
    add(chain, "delay(" + std::to_string(steps) + ")", next_name(), shape(chain),
        [m = &model_, from = chain.signal, steps](const At& at) {
            return m->arriving(from, {at.step - steps, at.sample, at.element});
        });
}

void Layers::batchnorm(Chain& chain) {
    const std::string name = next_name();
    const int channels = shape(chain)[0], plane = elements_of(shape(chain)) / channels;
    const auto weight = given(name + ".weight", channels), bias = given(name + ".bias", channels);
    add(chain, "batchnorm(eps = 0.01)", name, shape(chain),
        [=, trains = training_, m = &model_, from = chain.signal,
         stored = prefix_ + name](const At& at) {
            const int c = at.element / plane;
            double mean = 0, variance = 0;
            if (trains) {  // of this step, over the batch
                const int samples = m->length().samples;
                const auto each = [&](const auto& take) {
                    for (int sample = 0; sample < samples; ++sample)
                        for (int i = 0; i < plane; ++i)
                            take(m->arriving(from, {at.step, sample, c * plane + i}) /
                                 (samples * plane));
                };
                each([&](double part) { mean += part; });
                const int count = samples * plane;
                each([&](double part) {
                    variance += (part * count - mean) * (part * count - mean) / count;
                });
            } else {
                mean = m->given(stored + ".running_mean", std::size_t(c));
                variance = m->given(stored + ".running_var", std::size_t(c));
            }
            return (m->arriving(from, at) - mean) / std::sqrt(variance + 0.01) * weight(c) +
                   bias(c);
        });
}

/// Which elements are left out is taken from the run: the same ones in all steps of a sample.
void Layers::dropout(Chain& chain) {
    const std::string name = next_name();
    const int count = elements_of(shape(chain));
    const bool stepped = model_[chain.signal].stepped;
    add(chain, "dropout(0.25)", name, shape(chain),
        [=, m = &model_, from = chain.signal, drops = training_,
         stored = prefix_ + name](const At& at) {
            if (!drops) return m->arriving(from, at);
            bool kept = false;
            for (int step = 0; step < (stepped ? m->length().steps : 1); ++step) {
                const int row = step * m->length().samples + at.sample;
                kept |= m->given(stored, std::size_t(row * count + at.element)) != 0;
            }
            return kept ? m->arriving(from, at) / 0.75 : 0;
        });
    model_[chain.signal].is_drawn = training_;
}

void Layers::dense(Chain& chain, int width) {
    const std::string name = next_name();
    const bool has_bias = !dice_.one_in(3);
    const int in = elements_of(shape(chain));
    const auto weight = given(name + ".weight", in * width);
    const auto bias = has_bias ? given(name + ".bias", width) : [](int) { return 0.0; };
    add(chain,
        "dense(" + std::to_string(width) + (has_bias ? "" : ", bias = false") +
            (dice_.one_in(3) ? ", init = normal(0, 0.5)" : "") + ")",
        name, {width}, [=, m = &model_, from = chain.signal](const At& at) {
            double total = bias(at.element);
            for (int i = 0; i < in; ++i)
                total +=
                    m->arriving(from, {at.step, at.sample, i}) * weight(i * width + at.element);
            return total;
        });
}

void Layers::reshape(Chain& chain, const Extents& wanted) {
    std::string call = as_text(wanted);
    call = wanted.size() == 1 ? "flatten" : "reshape(" + call.substr(1, call.size() - 2) + ")";
    add(chain, call, next_name(), wanted,
        [m = &model_, from = chain.signal](const At& at) { return m->arriving(from, at); });
}

/// Edges between single cells. Patterns without chance are worked out here, those that are drawn
/// are taken as they were drawn.
void Layers::sparse(Chain& chain, const Extents& wanted) {
    const std::string name = next_name();
    const bool near = dice_.one_in(3), drawn = dice_.one_in(2);
    const int weights = dice_.below(3);
    static const std::vector<std::string> arguments{", w = 0.75", ", w = normal(0, 0.5)",
                                                    ", w = learn uniform(-1, 1)"};
    const int in = elements_of(shape(chain));
    Model* m = &model_;
    const std::string stored = prefix_ + name;
    const auto index = [m, stored](const char* member, int i) {
        return int(m->given(stored + member, std::size_t(i)));
    };
    const auto connects = [near](int i, int j) { return !near || std::abs(i - j) < 2; };
    const std::string chance = near ? "pattern = abs(a - b) < 2 in a, b" : drawn ? "p = 0.4" : "1";
    add(chain, "sparse(" + chance + arguments[std::size_t(weights)] + ")", name, wanted,
        [=, from = chain.signal](const At& at) {
            double total = 0;
            int edge = 0;  // the edges of a source cell are in the order of their targets
            for (int i = 0; i < in; ++i)
                for (int j = 0; j < elements_of(wanted); ++j) {
                    const bool all = near || !drawn;
                    const bool is_edge =
                        all ? connects(i, j)
                            : edge < index(".starts", i + 1) && index(".targets", edge) == j;
                    if (!is_edge) continue;
                    const double w =
                        weights == 0 ? 0.75 : m->given(stored + ".weight", std::size_t(edge));
                    if (j == at.element) total += w * m->arriving(from, {at.step, at.sample, i});
                    ++edge;
                }
            return total;
        });
}

int Layers::feedback(Chain& chain, const std::string& name, int output) {
    Model* m = &model_;
    const Extents form = model_[output].shape;
    const std::string stored = name + ".recurrent";
    const auto past = [m, output](const At& at, int element) {
        return m->arriving(output, {at.step - 1, at.sample, element});
    };
    if (form.size() > 1 && dice_.one_in(2)) {
        const Convolution layer = convolution_of(stored, form, form[0], true, past);
        chain.text += " recurrent " + layer.call;
        return model_.add({"", form, true, layer.value});
    }
    if (form.size() > 1 || dice_.one_in(2)) {
        std::string text;
        const auto value = factor(stored, form, text);
        chain.text += " recurrent scale(" + text + ")";
        return model_.add({"", form, true,
                           [=](const At& at) { return value(at.element) * past(at, at.element); }});
    }
    chain.text += " recurrent dense()";
    const int n = elements_of(form);
    const auto weight = given(stored + ".weight", n * n), bias = given(stored + ".bias", n);
    return model_.add({"", form, true, [=](const At& at) {
                           double total = bias(at.element);
                           for (int i = 0; i < n; ++i)
                               total += past(at, i) * weight(i * n + at.element);
                           return total;
                       }});
}

}  // namespace snnc::test
