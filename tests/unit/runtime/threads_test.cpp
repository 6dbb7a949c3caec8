#include "runtime/threads.h"

#include <gtest/gtest.h>

#include <chrono>
#include <cstdlib>
#include <optional>

namespace snnc::runtime {
namespace {

/// How often each task ran, and on which thread last.
struct Visits {
    explicit Visits(std::int64_t tasks)
        : times(std::size_t(tasks)), threads(std::size_t(tasks), -1) {}
    std::vector<std::atomic<int>> times;
    std::vector<std::int64_t> threads;

    static void visit(void* closure, std::int64_t task, std::int64_t thread) {
        auto& visits = *static_cast<Visits*>(closure);
        ++visits.times[std::size_t(task)];
        visits.threads[std::size_t(task)] = thread;
    }
    void expect_each_once(int team_size) const {
        for (std::size_t i = 0; i < times.size(); ++i) {
            ASSERT_EQ(times[i], 1) << "task " << i;
            ASSERT_GE(threads[i], 0);
            ASSERT_LT(threads[i], team_size);
        }
    }
};

TEST(ThreadTeam, RunsEveryTaskOnce) {
    for (const int threads : {1, 2, 3, 8}) {
        ThreadTeam team(threads);
        ASSERT_EQ(team.size(), threads);
        for (const std::int64_t tasks : {0, 1, 2, 7, 64, 1000}) {
            Visits visits(tasks);
            team.run(tasks, Visits::visit, &visits);
            visits.expect_each_once(threads);
        }
    }
}

TEST(ThreadTeam, HasAtLeastItsCaller) { EXPECT_EQ(ThreadTeam(0).size(), 1); }

TEST(ThreadTeam, SleepersWakeForTheNextLoop) {
    ThreadTeam team(3);
    for (int repetition = 0; repetition < 3; ++repetition) {
        // Longer than the workers spin; a worker that overslept would leave run() waiting.
        std::this_thread::sleep_for(std::chrono::milliseconds(20));
        Visits visits(100);
        team.run(100, Visits::visit, &visits);
        visits.expect_each_once(3);
    }
}

TEST(ThreadTeam, LoopsOfSeveralCallersRunOneAfterTheOther) {
    ThreadTeam team(2);
    std::vector<std::thread> callers;
    for (int i = 0; i < 4; ++i) {
        callers.emplace_back([&] {
            for (int repetition = 0; repetition < 50; ++repetition) {
                Visits visits(20);
                team.run(20, Visits::visit, &visits);
                visits.expect_each_once(2);
            }
        });
    }
    for (std::thread& caller : callers) caller.join();
}

/// Until the end of a test, on threads that last as long as a loop.
class UseOwnThreads {
 public:
    UseOwnThreads() { use_host_threads(run); }
    ~UseOwnThreads() { use_host_threads(nullptr); }
    static inline std::atomic<int> loops{0}, most_threads{0};

 private:
    static void run(int threads, void (*work)(void*), void* closure) {
        ++loops;
        most_threads = threads;
        std::vector<std::thread> others;
        for (int i = 1; i < threads; ++i) others.emplace_back(work, closure);
        work(closure);
        for (std::thread& other : others) other.join();
    }
};

TEST(HostThreads, RunEveryTaskOnce) {
    UseOwnThreads::loops = 0;
    const UseOwnThreads host;
    ThreadTeam team(3);
    for (const std::int64_t tasks : {2, 7, 1000}) {
        Visits visits(tasks);
        team.run(tasks, Visits::visit, &visits);
        visits.expect_each_once(3);
    }
    EXPECT_EQ(UseOwnThreads::loops, 3);
    EXPECT_EQ(UseOwnThreads::most_threads, 3);
}

TEST(HostThreads, AreLeftAsTheyWereTaken) {
    UseOwnThreads::loops = 0;
    ThreadTeam team(2);
    for (const bool hosted : {false, true, false}) {
        std::optional<UseOwnThreads> host;
        if (hosted) host.emplace();
        Visits visits(50);
        team.run(50, Visits::visit, &visits);
        visits.expect_each_once(2);
    }
    EXPECT_EQ(UseOwnThreads::loops, 1);
}

TEST(ParallelFor, RunsOnTheTeamInUseElseOnTheCaller) {
    Visits alone(10);
    snnc_parallel_for(10, Visits::visit, &alone);
    alone.expect_each_once(1);

    ThreadTeam team(4);
    const UseTeam use(team);
    Visits together(1000);
    snnc_parallel_for(1000, Visits::visit, &together);
    together.expect_each_once(4);
}

TEST(ParallelFor, TeamsInUseNest) {
    ThreadTeam outer(2), inner(3);
    const UseTeam use_outer(outer);
    {
        const UseTeam use_inner(inner);
        Visits visits(100);
        snnc_parallel_for(100, Visits::visit, &visits);
        visits.expect_each_once(3);
    }
    Visits visits(100);
    snnc_parallel_for(100, Visits::visit, &visits);
    visits.expect_each_once(2);
}

TEST(ParallelFor, ALoopInsideATaskRunsOnItsOwnThread) {
    ThreadTeam team(3);
    const UseTeam use(team);
    std::vector<Visits> inner;
    for (int i = 0; i < 20; ++i) inner.emplace_back(30);
    snnc_parallel_for(
        20,
        [](void* closure, std::int64_t task, std::int64_t) {
            auto& all = *static_cast<std::vector<Visits>*>(closure);
            snnc_parallel_for(30, Visits::visit, &all[std::size_t(task)]);
        },
        &inner);
    for (const Visits& visits : inner) visits.expect_each_once(1);
}

class DefaultThreads : public testing::Test {
 protected:
    ~DefaultThreads() override { ::unsetenv("SNNC_THREADS"); }
    static int with(const char* text) {
        ::setenv("SNNC_THREADS", text, 1);
        return default_threads();
    }
};

TEST_F(DefaultThreads, FollowTheEnvironment) {
    EXPECT_EQ(with("3"), 3);
    EXPECT_EQ(with("99999"), 1024);
}

TEST_F(DefaultThreads, AreTheProcessorsOtherwise) {
    ::unsetenv("SNNC_THREADS");
    const int processors = default_threads();
    EXPECT_GE(processors, 1);
    for (const char* nonsense : {"", "0", "-2", "many"}) EXPECT_EQ(with(nonsense), processors);
}

}  // namespace
}  // namespace snnc::runtime
