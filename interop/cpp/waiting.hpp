// Waiting for a peer: until when, and that it can be seen from outside.
#pragma once

#include <poll.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <thread>

#include "descriptor.hpp"
#include "fault.hpp"

using Clock = std::chrono::steady_clock;  // Nobody sets it.

// Without a value: for ever.
using Deadline = std::optional<Clock::time_point>;

// What the main thread is doing, for the watcher. No other memory depends on it, so relaxed order is enough.
struct Progress {
    std::atomic<std::uint64_t> step = 0;  // odd while a command is under way
    std::atomic<bool> waits = false;
};

inline Progress progress;

// Lives while a command is obeyed.
class UnderWay {
public:
    UnderWay() noexcept { progress.step.fetch_add(1, std::memory_order_relaxed); }

    ~UnderWay() { progress.step.fetch_add(1, std::memory_order_relaxed); }

    UnderWay(const UnderWay&) = delete;
    UnderWay& operator=(const UnderWay&) = delete;
};

// Lives around each call that may wait for somebody else: a peer, the reader of a FIFO.
class Waiting {
public:
    Waiting() noexcept { progress.waits.store(true, std::memory_order_relaxed); }

    ~Waiting() { progress.waits.store(false, std::memory_order_relaxed); }

    Waiting(const Waiting&) = delete;
    Waiting& operator=(const Waiting&) = delete;
};

inline Fault late() { return Fault(Kind::timeout, "the peer did not do its part in time; ask again, or with a longer timeout="); }

// Waits until the descriptor can be read, or a connection accepted, without waiting. Throws `timeout` at the deadline. Without a
// deadline it returns at once: then the read itself waits, which saves a system call.
inline void wait_until_readable(const Descriptor& descriptor, const Deadline& deadline) {
    using namespace std::chrono_literals;
    while (deadline) {
        // Rounded up: poll counts in milliseconds, and must not give up too early.
        const auto left = std::chrono::ceil<std::chrono::milliseconds>(*deadline - Clock::now());
        pollfd watched{descriptor.number(), POLLIN, 0};
        const Waiting waiting;
        const int count = ::poll(&watched, 1, static_cast<int>(std::max(left, 0ms).count()));
        if (count > 0) {
            return;  // The end of the stream or an error too: the read will say which.
        }
        if (count < 0 && errno != EINTR) { throw_errno("cannot wait for the peer"); }
        if (count == 0 && left <= 0ms) { throw late(); }
    }
}

// Asks again and again, for what nobody wakes us for, such as a word in shared memory. The other side often answers within
// microseconds, so at first this only gives the processor away. Then it sleeps for longer and longer, so that waiting for hours
// costs nothing. Throws `timeout` at the deadline.
inline void wait_until(const std::function<bool()>& is_ready, const Deadline& deadline) {
    using namespace std::chrono_literals;
    constexpr int yields = 200;
    std::chrono::nanoseconds nap = 0ns;
    for (int turn = 0; !is_ready(); turn++) {
        if (deadline && Clock::now() >= *deadline) { throw late(); }
        if (turn < yields) {
            std::this_thread::yield();
            continue;
        }
        nap = std::min<std::chrono::nanoseconds>(nap + 20us, 1ms);
        const Waiting waiting;
        std::this_thread::sleep_for(nap);
    }
}
