// What a call says when it fails: for tests of files that are missing or damaged.
#pragma once

#include <stdexcept>
#include <string>

#include "runtime/error.h"

namespace snnc::runtime::test {

/// The DataError that `call` throws; anything else, or nothing, fails the test.
template <class Call>
DataError failure_of(const Call& call) {
    try {
        call();
    } catch (const DataError& error) {
        return error;
    }
    throw std::logic_error("expected a DataError, but nothing was thrown");
}

template <class Call>
DataErrorKind kind_of_failure(const Call& call) {
    return failure_of(call).kind;
}

/// Reads every beginning of `bytes` and every text with one damaged byte: each may be read or be
/// refused by a DataError, nothing else may happen. Beginnings must be refused.
template <class Read>
void read_damaged(const std::string& bytes, const Read& read) {
    for (std::size_t length = 0; length < bytes.size(); ++length)
        failure_of([&] { read(bytes.substr(0, length)); });
    for (std::size_t i = 0; i < bytes.size(); ++i) {
        std::string damaged = bytes;
        for (const char flip : {'\x01', '\x80', '\xff'}) {
            damaged[i] = char(bytes[i] ^ flip);
            try {
                read(damaged);
            } catch (const DataError&) {
            }
        }
    }
}

}  // namespace snnc::runtime::test
