#include "driver/loss_request.h"

#include <fmt/format.h>

namespace snnc::driver {
namespace {

/// Beyond this many combinations only the likeliest readings are tried.
constexpr std::size_t most_attempts = 32;

std::string sizes_text(const SizeFinder& sizes) {
    std::string text;
    if (sizes.steps) text += fmt::format("{} steps", *sizes.steps);
    if (sizes.samples) {
        text += fmt::format("{}a batch of {}", text.empty() ? "" : " and ", *sizes.samples);
    }
    return text.empty() ? "any size" : text;
}

}  // namespace

std::vector<frontend::ExtraTarget> readings(const NamedShape& named, const SizeFinder& sizes) {
    const runtime::Shape& shape = named.shape;
    const bool labels = runtime::is_integer(named.dtype) && named.dtype != runtime::Dtype::Bool;
    std::vector<frontend::ExtraTarget> result;
    const auto add = [&](std::size_t outer) {
        const ir::Shape rest(shape.begin() + std::ptrdiff_t(outer), shape.end());
        if (labels && rest.empty()) result.push_back({named.name, rest, outer == 2, true});
        result.push_back({named.name, rest, outer == 2, false});
    };
    const auto fits = [](std::optional<std::int64_t> known, std::int64_t extent) {
        return !known || *known == extent;
    };
    if (shape.size() >= 2 && fits(sizes.steps, shape[0]) && fits(sizes.samples, shape[1])) add(2);
    if (!shape.empty() && fits(sizes.samples, shape[0])) add(1);
    if (result.empty()) {
        fail(Code::BadShape,
             fmt::format(
                 "`{}` has shape {}, which is neither [steps, batch, …] nor [batch, …] for {}",
                 named.name, runtime::to_string(shape), sizes_text(sizes)),
             named.file);
    }
    return result;
}

ir::Network network_with_loss(Session& session, const frontend::Module& module,
                              frontend::Request request, const std::vector<NamedShape>& arrays,
                              const SizeFinder& sizes) {
    std::vector<std::vector<frontend::ExtraTarget>> choices;
    std::size_t combinations = 1;
    for (const NamedShape& array : arrays) {
        choices.push_back(readings(array, sizes));
        combinations *= choices.back().size();
    }
    if (combinations > most_attempts) combinations = 1;

    Diagnostics likeliest;
    for (std::size_t attempt = 0; attempt < combinations; ++attempt) {
        request.extra_targets.clear();
        std::size_t rest = attempt;
        for (const auto& choice : choices) {
            request.extra_targets.push_back(choice[rest % choice.size()]);
            rest /= choice.size();
        }
        Diagnostics diagnostics;
        auto network = frontend::elaborate(session.sources, module, request, diagnostics);
        if (network && diagnostics.ok()) {
            session.adopt(diagnostics);
            return std::move(*network);
        }
        if (attempt == 0) likeliest = diagnostics;
    }
    session.adopt(likeliest);
    throw Stop{};
}

}  // namespace snnc::driver
