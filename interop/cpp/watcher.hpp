// The end of the commands, and SIGTERM, while the endpoint waits for a peer.
//
// A call that waits for a peer does not notice that the commands have ended, and so the endpoint would outlive who started it.
// One poll for the peer and the commands would cost every message a system call. So a second thread watches. It sleeps nearly all
// the time and reads nothing, and the main thread does not know of it.
//
// SIGTERM is blocked and comes as something to read. So it never interrupts a call, and ordinary code ends the endpoint.
#pragma once

#include <poll.h>
#include <sys/ioctl.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <csignal>
#include <thread>

#include "descriptor.hpp"
#include "fault.hpp"
#include "leftovers.hpp"
#include "waiting.hpp"

class Watcher {
public:
    Watcher() {
        ::sigemptyset(&sigterm_);
        ::sigaddset(&sigterm_, SIGTERM);
        std::signal(SIGTERM, SIG_DFL);  // An ignored signal, which can be inherited, would not come at all.
        ::pthread_sigmask(SIG_BLOCK, &sigterm_, nullptr);
        arrival_ = Descriptor{::signalfd(no_descriptor, &sigterm_, SFD_CLOEXEC)};
        if (!arrival_) { throw_errno("cannot watch for SIGTERM"); }
    }

    [[noreturn]] void watch() const {
        wait_for_the_end_of_commands();
        std::uint64_t seen = 0;
        for (int looks = 0;; looks++) {
            const std::uint64_t step = progress.step;
            if (step % 2 == 0 || step != seen) {
                looks = 0;  // The main thread goes on, and will come to the end of the commands itself.
                seen = step;
            }
            if (looks >= patience && progress.waits) {
                Leftover::remove_all_for_ever();
                ::_exit(0);
            }
            look(no_descriptor, 0, look_ms);
        }
    }

private:
    static constexpr int look_ms = 10;           // between two looks at the main thread, once the commands have ended
    static constexpr int patience = 5;           // looks at the same command: it gets 50 ms to come to its end
    static constexpr int terminal_look_ms = 30;  // between two looks at a terminal
    static constexpr int no_descriptor = -1;     // poll ignores it

    // Sleeps until the descriptor has one of the events or has hung up, or the time is over. A negative time is for ever.
    short look(int descriptor, short events, int milliseconds) const {
        std::array<pollfd, 2> watched{{{descriptor, events, 0}, {arrival_.number(), POLLIN, 0}}};
        const int count = ::poll(watched.data(), watched.size(), milliseconds);
        if (count > 0 && watched[1].revents != 0) { die_of_sigterm(); }
        return count > 0 ? watched[0].revents : short{0};
    }

    // The parent sees from the status that it was SIGTERM.
    [[noreturn]] void die_of_sigterm() const {
        Leftover::remove_all_for_ever();
        ::pthread_sigmask(SIG_UNBLOCK, &sigterm_, nullptr);
        std::raise(SIGTERM);
        ::_exit(1);  // Not reached, as the signal has its default action.
    }

    void wait_for_the_end_of_commands() const {
        if (::isatty(STDIN_FILENO)) {
            while (look(STDIN_FILENO, 0, 0) == 0 && !has_ended_by_ctrl_d()) { look(no_descriptor, 0, terminal_look_ms); }
            return;
        }
        // POLLHUP, which need not be asked for, is a pipe without writers; POLLRDHUP a socket that was closed for writing only. A
        // regular file never hangs up: the commands in it are all obeyed.
        while (look(STDIN_FILENO, POLLRDHUP, -1) == 0) {}
    }

    // A terminal does not hang up at Ctrl-D: it can be read and has no byte. Between two commands that is the main thread's to
    // see.
    bool has_ended_by_ctrl_d() const {
        int count = 0;
        return progress.step % 2 == 1 && (look(STDIN_FILENO, POLLIN, 0) & POLLIN) != 0 && ::ioctl(STDIN_FILENO, FIONREAD, &count) == 0 &&
               count == 0;
    }

    sigset_t sigterm_;
    Descriptor arrival_;
};

// To be called once, before anything is opened.
inline void start_watcher() {
    std::thread{[watcher = Watcher{}] { watcher.watch(); }}.detach();
}
