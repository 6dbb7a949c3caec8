// snnc as a library: spiking neural networks written in .snn, compiled in this process.
//
//     #include <snnc/snnc.h>
//
//     snnc::api::Model model(snnc::api::read_source("net.snn"));
//     auto results = model.run({{"image", {pixels, {128, 784}}}});
//     const std::vector<float>& spikes = results.at("out.s").values;
#pragma once

#include <snnc/adam.h>
#include <snnc/array.h>
#include <snnc/diagnostics.h>
#include <snnc/model.h>
#include <snnc/source.h>
#include <snnc/threads.h>
#include <snnc/trainer.h>
