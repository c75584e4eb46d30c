#include "waiting.hpp"

#include <poll.h>

#include <algorithm>
#include <thread>

#include "descriptor.hpp"
#include "fault.hpp"

using namespace std::chrono_literals;

namespace {

Fault late() { return Fault{Kind::timeout, "the peer did not do its part in time; ask again, or with a longer timeout="}; }

}  // namespace

void wait_until_readable(const Descriptor& descriptor, const Deadline& deadline) {
    if (!deadline) {
        return;
    }
    for (;;) {
        // Rounded up: poll counts in milliseconds, and must not give up too early.
        const auto left = std::chrono::ceil<std::chrono::milliseconds>(*deadline - Clock::now());
        pollfd watched{descriptor.number(), POLLIN, 0};
        const Waiting waiting;
        const int count = ::poll(&watched, 1, static_cast<int>(std::max(left, 0ms).count()));
        if (count > 0) {
            return;  // The end of the stream or an error too: the read will say which.
        }
        if (count < 0 && errno != EINTR) {
            throw_errno("cannot wait for the peer");
        }
        if (count == 0 && left <= 0ms) {
            throw late();
        }
    }
}

// The other side often answers within microseconds, so at first only give the processor away. Then sleep for longer and
// longer, so that waiting for hours costs nothing.
void wait_until(const std::function<bool()>& is_ready, const Deadline& deadline) {
    constexpr int yields = 200;
    std::chrono::nanoseconds nap = 0ns;
    for (int turn = 0; !is_ready(); turn++) {
        if (deadline && Clock::now() >= *deadline) {
            throw late();
        }
        if (turn < yields) {
            std::this_thread::yield();
            continue;
        }
        nap = std::min<std::chrono::nanoseconds>(nap + 20us, 1ms);
        const Waiting waiting;
        std::this_thread::sleep_for(nap);
    }
}
