#include "codegen/objects.h"

#include <future>

#include "codegen/llvm/module.h"

namespace snnc::codegen {

Objects compile_objects(const ir::Network& network, const ir::StepProgram& program,
                        const BufferPlan& plan, const Target& target) {
    return compile_objects(network, program, plan, kernels_of(network, program, plan), target);
}

Objects compile_objects(const ir::Network& network, const ir::StepProgram& program,
                        const BufferPlan& plan, const Kernels& kernels, const Target& target) {
    auto halide = std::async(std::launch::async, [&] {
        Objects objects;
        for (const Product& product : kernels.products)
            objects.push_back(compile_product(product, target));
        for (const ConvolutionKernel& kernel : kernels.convolutions)
            objects.push_back(compile_convolution(kernel, target));
        return objects;
    });
    std::vector<std::byte> module = compile_module(network, program, plan, target);
    Objects objects = halide.get();
    objects.push_back(std::move(module));
    return objects;
}

}  // namespace snnc::codegen
