#include "runtime/dataset.h"

#include <cstdlib>
#include <filesystem>
#include <vector>

#include "runtime/idx.h"
#include "runtime/npy.h"

namespace snnc::runtime {
namespace {

namespace fs = std::filesystem;

/// A file of the usual name, plain or packed; empty if there is neither.
std::string find_file(const fs::path& folder, const std::string& name) {
    for (const char* suffix : {"", ".gz"}) {
        const fs::path path = folder / (name + suffix);
        std::error_code ignored;  // what cannot be looked at is not there
        if (fs::exists(path, ignored)) return path.string();
    }
    return {};
}

void check_counts(const DataPart& part, const std::string& file) {
    if (part.x.shape.empty() || part.y.shape.empty() || part.x.shape[0] != part.y.shape[0])
        throw DataError(DataErrorKind::CountMismatch, file,
                        "has labels of shape " + to_string(part.y.shape) +
                            " for samples of shape " + to_string(part.x.shape));
    if (part.count() == 0) throw DataError(DataErrorKind::CountMismatch, file, "has no samples");
}

DataPart read_idx_part(const fs::path& folder, const std::string& part) {
    const std::string images = part + "-images-idx3-ubyte", labels = part + "-labels-idx1-ubyte";
    const std::string image_file = find_file(folder, images);
    const std::string label_file = find_file(folder, labels);
    for (const auto& [file, name] : {std::pair{image_file, images}, std::pair{label_file, labels}})
        if (file.empty())
            throw DataError(DataErrorKind::DataSetMissing, folder.string(),
                            "has no file " + name + " or " + name + ".gz");
    DataPart result{read_idx(image_file), read_idx(label_file)};
    check_counts(result, label_file);
    return result;
}

DataSet read_idx_folder(const std::string& name, const fs::path& folder) {
    return {name, read_idx_part(folder, "train"), read_idx_part(folder, "t10k")};
}

DataSet read_npz(const std::string& path) {
    const auto member = [&](const char* name) { return read_npy(path + ":" + name); };
    DataSet set{path, {member("x_train"), member("y_train")}, {member("x_test"), member("y_test")}};
    check_counts(set.train, path);
    check_counts(set.test, path);
    return set;
}

std::vector<fs::path> search_folders(const std::string& name) {
    std::vector<fs::path> folders;
    if (const char* own = std::getenv("SNNC_DATA"); own && *own)
        folders.push_back(fs::path(own) / name);
    for (const char* system : {"/usr/share/datasets", "/usr/local/share/datasets"})
        folders.push_back(fs::path(system) / name);
    return folders;
}

}  // namespace

DataSet load_data_set(const std::string& name) {
    if (name == "builtin") return builtin_data_set();
    if (name.ends_with(".npz")) return read_npz(name);
    std::error_code ignored;
    if (name.find('/') != std::string::npos || fs::is_directory(name, ignored)) {
        if (!fs::is_directory(name, ignored))
            throw DataError(DataErrorKind::DataSetMissing, name, "is no folder and no .npz file");
        return read_idx_folder(name, name);
    }
    std::string looked;
    for (const fs::path& folder : search_folders(name)) {
        if (fs::is_directory(folder, ignored)) return read_idx_folder(name, folder);
        looked += (looked.empty() ? "" : ", ") + folder.string();
    }
    std::string help = "is no data set on this machine (looked in " + looked + ")";
    if (name == "fashion-mnist") help += "; Debian and Ubuntu have it as dataset-fashion-mnist";
    throw DataError(DataErrorKind::DataSetMissing, name, help);
}

}  // namespace snnc::runtime
