#include "driver/checked_ports.h"

#include <fmt/format.h>

#include <algorithm>

namespace snnc::driver {
namespace {

/// "step 3, sample 0, cell [1, 2]": of a place in the array of a tensor.
std::string place(const ir::Tensor& tensor, const ir::RunSize& size, const ir::Draws& draws,
                  std::size_t offset) {
    std::size_t rest = offset;
    std::vector<std::string> index(tensor.shape.size());
    for (std::size_t axis = tensor.shape.size(); axis-- > 0;) {
        index[axis] = std::to_string(rest % std::size_t(tensor.shape[axis]));
        rest /= std::size_t(tensor.shape[axis]);
    }
    const auto samples = std::size_t(tensor.per_sample ? size.samples : 1);
    std::string text;
    if (tensor.per_step)
        text += fmt::format("step {}, ", draws.first_step + std::int64_t(rest / samples));
    if (tensor.per_sample)
        text += fmt::format("sample {}, ", draws.sample(std::int64_t(rest % samples)));
    std::string cell;
    for (const std::string& part : index) cell += (cell.empty() ? "" : ", ") + part;
    return text + fmt::format("cell [{}]", cell);
}

std::string in_its_unit(const ir::CheckedPort& checked, double value) {
    return fmt::format("{}{}", float(value / checked.unit), value == 0 ? "" : checked.unit_name);
}

}  // namespace

void add_checked_ports(const Machine& machine, const ir::Network& network,
                       std::vector<ir::TensorId>& results) {
    if (!machine.checks_ports()) return;
    for (const ir::CheckedPort& checked : network.checked_ports)
        if (std::find(results.begin(), results.end(), checked.port) == results.end())
            results.push_back(checked.port);
}

void check_ports(Session& session, const Machine& machine, const ir::Network& network,
                 const ir::RunSize& size, const ir::Draws& draws, const PortValues& values) {
    if (!machine.checks_ports()) return;
    for (const ir::CheckedPort& checked : network.checked_ports) {
        const std::vector<float>& all = values.at(checked.port).floats;
        const auto low = float(checked.low), high = float(checked.high);
        const auto outside = std::find_if(all.begin(), all.end(), [&](float value) {
            return !(value >= low && value <= high);  // NaN too
        });
        if (outside == all.end()) continue;
        const ir::Tensor& port = network[checked.port];
        session.diagnostics.report(
            Code::ValueOutOfRange, checked.range,
            fmt::format("`{}` receives {} in {}, outside of [{}, {}]", port.name,
                        in_its_unit(checked, *outside),
                        place(port, size, draws, std::size_t(outside - all.begin())),
                        in_its_unit(checked, checked.low), in_its_unit(checked, checked.high)));
    }
    session.stop_on_errors();
}

}  // namespace snnc::driver
