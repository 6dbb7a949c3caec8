// What the words of PyTorch, snnTorch, Brian2, NumPy and MATLAB are called in .snn, for "did you
// mean" where no name is near by its letters. Read by Context::unknown.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace snnc::frontend {

/// Those of `candidates` that mean what `foreign` means elsewhere.
std::vector<std::string> names_for(std::string_view foreign,
                                   const std::vector<std::string>& candidates);

/// What is written instead of a word for which there is no name here, where a name that is looked
/// for could be one of `candidates`; empty for most.
std::string remark_on(std::string_view foreign, const std::vector<std::string>& candidates);

}  // namespace snnc::frontend
