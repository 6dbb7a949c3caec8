// Where data sets are looked for.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace snnc::runtime {

/// The folder of a data set: `name` itself where it is one or has a slash in it, else the first
/// that there is of data_folders(name). Empty if there is none.
std::filesystem::path find_data_folder(const std::string& name);

/// $SNNC_DATA/NAME and the system's data set folders, whether they exist or not.
std::vector<std::filesystem::path> data_folders(const std::string& name);

/// What $SNNC_DATA and the system's data set folders hold, in the order of the alphabet.
std::vector<std::string> data_folder_names();

}  // namespace snnc::runtime
