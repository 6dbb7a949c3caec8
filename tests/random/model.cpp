#include "tests/random/model.h"

namespace snnc::test {

int elements_of(const Extents& shape) {
    int count = 1;
    for (const int extent : shape) count *= extent;
    return count;
}

std::string as_text(const Extents& shape) {
    std::string text;
    for (const int extent : shape) text += (text.empty() ? "" : ", ") + std::to_string(extent);
    return "[" + text + "]";
}

void Model::start(const Given& given, RunLength length) {
    given_ = &given;
    length_ = length;
    known_.clear();
    for (const Signal& signal : signals_)
        known_.emplace_back(std::size_t((signal.stepped ? length.steps : 1) * length.samples *
                                        elements_of(signal.shape)));
}

double Model::value(int signal, const At& at) {
    const Signal& source = signals_[signal];
    if (at.step < 0) return source.before ? source.before(at) : 0;
    const int step = source.stepped ? at.step : 0;
    const int row = step * length_.samples + at.sample;
    std::optional<double>& known =
        known_[signal][std::size_t(row * elements_of(source.shape) + at.element)];
    if (!known) known = source.value({step, at.sample, at.element});
    return *known;
}

double Model::given(const std::string& name, std::size_t index) const {
    return given_->at(name).at(index);
}

}  // namespace snnc::test
