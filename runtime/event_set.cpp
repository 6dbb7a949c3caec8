#include "runtime/event_set.h"

#include <algorithm>
#include <array>
#include <filesystem>
#include <string_view>
#include <vector>

#include "runtime/data_folders.h"

namespace snnc::runtime {
namespace {

namespace fs = std::filesystem;

constexpr std::array<std::string_view, 3> extensions{".h5", ".hdf5", ".hdf"};

bool is_event_file(const fs::path& path) {
    const std::string extension = path.extension().string();
    return std::find(extensions.begin(), extensions.end(), extension) != extensions.end();
}

/// train.h5, shd_train.h5, shd-train.h5.
bool is_part(const fs::path& path, const std::string& part) {
    const std::string stem = path.stem().string();
    return stem == part || stem.ends_with("_" + part) || stem.ends_with("-" + part);
}

/// The event files of a folder, by name, or the packed ones.
std::vector<fs::path> event_files(const fs::path& folder, bool packed) {
    std::vector<fs::path> files;
    std::error_code ignored;  // what cannot be looked at is not there
    for (const auto& entry : fs::directory_iterator(folder, ignored)) {
        const fs::path& path = entry.path();
        const bool is_packed = path.extension() == ".gz" && is_event_file(path.stem());
        if (packed ? is_packed : is_event_file(path)) files.push_back(path);
    }
    std::sort(files.begin(), files.end());
    return files;
}

std::string find_part(const fs::path& folder, const std::vector<fs::path>& files,
                      const std::string& part) {
    std::vector<fs::path> found;
    std::copy_if(files.begin(), files.end(), std::back_inserter(found),
                 [&](const fs::path& path) { return is_part(path, part); });
    if (found.empty())
        throw DataError(DataErrorKind::DataSetMissing, folder.string(),
                        "has event files, but none is called " + part + ".h5 or ends in _" + part +
                            ".h5; a single file can be named in place of the folder");
    if (found.size() > 1)
        throw DataError(DataErrorKind::DataSetMissing, folder.string(),
                        "has both " + found[0].filename().string() + " and " +
                            found[1].filename().string() +
                            "; name one file in place of the folder");
    return found[0].string();
}

}  // namespace

std::optional<EventSet> find_event_set(const std::string& name) {
    if (is_event_file(name)) return EventSet{name, name};
    const fs::path folder = find_data_folder(name);
    if (folder.empty()) return std::nullopt;
    const auto files = event_files(folder, false);
    if (!files.empty())
        return EventSet{find_part(folder, files, "train"), find_part(folder, files, "test")};
    if (const auto packed = event_files(folder, true); !packed.empty())
        throw DataError(DataErrorKind::DataSetMissing, folder.string(),
                        "has packed event files only; `gunzip` makes HDF5 files of " +
                            packed[0].filename().string() + " and the others");
    return std::nullopt;
}

}  // namespace snnc::runtime
