// Names in C: members of structures, and the errors that go with them.
#include <algorithm>
#include <cctype>
#include <set>
#include <string_view>

#include "codegen/library_errors.h"
#include "codegen/library_fields.h"
#include "codegen/library_text.h"

namespace snnc::codegen {
namespace {

/// Words that no array may have as its name: those of C and C++, and, whatever their case, fields
/// and the beginnings of errors that are not an array's.
constexpr std::string_view words =
    " asm auto bool break case catch char class const continue default delete do double else enum "
    "extern false float for friend goto if inline int long mutable namespace new operator private "
    "protected public register restrict return short signed sizeof static struct switch template "
    "this throw true try typedef union unsigned using virtual void volatile while ";
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
    for (const char c : name) result += std::isalnum(static_cast<unsigned char>(c)) ? c : '_';
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
