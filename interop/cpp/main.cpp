// The C++ endpoint: local channels on Linux with the standard library and libc.
//
// It obeys the commands of ../PROTOCOL.md, one a line on standard input, and answers each with one line on standard
// output. Every other file is one subject, and they are headers: what they use of the standard library is compiled once. To read from the
// bottom of the stack to the top:
//
//   fault        what went wrong; errno becomes one of the protocol's kinds, in one place
//   descriptor   who closes a descriptor; interrupted and partial reads and writes
//   waiting      for a peer: deadlines, and that it waits
//   leftovers    what must not stay behind when the process ends
//   framing      where a message ends in a stream; framings are six such rules
//   carrier      one message in, one message out, whatever carries it:
//     stream       bytes, which a framing tells apart
//     packets      messages whose bounds the system keeps
//     slot, cell, shared_memory   bytes that both sides map (mapping)
//   transports   their names, and what each is like
//   addresses    of sockets
//   sockets      listening, accepting, connecting
//   inherited    descriptors that a process inherits
//   pipes        FIFOs, and inherited pipes and socketpairs
//   files        a message from a file, a message into a file
//   channel      what `open` makes
//   commands     the grammar of commands and replies
//   layouts      how records lie in memory
//   session      the open channels and the verbs
//   watcher      the end of the commands, and SIGTERM, while the endpoint waits
#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <csignal>
#include <iostream>

#include "commands.hpp"
#include "fault.hpp"
#include "framing.hpp"
#include "session.hpp"
#include "watcher.hpp"

namespace {

// Not std::cin and std::cout, which know nothing of a line that is too long and keep what they should write.
class Lines {
public:
    // The next line without its LF, or nothing at the end. Of a line that is too long only the end is given, so that it
    // takes no more memory than any other; then `is_too_long`.
    std::optional<std::string_view> next() {
        is_too_long = false;
        for (std::size_t searched = start_;;) {
            const std::string_view received = as_text(Bytes{buffer_}.first(end_));
            if (const std::size_t line_feed = received.find('\n', searched); line_feed != std::string_view::npos) {
                const std::string_view line = received.substr(start_, line_feed - start_);
                start_ = line_feed + 1;
                return line;
            }
            if (end_ == buffer_.size()) {
                is_too_long = is_too_long || start_ == 0;
                const std::size_t kept = start_ == 0 ? 0 : end_ - start_;
                std::ranges::copy(Bytes{buffer_}.subspan(start_, kept), buffer_.begin());
                start_ = 0;
                end_ = kept;
            }
            searched = end_;
            const std::size_t count = read_some(input_, std::span{buffer_}.subspan(end_));
            if (count == 0) { return {}; }
            end_ += count;
        }
    }

    bool is_too_long = false;

private:
    const Descriptor input_{STDIN_FILENO};
    std::array<std::byte, longest_line + 1> buffer_{};
    std::size_t start_ = 0;
    std::size_t end_ = 0;
};

void obey_all() {
    static Lines lines;
    const Descriptor output{STDOUT_FILENO};
    Session session;
    while (const auto line = lines.next()) {
        std::string reply;
        {
            const UnderWay under_way;  // Whoever reads the reply may take their time.
            reply = lines.is_too_long ? error_reply(Fault(Kind::usage, "the line is too long; send a long message with file="))
                                      : session.obey(*line);
        }
        reply += '\n';
        std::array<iovec, 1> whole{part(reply.data(), reply.size())};
        write_all(output, whole);
    }
}

}  // namespace

int main() {
    // A write to a peer that is gone shall be EPIPE, and one beyond a limit EFBIG, errors like any other. By default both are signals
    // that kill.
    std::signal(SIGPIPE, SIG_IGN);
    std::signal(SIGXFSZ, SIG_IGN);
    // The next descriptor gets the lowest free number. So without a standard stream, a socket would take its place.
    for (const int stream : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) {
        if (::fcntl(stream, F_GETFD) < 0) { ::open("/dev/null", O_RDWR); }
    }
    try {
        start_watcher();
        obey_all();
    } catch (const std::exception& error) {
        std::cerr << error.what() << '\n';
        return 1;
    }
    return 0;
}
