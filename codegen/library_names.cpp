// Names in C: members of structures, and the errors that go with them.
#include <algorithm>
#include <cctype>
#include <set>
#include <string_view>

#include "codegen/library_errors.h"
#include "codegen/library_fields.h"
#include "codegen/library_text.h"
#include "support/greek.h"
#include "support/unicode.h"

namespace snnc::codegen {
namespace {

/// Words that no array may have as its name: those of C (2023), of C++ and of compilers for Unix,
/// and, whatever their case, fields and the beginnings of errors that are not an array's.
constexpr std::string_view words =
    " alignas alignof and and_eq asm auto bitand bitor bool break case catch char char8_t "
    "char16_t char32_t class co_await co_return co_yield compl concept const const_cast "
    "consteval constexpr constinit continue decltype default delete do double dynamic_cast else "
    "enum explicit export extern false float for friend goto if inline int linux long mutable "
    "namespace new noexcept not not_eq nullptr operator or or_eq private protected public "
    "register reinterpret_cast requires restrict return short signed sizeof static static_assert "
    "static_cast struct switch template this thread_local throw true try typedef typeid typename "
    "typeof typeof_unqual union unix unsigned using virtual void volatile wchar_t while xor "
    "xor_eq ";
constexpr std::string_view errors = " ARGUMENTS VALUES ";

bool is_among(std::string_view list, const std::string& word) {
    return list.find(" " + word + " ") != std::string_view::npos;
}

/// Arrays in the order in which they get their names and codes.
class Namer {
 public:
    void name(LibraryArray& array) {
        for (const LibraryArray* known : known_)
            if (known->name == array.name && known->use == array.use &&
                known->gradient == array.gradient) {
                array.member = known->member;
                array.error = known->error;
                return;
            }
        array.member = c_identifier(array.name) + (array.gradient ? "_gradient" : "");
        while (is_among(words, array.member) || is_among(errors, upper(array.member)) ||
               is_field_name(upper(array.member)) || taken_.contains(upper(array.member)))
            array.member += '_';
        taken_.insert(upper(array.member));
        array.error = next_error_;
        next_error_ += error_count(array);
        known_.push_back(&array);
    }

 private:
    std::set<std::string> taken_;  // in the case of errors
    std::vector<const LibraryArray*> known_;
    std::int32_t next_error_ = std::int32_t(LibraryError::FirstArray);
};

}  // namespace

std::string upper(std::string text) {
    for (char& c : text) c = char(std::toupper(static_cast<unsigned char>(c)));
    return text;
}

std::string c_identifier(const std::string& name) {
    std::string result;
    for (const char32_t letter : to_code_points(name)) {
        const bool is_plain = letter < 128 && std::isalnum(int(letter));
        const std::string_view greek = greek_name(letter);
        if (greek.empty())
            result += is_plain ? char(letter) : '_';
        else
            result += greek;
    }
    if (result.empty() || std::isdigit(static_cast<unsigned char>(result[0])))
        result.insert(0, "_");
    return result;
}

void name_members(LibraryModel& model) {
    Namer namer;
    for (LibraryArray& array : model.run.arrays) namer.name(array);
    if (!model.training) return;
    for (LibraryArray& array : model.training->gradients.arrays) namer.name(array);
    if (!model.training->input_gradients) return;
    for (LibraryArray& array : model.training->input_gradients->arrays) namer.name(array);
}

const std::vector<LibraryArray>& arrays_of(const LibraryModel& model, Interface interface) {
    switch (interface) {
        case Interface::Run: break;
        case Interface::Grad: return model.training->gradients.arrays;
        case Interface::Update: return model.training->update.arrays;
    }
    return model.run.arrays;
}

}  // namespace snnc::codegen
