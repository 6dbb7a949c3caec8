// A small team of threads for loops of independent tasks.
//
// Which thread runs a task never shows in a result: tasks write to places of their own and sums
// have a fixed order. Workers spin for a short while after a loop, because the next one usually
// follows at once, and then sleep.
#pragma once

#include <atomic>
#include <cstdint>
#include <mutex>
#include <thread>
#include <vector>

namespace snnc::runtime {

/// One task of a loop: what the loop works on, the number of the task, the number of the thread.
using TaskFunction = void (*)(void* closure, std::int64_t task, std::int64_t thread);

class ThreadTeam {
 public:
    /// `threads` includes the caller; at least 1.
    explicit ThreadTeam(int threads);
    ThreadTeam(const ThreadTeam&) = delete;
    ThreadTeam& operator=(const ThreadTeam&) = delete;
    ~ThreadTeam();

    int size() const { return int(workers_.size()) + 1; }

    /// Runs every task and returns when all are done. Loops of several callers run one after the
    /// other; a loop inside a task runs on its own thread.
    void run(std::int64_t tasks, TaskFunction function, void* closure);

 private:
    void work(std::int64_t thread);
    void worker(std::int64_t thread);

    std::mutex callers_;
    std::vector<std::thread> workers_;
    TaskFunction function_ = nullptr;
    void* closure_ = nullptr;
    std::int64_t tasks_ = 0, chunk_ = 1;
    std::atomic<std::int64_t> next_{0};
    std::atomic<int> busy_{0};
    std::atomic<std::uint32_t> generation_{0};
    std::atomic<bool> stop_{false};
};

/// SNNC_THREADS, else the number of processors this process may use.
int default_threads();

/// While alive, loops started by compiled code on this thread run on `team`.
class UseTeam {
 public:
    explicit UseTeam(ThreadTeam& team);
    ~UseTeam();

 private:
    ThreadTeam* previous_;
};

}  // namespace snnc::runtime

/// The loop that compiled code calls; runs on the team in use on this thread, else serially.
extern "C" void snnc_parallel_for(std::int64_t tasks, snnc::runtime::TaskFunction function,
                                  void* closure);
