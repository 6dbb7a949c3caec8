// A figure of each kind of mark, for the tests of what draws them.
#pragma once

#include "pictures/figure.h"

namespace snnc::pictures {

/// Two panels over the same time: a trace with spikes and threshold, and a raster.
Figure sample_recording();
/// A small matrix with a free cell.
Figure sample_image();
/// Bars of 0 to 9.
Figure sample_bars();
/// An input, a layer with feedback and a population.
Figure sample_graph();

}  // namespace snnc::pictures
