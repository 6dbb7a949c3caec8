#include "runtime/threads.h"

#include <sched.h>

#include <algorithm>
#include <cstdlib>
#include <system_error>

namespace snnc::runtime {
namespace {

thread_local ThreadTeam* current_team = nullptr;

std::atomic<HostThreads> host_threads{nullptr};

/// About a tenth of a millisecond: longer than the gap between two kernels of one run.
constexpr int spins_before_sleep = 8000;

/// Longer than two tasks usually differ.
constexpr int spins_before_yield = 1000;

void relax() {
#if defined(__x86_64__)
    __builtin_ia32_pause();
#endif
}

}  // namespace

void use_host_threads(HostThreads host) { host_threads.store(host); }

ThreadTeam::ThreadTeam(int threads) : size_(std::max(1, threads)) {
    if (!host_threads.load()) start_workers();
}

ThreadTeam::~ThreadTeam() {
    stop_ = true;
    generation_.fetch_add(1);
    generation_.notify_all();
    for (std::thread& worker : workers_) worker.join();
}

void ThreadTeam::run(std::int64_t tasks, TaskFunction function, void* closure) {
    if (size_ == 1 || tasks <= 1) {
        for (std::int64_t i = 0; i < tasks; ++i) function(closure, i, 0);
        return;
    }
    const std::lock_guard lock(callers_);
    function_ = function;
    closure_ = closure;
    tasks_ = tasks;
    chunk_ = std::max<std::int64_t>(1, tasks / (std::int64_t(8) * size()));
    next_.store(0, std::memory_order_relaxed);
    ThreadTeam* const outer = current_team;
    current_team = nullptr;
    if (const HostThreads host = host_threads.load())
        run_on(host);
    else
        run_on_workers();
    current_team = outer;
}

void ThreadTeam::start_workers() {
    has_started_ = true;
    try {
        for (std::int64_t i = 1; i < size_; ++i) workers_.emplace_back([this, i] { worker(i); });
    } catch (const std::system_error&) {  // no more threads
    }
}

void ThreadTeam::run_on_workers() {
    if (!has_started_) start_workers();
    busy_.store(int(workers_.size()), std::memory_order_relaxed);
    generation_.fetch_add(1, std::memory_order_release);
    generation_.notify_all();
    work(0);
    // Where other programs hold the processors, a worker may be waiting for the one that we spin
    // on.
    for (int spin = 0; busy_.load(std::memory_order_acquire) != 0; ++spin) {
        if (spin < spins_before_yield)
            relax();
        else
            std::this_thread::yield();
    }
}

void ThreadTeam::run_on(HostThreads host) {
    host_threads_.store(0, std::memory_order_relaxed);
    host(
        size_,
        [](void* team) {
            auto& self = *static_cast<ThreadTeam*>(team);
            self.work(self.host_threads_.fetch_add(1, std::memory_order_relaxed));
        },
        this);
}

void ThreadTeam::work(std::int64_t thread) {
    for (;;) {
        const std::int64_t first = next_.fetch_add(chunk_, std::memory_order_relaxed);
        if (first >= tasks_) return;
        const std::int64_t last = std::min(first + chunk_, tasks_);
        for (std::int64_t i = first; i < last; ++i) function_(closure_, i, thread);
    }
}

void ThreadTeam::worker(std::int64_t thread) {
    std::uint32_t seen = 0;
    for (;;) {
        for (int spin = 0; spin < spins_before_sleep; ++spin) {
            if (generation_.load(std::memory_order_acquire) != seen) break;
            relax();
        }
        generation_.wait(seen, std::memory_order_acquire);
        seen = generation_.load(std::memory_order_acquire);
        if (stop_) return;
        work(thread);
        busy_.fetch_sub(1, std::memory_order_release);
    }
}

int default_threads() {
    if (const char* text = std::getenv("SNNC_THREADS"); text && *text) {
        const int threads = std::atoi(text);
        if (threads >= 1) return std::min(threads, most_threads);
    }
    cpu_set_t usable;
    if (::sched_getaffinity(0, sizeof usable, &usable) == 0) return std::max(1, CPU_COUNT(&usable));
    return 1;
}

UseTeam::UseTeam(ThreadTeam& team) : previous_(current_team) { current_team = &team; }
UseTeam::~UseTeam() { current_team = previous_; }

}  // namespace snnc::runtime

extern "C" void snnc_parallel_for(std::int64_t tasks, snnc::runtime::TaskFunction function,
                                  void* closure) {
    if (snnc::runtime::current_team) {
        snnc::runtime::current_team->run(tasks, function, closure);
        return;
    }
    for (std::int64_t i = 0; i < tasks; ++i) function(closure, i, 0);
}
