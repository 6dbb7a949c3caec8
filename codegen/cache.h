// Compiled code on disk: object files by the hash of what they were made from.
#pragma once

#include <optional>
#include <string>

#include "codegen/objects.h"

namespace snnc::codegen {

/// A folder of entries; each is complete or absent, and checked when it is read. An empty folder
/// name switches the cache off. Failing to write is no error: the next run compiles again.
class ObjectCache {
 public:
    explicit ObjectCache(std::string folder) : folder_(std::move(folder)) {}

    /// `key` is the whole text that decides the code: program, target, versions.
    std::optional<Objects> load(const std::string& key) const;
    void store(const std::string& key, const Objects& objects) const;

 private:
    std::string path(const std::string& key) const;
    std::string folder_;
};

}  // namespace snnc::codegen
