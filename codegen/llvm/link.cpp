#include "codegen/llvm/link.h"

#include <lld/Common/Driver.h>
#include <llvm/ADT/SmallString.h>
#include <llvm/ObjCopy/ConfigManager.h>
#include <llvm/ObjCopy/ObjCopy.h>
#include <llvm/Object/ArchiveWriter.h>
#include <llvm/Object/ELFObjectFile.h>
#include <llvm/Support/FileSystem.h>
#include <llvm/Support/MemoryBuffer.h>

#include <mutex>

#include "codegen/backend.h"
#include "codegen/llvm/c_library.h"

LLD_HAS_DRIVER(elf)

namespace snnc::codegen {
namespace {

[[noreturn]] void refuse(const std::string& reason) {
    throw CompileFailure("the library cannot be linked: " + reason);
}

template <class T>
T checked(llvm::Expected<T> value) {
    if (!value) refuse(llvm::toString(value.takeError()));
    return std::move(*value);
}

llvm::MemoryBufferRef buffer_of(const ObjectCode& object, llvm::StringRef name) {
    return {{reinterpret_cast<const char*>(object.data()), object.size()}, name};
}

ObjectCode to_bytes(llvm::StringRef text) {
    const auto* begin = reinterpret_cast<const std::byte*>(text.data());
    return {begin, begin + text.size()};
}

/// A folder of its own for the linker, which reads and writes files; gone at the end.
class WorkFolder {
 public:
    WorkFolder() {
        if (const auto error = llvm::sys::fs::createUniqueDirectory("snnc-link", path_))
            refuse("no temporary folder: " + error.message());
    }
    WorkFolder(const WorkFolder&) = delete;
    WorkFolder& operator=(const WorkFolder&) = delete;
    ~WorkFolder() { llvm::sys::fs::remove_directories(path_); }

    std::string path(const std::string& name) const { return (path_ + "/" + name).str(); }

    std::string write(const std::string& name, llvm::StringRef contents) const {
        std::error_code error;
        llvm::raw_fd_ostream out(path(name), error);
        if (!error) out << contents;
        out.close();
        if (error || out.has_error()) refuse("a temporary file cannot be written");
        return path(name);
    }

 private:
    llvm::SmallString<128> path_;
};

void run_lld(const std::vector<std::string>& words) {
    std::vector<const char*> arguments;
    for (const std::string& word : words) arguments.push_back(word.c_str());
    std::string output;
    llvm::raw_string_ostream out(output);
    static std::mutex one_at_a_time;  // lld keeps its state in globals
    const std::lock_guard lock(one_at_a_time);
    const lld::Result result = lld::lldMain(arguments, out, out, {{lld::Gnu, &lld::elf::link}});
    if (result.retCode != 0) refuse(out.str());
}

/// Links these objects into a file of the folder; `before` and `after` stand around them.
std::string link(const WorkFolder& folder, const std::string& name, const Objects& objects,
                 const std::vector<std::string>& before, const std::vector<std::string>& after) {
    std::string result = folder.path(name);
    std::vector<std::string> words = {"ld.lld", "--threads=1", "-o", result};
    words.insert(words.end(), before.begin(), before.end());
    for (std::size_t i = 0; i < objects.size(); ++i)
        words.push_back(folder.write(name + ".part" + std::to_string(i) + ".o",
                                     buffer_of(objects[i], "").getBuffer()));
    words.insert(words.end(), after.begin(), after.end());
    run_lld(words);
    return result;
}

ObjectCode read(const std::string& result) {
    const auto file = llvm::MemoryBuffer::getFile(result);
    if (!file) refuse("the linker's result cannot be read");
    return to_bytes((*file)->getBuffer());
}

/// The files that are linked in the place of the C library.
std::vector<std::string> link_c_libraries(const WorkFolder& folder, Architecture architecture) {
    std::vector<std::string> files;
    for (const CLibrary& library : c_libraries()) {
        const std::string name = library.name;
        const std::string versions =
            folder.write(name + ".map", version_script(library, architecture));
        files.push_back(link(folder, name, {empty_functions(library, architecture)},
                             {"-shared", "-soname", name, "--version-script=" + versions}, {}));
    }
    return files;
}

}  // namespace

ObjectCode rename_symbols(const ObjectCode& object,
                          const std::map<std::string, std::string>& names) {
    const auto binary = checked(llvm::object::createBinary(buffer_of(object, "object")));
    llvm::objcopy::ConfigManager config;
    for (const auto& [from, to] : names) config.Common.SymbolsToRename[from] = to;
    llvm::SmallString<0> bytes;
    llvm::raw_svector_ostream out(bytes);
    if (auto error = llvm::objcopy::executeObjcopyOnBinary(config, *binary, out))
        refuse(llvm::toString(std::move(error)));
    return to_bytes(bytes);
}

std::vector<std::string> defined_symbols(const ObjectCode& object) {
    const auto file =
        checked(llvm::object::ObjectFile::createObjectFile(buffer_of(object, "object")));
    std::vector<std::string> names;
    for (const llvm::object::SymbolRef& symbol : file->symbols()) {
        const auto flags = checked(symbol.getFlags());
        if ((flags & llvm::object::SymbolRef::SF_Global) &&
            !(flags & llvm::object::SymbolRef::SF_Undefined))
            names.push_back(checked(symbol.getName()).str());
    }
    return names;
}

ObjectCode link_shared(const Objects& objects, const std::string& name,
                       const std::vector<std::string>& exported, Architecture architecture) {
    const WorkFolder folder;
    std::string script = "{ global:";
    for (const std::string& symbol : exported) script += " " + symbol + ";";
    const std::string exports = folder.write("exports.map", script + " local: *; };\n");
    std::vector<std::string> after = link_c_libraries(folder, architecture);
    after.insert(after.begin(), "--as-needed");
    return read(link(
        folder, "result", objects,
        {"-shared", "-soname", name, "--version-script=" + exports, "--gc-sections", "--strip-all",
         "--hash-style=gnu", "--build-id=none", "-z", "noexecstack", "-z", "now", "-z", "defs"},
        after));
}

ObjectCode link_object(const Objects& objects) {
    const WorkFolder folder;
    return read(link(folder, "result", objects, {"-r"}, {}));
}

ObjectCode make_archive(const Objects& objects) {
    std::vector<std::string> names;
    for (std::size_t i = 0; i < objects.size(); ++i)
        names.push_back("part" + std::to_string(i) + ".o");
    std::vector<llvm::NewArchiveMember> members;
    for (std::size_t i = 0; i < objects.size(); ++i) {
        llvm::NewArchiveMember member(buffer_of(objects[i], names[i]));
        member.MemberName = names[i];
        members.push_back(std::move(member));
    }
    const auto archive = checked(llvm::writeArchiveToBuffer(
        members, llvm::SymtabWritingMode::NormalSymtab, llvm::object::Archive::K_GNU, true, false));
    return to_bytes(archive->getBuffer());
}

}  // namespace snnc::codegen
