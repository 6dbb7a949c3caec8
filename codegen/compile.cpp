#include <dlfcn.h>

#include <cstdlib>
#include <cstring>
#include <filesystem>

#include "codegen/cache.h"
#include "codegen/kernels.h"
#include "codegen/llvm/jit.h"
#include "codegen/llvm/module.h"
#include "codegen/objects.h"
#include "codegen/plan.h"
#include "runtime/threads.h"

namespace snnc::codegen {
namespace {

/// Which build of the compiler this is, by the file that holds this code: another build may make
/// other code of the same program.
std::string build_identity() {
    Dl_info here{};
    std::error_code error;
    std::filesystem::path file;
    if (dladdr(reinterpret_cast<void*>(&build_identity), &here) && here.dli_fname)
        file = here.dli_fname;
    // Of an executable it is the name that it was called by.
    if (!std::filesystem::exists(file, error)) file = "/proc/self/exe";
    const auto size = std::filesystem::file_size(file, error);
    const auto written = std::filesystem::last_write_time(file, error).time_since_epoch().count();
    return std::to_string(size) + "/" + std::to_string(written);
}

std::string cache_key(const ir::Network& network, const ir::StepProgram& program,
                      const Target& target) {
    static const std::string build = build_identity();
    return "snnc " SNNC_VERSION ", build " + build +
           ", Halide " SNNC_HALIDE_VERSION ", LLVM " SNNC_LLVM_VERSION ", " + target.name + "\n" +
           ir::print(network) + ir::print(network, program);
}

struct Free {
    void operator()(void* pointer) const { std::free(pointer); }
};
using Memory = std::unique_ptr<char, Free>;

/// Zeroed, on a cache line, with room for a vector behind the end.
Memory allocate(std::int64_t bytes) {
    const std::size_t size = (std::size_t(bytes) + 191) / 64 * 64;
    void* memory = std::aligned_alloc(64, size);
    if (!memory) throw std::bad_alloc();
    std::memset(memory, 0, size);
    return Memory(static_cast<char*>(memory));
}

class CompiledProgram : public Executable {
 public:
    CompiledProgram(BufferPlan plan, std::vector<ir::Stream> streams, const Objects& objects,
                    bool from_cache, int threads)
        : plan_(std::move(plan)),
          streams_(std::move(streams)),
          code_(objects),
          run_(reinterpret_cast<void (*)(RunContext*)>(code_.symbol(driver_name))),
          team_(threads),
          from_cache_(from_cache) {}

    void run(const ir::RunSize& size, const std::vector<void*>& ports, const ir::Draws& draws,
             Part part) override {
        if (size.steps != size_.steps || size.samples != size_.samples) resize(size);
        for (std::size_t i = 0; i < plan_.slots.size(); ++i)
            if (plan_.slots[i].port >= 0) buffers_[i] = ports[std::size_t(plan_.slots[i].port)];
        const std::vector<runtime::PhiloxKey> keys = ir::keys_of(streams_, draws.seed);
        std::vector<std::uint32_t> numbers;
        for (std::int64_t i = 0; !streams_.empty() && i < size.samples; ++i)
            numbers.push_back(draws.sample(i));
        RunContext context{size.steps,
                           size.samples,
                           0,
                           buffers_.data(),
                           scratch_.get(),
                           stride_,
                           &snnc_parallel_for,
                           keys.empty() ? nullptr : keys[0].data(),
                           numbers.data(),
                           draws.epoch,
                           draws.first_step,
                           nullptr,
                           std::int64_t(part)};
        const runtime::UseTeam use(team_);
        run_(&context);
    }

    bool from_cache() const override { return from_cache_; }

 private:
    void resize(const ir::RunSize& size) {
        buffers_.assign(plan_.slots.size(), nullptr);
        memory_.clear();
        for (std::size_t i = 0; i < plan_.slots.size(); ++i) {
            if (plan_.slots[i].port >= 0) continue;
            memory_.push_back(allocate(plan_.slots[i].bytes(size)));
            buffers_[i] = memory_.back().get();
        }
        stride_ = (plan_.scratch_bytes_per_step * size.steps + 127) / 64 * 64;
        scratch_ = allocate(stride_ * team_.size());
        size_ = size;
    }

    BufferPlan plan_;
    std::vector<ir::Stream> streams_;
    LoadedCode code_;
    void (*run_)(RunContext*);
    runtime::ThreadTeam team_;
    bool from_cache_;
    ir::RunSize size_{0, 0};
    std::vector<void*> buffers_;
    std::vector<Memory> memory_;
    Memory scratch_;
    std::int64_t stride_ = 0;
};

}  // namespace

std::unique_ptr<Executable> compile(const ir::Network& network, const ir::StepProgram& program,
                                    const CompileOptions& options) {
    BufferPlan plan = plan_buffers(network, program, options.target);
    const int threads = options.threads > 0 ? options.threads : runtime::default_threads();
    const ObjectCache cache(options.cache_folder);
    const std::string key = cache_key(network, program, options.target);
    if (const std::optional<Objects> found = cache.load(key))
        return std::make_unique<CompiledProgram>(std::move(plan), network.streams, *found, true,
                                                 threads);
    const Objects objects = compile_objects(network, program, plan, options.target);
    cache.store(key, objects);
    return std::make_unique<CompiledProgram>(std::move(plan), network.streams, objects, false,
                                             threads);
}

std::string emit(const ir::Network& network, const ir::StepProgram& program,
                 const CompileOptions& options, const std::string& stage) {
    const BufferPlan plan = plan_buffers(network, program, options.target);
    if (stage != "halide")
        return print_module(network, program, plan, options.target, stage == "asm");
    std::string text;
    const Kernels kernels = kernels_of(network, program, plan);
    for (const Product& product : kernels.products) text += print_product(product, options.target);
    for (const ConvolutionKernel& kernel : kernels.convolutions)
        text += print_convolution(kernel, options.target);
    return text;
}

}  // namespace snnc::codegen
