#include "runtime/dataset.h"

#include <algorithm>
#include <filesystem>
#include <vector>

#include "runtime/data_folders.h"
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
    for (const auto* arrays : {&part.inputs, &part.targets}) {
        for (const Array& array : *arrays) {
            if (!array.shape.empty() && array.shape[0] == part.count()) continue;
            throw DataError(DataErrorKind::CountMismatch, file,
                            "has " + std::to_string(part.count()) +
                                " samples, but also an array of shape " + to_string(array.shape));
        }
    }
    if (part.count() == 0) throw DataError(DataErrorKind::CountMismatch, file, "has no samples");
}

std::string joined(const std::vector<std::string>& names) {
    std::string text;
    for (const std::string& name : names) text += (text.empty() ? "`" : ", `") + name + "`";
    return text;
}

DataPart read_idx_part(const fs::path& folder, const std::string& part) {
    const std::string images = part + "-images-idx3-ubyte", labels = part + "-labels-idx1-ubyte";
    const std::string image_file = find_file(folder, images);
    const std::string label_file = find_file(folder, labels);
    for (const auto& [file, name] : {std::pair{image_file, images}, std::pair{label_file, labels}})
        if (file.empty())
            throw DataError(DataErrorKind::DataSetMissing, folder.string(),
                            "has no file " + name + " or " + name + ".gz");
    DataPart result{{read_idx(image_file)}, {read_idx(label_file)}};
    check_counts(result, label_file);
    return result;
}

DataSet read_idx_folder(const std::string& name, const fs::path& folder) {
    return {name, read_idx_part(folder, "train"), read_idx_part(folder, "t10k")};
}

/// The arrays of an .npz by the names of ports; what is missing is noted.
class NpzReader {
 public:
    NpzReader(std::string path, const PortNames& ports)
        : path_(std::move(path)), ports_(ports), members_(npz_members(path_)) {}

    DataSet read() {
        const PortNames train = names("_train"), test = names("_test");
        if (!missing_.empty())
            throw DataError(DataErrorKind::TensorMissing, path_, "has no " + joined(missing_));
        return {path_, part(train), part(test)};
    }

 private:
    PortNames names(const std::string& suffix) {
        return {names(ports_.inputs, "x", suffix), names(ports_.targets, "y", suffix)};
    }

    /// `usual` names the only port of its kind as well.
    std::vector<std::string> names(const std::vector<std::string>& ports, const std::string& usual,
                                   const std::string& suffix) {
        std::vector<std::string> found;
        for (const std::string& port : ports) {
            std::string name = port + suffix;
            if (!has(name) && ports.size() == 1) name = usual + suffix;
            if (!has(name)) missing_.push_back(name);
            found.push_back(name);
        }
        return found;
    }

    bool has(const std::string& name) const {
        return std::find(members_.begin(), members_.end(), name) != members_.end();
    }

    DataPart part(const PortNames& names) const {
        const auto arrays = [&](const std::vector<std::string>& members) {
            std::vector<Array> result;
            for (const std::string& member : members)
                result.push_back(read_npy(path_ + ":" + member));
            return result;
        };
        DataPart part{arrays(names.inputs), arrays(names.targets)};
        check_counts(part, path_);
        return part;
    }

    std::string path_;
    const PortNames& ports_;
    std::vector<std::string> members_, missing_;
};

}  // namespace

std::int64_t DataPart::count() const {
    const std::vector<Array>& arrays = inputs.empty() ? targets : inputs;
    return arrays.empty() || arrays[0].shape.empty() ? 0 : arrays[0].shape[0];
}

void check_one_of_each(const std::string& set, const PortNames& ports) {
    if (ports.inputs.size() == 1 && ports.targets.size() == 1) return;
    throw DataError(DataErrorKind::PortsDiffer, set,
                    "feeds one input and one target, but the network has the inputs " +
                        joined(ports.inputs) + " and the training the targets " +
                        (ports.targets.empty() ? "(none)" : joined(ports.targets)));
}

DataSet load_data_set(const std::string& name, const PortNames& ports) {
    if (name.ends_with(".npz")) return NpzReader(name, ports).read();
    check_one_of_each(name, ports);
    if (name == "builtin") return builtin_data_set();
    if (const fs::path folder = find_data_folder(name); !folder.empty())
        return read_idx_folder(name, folder);
    if (name.find('/') != std::string::npos)
        throw DataError(DataErrorKind::DataSetMissing, name,
                        "is no folder, no .npz and no .h5 file");
    std::string looked;
    for (const fs::path& folder : data_folders(name))
        looked += (looked.empty() ? "" : ", ") + folder.string();
    std::string help = "is no data set on this machine (looked in " + looked + ")";
    if (name == "fashion-mnist") help += "; Debian and Ubuntu have it as dataset-fashion-mnist";
    throw DataError(DataErrorKind::DataSetMissing, name, help);
}

}  // namespace snnc::runtime
