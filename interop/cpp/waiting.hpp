// Waiting for a peer: until when, and that it can be seen from outside.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>

class Descriptor;

using Clock = std::chrono::steady_clock;  // Nobody sets it.

// Without a value: for ever.
using Deadline = std::optional<Clock::time_point>;

// Waits until the descriptor can be read, or a connection accepted, without waiting. Throws `timeout` at the deadline.
// Without a deadline it returns at once: then the read itself waits, which saves a system call.
void wait_until_readable(const Descriptor& descriptor, const Deadline& deadline);

// Asks again and again, for what nobody wakes us for, such as a word in shared memory. Throws `timeout` at the deadline.
void wait_until(const std::function<bool()>& is_ready, const Deadline& deadline);

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
