#include "tests/random/model.h"

namespace snnc::test {

void Model::start(const Given& given, RunLength length) {
    given_ = &given;
    length_ = length;
    known_.assign(signals_.size(), {});
}

double Model::value(int signal, const At& at) {
    const Signal& source = signals_[signal];
    if (at.step < 0) return source.before ? source.before(at) : 0;
    const int step = source.stepped ? at.step : 0;
    const std::int64_t key =
        (std::int64_t(step) * length_.samples + at.sample) * source.width + at.element;
    const auto found = known_[signal].find(key);
    if (found != known_[signal].end()) return found->second;
    const double value = source.value({step, at.sample, at.element});
    known_[signal][key] = value;
    return value;
}

double Model::given(const std::string& name, std::size_t index) const {
    return given_->at(name).at(index);
}

}  // namespace snnc::test
