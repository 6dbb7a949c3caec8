// `--loss EXPR` with arrays of the user's own: what each array is follows from its shape.
#pragma once

#include "driver/arrays.h"
#include "driver/pipeline.h"

namespace snnc::driver {

/// A NAME=FILE array, read.
struct NamedArray {
    std::string name, file;
    runtime::Array array;
};

/// What an array may be in a run of these sizes: [steps, batch, shape…] or [batch, shape…],
/// integers without shape also labels. The likeliest first; BadShape if there is nothing.
std::vector<frontend::ExtraTarget> readings(const NamedArray& array, const SizeFinder& sizes);

/// The network with the loss of the request. Where an array has several readings, the first with
/// which the loss makes sense; the messages of the likeliest if none does.
ir::Network network_with_loss(Session& session, const frontend::Module& module,
                              frontend::Request request, const std::vector<NamedArray>& arrays,
                              const SizeFinder& sizes);

}  // namespace snnc::driver
