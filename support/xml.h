// Text in XML: HTML pages and SVG pictures.
#pragma once

#include <string>
#include <string_view>

namespace snnc {

/// The text as it stands between tags and in attributes.
std::string xml_escaped(std::string_view text);

}  // namespace snnc
