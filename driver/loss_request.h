// `--loss EXPR` with arrays of the user's own: what each array is follows from its shape.
#pragma once

#include "driver/arrays.h"
#include "driver/pipeline.h"

namespace snnc::driver {

/// What there is to know of an array whose meaning follows from its shape.
struct NamedShape {
    std::string name, file;
    runtime::Dtype dtype = runtime::Dtype::F32;
    runtime::Shape shape;
};

/// What an array may be in a run of these sizes: [steps, batch, shape…] or [batch, shape…],
/// integers without shape also labels. The likeliest first; BadShape if there is nothing.
std::vector<frontend::ExtraTarget> readings(const NamedShape& array, const SizeFinder& sizes);

/// The network with the loss of the request. Where an array has several readings, the first with
/// which the loss makes sense; the messages of the likeliest if none does.
ir::Network network_with_loss(Session& session, const frontend::Module& module,
                              frontend::Request request, const std::vector<NamedShape>& arrays,
                              const SizeFinder& sizes);

}  // namespace snnc::driver
