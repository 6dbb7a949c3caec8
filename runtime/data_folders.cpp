#include "runtime/data_folders.h"

#include <cstdlib>
#include <set>

namespace snnc::runtime {

namespace fs = std::filesystem;

namespace {

std::vector<fs::path> places() {
    std::vector<fs::path> places;
    if (const char* own = std::getenv("SNNC_DATA"); own && *own) places.emplace_back(own);
    places.emplace_back("/usr/share/datasets");
    places.emplace_back("/usr/local/share/datasets");
    return places;
}

}  // namespace

fs::path find_data_folder(const std::string& name) {
    std::error_code ignored;  // what cannot be looked at is not there
    if (fs::is_directory(name, ignored)) return name;
    if (name.find('/') != std::string::npos) return {};
    for (const fs::path& folder : data_folders(name))
        if (fs::is_directory(folder, ignored)) return folder;
    return {};
}

std::vector<fs::path> data_folders(const std::string& name) {
    std::vector<fs::path> folders = places();
    for (fs::path& folder : folders) folder /= name;
    return folders;
}

std::vector<std::string> data_folder_names() {
    std::set<std::string> names;
    std::error_code ignored;
    for (const fs::path& place : places())
        for (fs::directory_iterator entry(place, ignored), end; entry != end;
             entry.increment(ignored))
            if (entry->is_directory(ignored)) names.insert(entry->path().filename());
    return {names.begin(), names.end()};
}

}  // namespace snnc::runtime
