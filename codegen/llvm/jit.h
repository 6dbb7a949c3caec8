// Loads object code into the process (ORC, JITLink).
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <vector>

namespace snnc::codegen {

/// Objects that were linked with each other and with the runtime's hooks. Code lives as long as
/// this.
class LoadedCode {
 public:
    /// Throws CompileFailure.
    explicit LoadedCode(const std::vector<std::vector<std::byte>>& objects);
    ~LoadedCode();
    void* symbol(const std::string& name) const;

 private:
    struct State;
    std::unique_ptr<State> state_;
};

/// The processor's level: "x86-64-v4", "x86-64-v3", or empty if it has less than AVX2 and FMA.
std::string host_level();

}  // namespace snnc::codegen
