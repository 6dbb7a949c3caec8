// Any text whatever goes through load and check without a crash; the sanitizers watch.
#include <cstddef>
#include <cstdint>
#include <string>

#include "frontend/elaborate.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    snnc::SourceManager sources;
    snnc::Diagnostics diagnostics;
    const std::string text(reinterpret_cast<const char*>(data), size);
    const auto module = snnc::frontend::load_text(sources, "fuzz.snn", text, diagnostics);
    if (module) snnc::frontend::check(sources, *module, diagnostics);
    return 0;
}
