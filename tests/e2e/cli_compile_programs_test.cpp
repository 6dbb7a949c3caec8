// Programs in C that link what `snnc compile` writes: for this machine, and for an ARM processor,
// with the distribution's compiler for it and in an emulator.
#include <gtest/gtest.h>

#include <filesystem>

#include "tests/support/process.h"

namespace snnc::test {
namespace {

using Words = std::vector<std::string>;

struct Machine {
    std::string name;
    Words target, compiler, emulator;
};

void PrintTo(const Machine& machine, std::ostream* out) { *out << machine.name; }

const Machine here{"here", {}, {"/usr/bin/env", "cc"}, {}};
const Machine aarch64{"aarch64",
                      {"--target", "aarch64"},
                      {SNNC_AARCH64_COMPILER},
                      {SNNC_AARCH64_EMULATOR, "-L", SNNC_AARCH64_ROOT}};

/// What an example in C says that links a library of an example in .snn.
struct Program {
    std::string network, source, library;
    Words options;
};

ProcessResult result_of(const Machine& machine, const Program& program) {
    const TemporaryFolder folder;
    const std::string library = folder.file(program.library), file = folder.file("program");
    Words compile{"compile", SNNC_SOURCE_DIR "/examples/" + program.network, "-o", library};
    compile.insert(compile.end(), program.options.begin(), program.options.end());
    compile.insert(compile.end(), machine.target.begin(), machine.target.end());
    if (const ProcessResult made = run_snnc(compile); made.exit_code != 0) return made;
    Words build = machine.compiler;
    build.insert(
        build.end(),
        {"-Wall", "-Wextra", "-Wpedantic", "-Werror", SNNC_SOURCE_DIR "/examples/" + program.source,
         "-I" + folder.file(""), library, "-lm", "-o", file, "-Wl,-rpath," + folder.file("")});
    if (const ProcessResult built = run_process(build); built.exit_code != 0) return built;
    Words run = machine.emulator;
    run.push_back(file);
    return run_process(run);
}

class Programs : public testing::TestWithParam<Machine> {};

/// A shared library, an archive and one object: the same spikes each time, on each machine.
TEST_P(Programs, link_every_kind) {
    Program program{"06_own_neuron.snn", "stream.c", "libcustom.so", {}};
    const std::string spikes = result_of(here, program).out;
    EXPECT_NE(spikes.find("spikes in 40 steps"), std::string::npos) << spikes;
    for (const std::string library : {"libcustom.so", "libcustom.a", "custom.o"}) {
        program.library = library;
        const ProcessResult result = result_of(GetParam(), program);
        EXPECT_EQ(result.exit_code, 0) << result.err;
        EXPECT_EQ(result.out, spikes) << library;
    }
}

/// The example that learns; it says itself whether it did.
TEST_P(Programs, train) {
    const ProcessResult result =
        result_of(GetParam(), {"11_halves.snn", "train.c", "libhalves.so", {"--grad"}});
    EXPECT_EQ(result.exit_code, 0) << result.out << result.err;
    EXPECT_NE(result.out.find("after 200 updates"), std::string::npos) << result.out;
}

INSTANTIATE_TEST_SUITE_P(Machines, Programs, testing::Values(here, aarch64),
                         [](const auto& info) { return info.param.name; });

/// What it asks for is there since 2019, and nothing asks which processor it is.
TEST(ForeignLibrary, needs_an_old_c_library_and_no_choice) {
    const TemporaryFolder folder;
    const std::string library = folder.file("libnet.so");
    const ProcessResult made = run_snnc({"compile", SNNC_SOURCE_DIR "/examples/11_halves.snn",
                                         "--grad", "--target", "aarch64", "-o", library});
    ASSERT_EQ(made.exit_code, 0) << made.err;
    const ProcessResult read = run_process({"/usr/bin/env", "readelf", "-hdVrW", library});
    ASSERT_EQ(read.exit_code, 0) << read.err;
    EXPECT_NE(read.out.find("AArch64"), std::string::npos) << read.out;
    EXPECT_NE(read.out.find("Shared library: [libm.so.6]"), std::string::npos) << read.out;
    EXPECT_NE(read.out.find("Library soname: [libnet.so]"), std::string::npos) << read.out;
    EXPECT_NE(read.out.find("Name: GLIBC_2.29"), std::string::npos) << read.out;
    EXPECT_EQ(read.out.find("Name: GLIBC_2.3"), std::string::npos) << read.out;
    EXPECT_EQ(read.out.find("IRELATIVE"), std::string::npos) << read.out;
    EXPECT_NE(read_text(folder.file("net.json")).find("\"aarch64\""), std::string::npos);
}

TEST(ForeignLibrary, one_library_is_for_one_architecture) {
    const TemporaryFolder folder;
    const std::string network = SNNC_SOURCE_DIR "/examples/01_leaky_cell.snn";
    const ProcessResult mixed = run_snnc(
        {"compile", network, "-o", folder.file("libnet.so"), "--target", "x86-64-v3,aarch64"});
    EXPECT_EQ(mixed.exit_code, 1);
    EXPECT_NE(mixed.err.find("[E0811]"), std::string::npos) << mixed.err;
    EXPECT_TRUE(std::filesystem::is_empty(folder.path()));
    const ProcessResult run = run_snnc({"run", network, "--target", "aarch64"});
    EXPECT_EQ(run.exit_code, 1);
    EXPECT_NE(run.err.find("[E0806]"), std::string::npos) << run.err;
    EXPECT_NE(run.err.find("cannot run code for aarch64"), std::string::npos) << run.err;
    const ProcessResult shown = run_snnc({"emit", "--stage=asm", network, "--target", "aarch64"});
    EXPECT_EQ(shown.exit_code, 0) << shown.err;
    EXPECT_NE(shown.out.find("fadd\tv"), std::string::npos) << shown.out;
}

}  // namespace
}  // namespace snnc::test
