// Failures of data: files that are missing, damaged, or of the wrong kind. The driver maps each
// kind to a coded diagnostic.
#pragma once

#include <stdexcept>
#include <string>

namespace snnc::runtime {

enum class DataErrorKind {
    FileMissing,
    FileUnreadable,
    FileTruncated,
    FileEmpty,
    BadFormat,
    BadDtype,
    BadShape,
    NotFinite,
    LabelOutOfRange,
    ValueOutOfRange,
    TensorMissing,
    TensorUnknown,
    CountMismatch,
    DataSetMissing,
    PortsDiffer,
    EventOutOfRange,
    EventBeyondRun,
    PartMissing,
    WriteFailed,
};

/// `what()` is one sentence in lower case without a full stop; `file` the file it speaks of.
struct DataError : std::runtime_error {
    DataError(DataErrorKind kind, std::string file, const std::string& message)
        : std::runtime_error(message), kind(kind), file(std::move(file)) {}
    DataErrorKind kind;
    std::string file;
};

}  // namespace snnc::runtime
