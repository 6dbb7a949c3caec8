#include "codegen/objects.h"

#include <future>

#include "codegen/llvm/module.h"

namespace snnc::codegen {

Objects compile_objects(const ir::Network& network, const ir::StepProgram& program,
                        const BufferPlan& plan, const Target& target) {
    // Where the system gives no further thread, they are compiled after the module.
    auto kernels = std::async(std::launch::async | std::launch::deferred, [&] {
        return compile_kernels(kernels_of(network, program, plan), target);
    });
    std::vector<std::byte> module = compile_module(network, program, plan, target);
    Objects objects;
    for (KernelCode& kernel : kernels.get()) objects.push_back(std::move(kernel.object));
    objects.push_back(std::move(module));
    return objects;
}

std::vector<KernelCode> compile_kernels(const Kernels& kernels, const Target& target) {
    std::vector<KernelCode> codes;
    for (const Product& product : kernels.products)
        codes.push_back(compile_product(product, target));
    for (const ConvolutionKernel& kernel : kernels.convolutions)
        codes.push_back(compile_convolution(kernel, target));
    return codes;
}

}  // namespace snnc::codegen
