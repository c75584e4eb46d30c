#include "stream.hpp"

#include <algorithm>
#include <array>

#include "fault.hpp"

std::span<std::byte> Buffer::room(std::size_t longest) {
    constexpr std::size_t smallest = 65536;  // What a pipe holds, so one read empties it.
    if (start_ == end_) {
        start_ = end_ = 0;
    }
    if (end_ == capacity_) {
        const Bytes kept = content();
        if (start_ > 0 && (longest <= capacity_ || start_ >= capacity_ / 2)) {
            std::ranges::copy(kept, storage_.get());
        } else {
            // Doubled, not as long as a peer has announced: an announcement alone takes no memory.
            const std::size_t capacity = std::max(smallest, std::min(2 * capacity_, longest));
            auto storage = std::make_unique_for_overwrite<std::byte[]>(capacity);
            std::ranges::copy(kept, storage.get());
            storage_ = std::move(storage);
            capacity_ = capacity;
        }
        start_ = 0;
        end_ = kept.size();
    }
    return {storage_.get() + end_, capacity_ - end_};
}

bool Stream::is_frame_complete() {
    const Bytes received = buffer_.content();
    if (!frame_ && !received.empty()) {
        frame_ = framing_->find_bounds(received);
    }
    if (!frame_ || received.size() < frame_->size()) {
        return false;
    }
    if (as_text(received.subspan(frame_->header + frame_->payload, frame_->trailer)) != framing_->trailer()) {
        throw Fault{Kind::malformed, "a frame does not end with \"", framing_->trailer(),
                    "\"; check that both ends use the same framing"};
    }
    return true;
}

std::optional<Bytes> Stream::receive(const Deadline& deadline) {
    constexpr std::size_t room_for_header = 4096;
    // Decode first, read second: one read may have brought several frames.
    while (!is_frame_complete()) {
        if (!is_at_end_) {
            wait_until_readable(descriptor_, deadline);
            const auto room = buffer_.room(frame_ ? frame_->size() : framing_->limit() + room_for_header);
            const Waiting waiting;
            const std::size_t count = read_some(descriptor_, room);
            buffer_.add(count);
            is_at_end_ = count == 0;
        }
        if (is_at_end_) {
            if (buffer_.content().empty()) {
                return {};
            }
            throw Fault{Kind::truncated, "the stream ended inside a frame, after ", buffer_.content().size(),
                        " bytes of it; the peer ended too early"};
        }
    }
    return buffer_.content().subspan(frame_->header, frame_->payload);
}

void Stream::consume() {
    buffer_.consume(frame_->size());
    frame_.reset();
}

void Stream::send(Bytes message) {
    framing_->check_payload(message);
    const std::string header = framing_->header(message.size());
    const std::string_view trailer = framing_->trailer();
    // One call for all three: a third of the system calls, and TCP sends one segment instead of three.
    std::array<iovec, 3> parts{
        part(header.data(), header.size()),
        part(message.data(), message.size()),
        part(trailer.data(), trailer.size()),
    };
    const Waiting waiting;
    write_all(descriptor_, parts);
}
