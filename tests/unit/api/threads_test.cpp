#include <atomic>
#include <thread>

#include "tests/unit/api/models.h"

namespace snnc::api::test {
namespace {

std::atomic<int> loops{0};

void run_on_new_threads(int threads, void (*work)(void*), void* closure) {
    ++loops;
    std::vector<std::thread> others;
    for (int i = 1; i < threads; ++i) others.emplace_back(work, closure);
    work(closure);
    for (std::thread& other : others) other.join();
}

TEST(ApiThreads, OfTheProgramGiveTheSameNumbers) {
    loops = 0;
    ModelOptions options;
    options.threads = 2;
    Model model(trained, options);
    const std::vector<float> image = numbers(64 * 4, 2);
    const Arrays inputs{{"image", {image, {64, 4}}}};
    const Results own = model.run(inputs);
    EXPECT_EQ(loops, 0);
    use_host_threads(run_on_new_threads);
    const Results hosted = model.run(inputs);
    use_host_threads(nullptr);
    EXPECT_GT(loops, 0);
    for (const auto& [name, array] : own) EXPECT_EQ(array.values, hosted.at(name).values) << name;
}

}  // namespace
}  // namespace snnc::api::test
