#include "ir/interpreter/memory.h"

#include <algorithm>

namespace snnc::ir::interpreter {

template <class Real>
Memory<Real>::Memory(const Network& network, const StepProgram& program, const RunSize& size,
                     const std::vector<void*>& ports, const Draws& draws)
    : network_(network),
      size_(size),
      draws_(draws),
      keys_(keys_of(network.streams, draws.seed)),
      arrays_(network.tensors.size()),
      integers_(network.tensors.size(), nullptr),
      owned_(network.tensors.size()) {
    for (std::uint32_t i = 0; i < arrays_.size(); ++i) {
        const Tensor& tensor = network.tensors[i];
        Array<Real>& array = arrays_[i];
        array.elements = element_count(tensor.shape);
        if (tensor.per_sample) array.sample_stride = array.elements;
        if (tensor.per_step) array.step_stride = array.elements * samples_of({i});
    }
    for (std::size_t i = 0; i < program.ports.size(); ++i) {
        const Port& port = program.ports[i];
        if (network[port.tensor].kind != DataKind::Index) {
            arrays_[port.tensor.index].data = static_cast<Real*>(ports[i]);
            continue;
        }
        if (network[port.tensor].role == Role::Parameter) {
            integers_[port.tensor.index] = static_cast<const std::int32_t*>(ports[i]);
            continue;
        }
        reserve(port.tensor);
        if (port.direction == Port::Direction::Out) continue;
        const auto* given = static_cast<const std::int32_t*>(ports[i]);
        std::copy(given, given + count(port.tensor), arrays_[port.tensor.index].data);
    }
}

template <class Real>
void Memory<Real>::reserve(TensorId id) {
    if (arrays_[id.index].data) return;
    owned_[id.index].assign(std::size_t(count(id)), Real(0));
    arrays_[id.index].data = owned_[id.index].data();
}

template <class Real>
void Memory<Real>::finish(const StepProgram& program, const std::vector<void*>& ports) {
    for (std::size_t i = 0; i < program.ports.size(); ++i) {
        const Port& port = program.ports[i];
        if (network_[port.tensor].kind != DataKind::Index) continue;
        if (port.direction == Port::Direction::In) continue;
        const Real* values = arrays_[port.tensor.index].data;
        std::transform(values, values + count(port.tensor), static_cast<std::int32_t*>(ports[i]),
                       [](Real value) { return std::int32_t(value); });
    }
}

template class Memory<float>;
template class Memory<double>;

}  // namespace snnc::ir::interpreter
