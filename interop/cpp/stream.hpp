// Messages in a stream of bytes, which a framing tells apart.
#pragma once

#include <algorithm>
#include <array>
#include <memory>

#include "carrier.hpp"
#include "fault.hpp"
#include "framing.hpp"

// Received bytes that are not consumed yet.
class Buffer {
public:
    Bytes content() const { return {storage_.get() + start_, end_ - start_}; }

    // Room for at least one byte more. `longest` is how long the content can become.
    std::span<std::byte> room(std::size_t longest) {
        constexpr std::size_t smallest = 65536;  // What a pipe holds, so one read empties it.
        if (start_ == end_) { start_ = end_ = 0; }
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

    void add(std::size_t count) { end_ += count; }

    void consume(std::size_t count) { start_ += count; }

private:
    // Not a vector: that would fill with zeros what is about to be overwritten.
    std::unique_ptr<std::byte[]> storage_;
    std::size_t capacity_ = 0;
    std::size_t start_ = 0;
    std::size_t end_ = 0;
};

class Stream : public Carrier {
public:
    Stream(Descriptor descriptor, std::unique_ptr<Framing> framing) : descriptor_{std::move(descriptor)}, framing_{std::move(framing)} {}

    void send(Bytes message) override {
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

    std::optional<Bytes> receive(const Deadline& deadline) override {
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
                if (buffer_.content().empty()) { return {}; }
                throw Fault(Kind::truncated, "the stream ended inside a frame, after ", buffer_.content().size(),
                            " bytes of it; the peer ended too early");
            }
        }
        return buffer_.content().subspan(frame_->header, frame_->payload);
    }

    void consume() override {
        buffer_.consume(frame_->size());
        frame_.reset();
    }

    void end_writing() override { shut_down_writing(descriptor_); }

private:
    bool is_frame_complete() {
        const Bytes received = buffer_.content();
        if (!frame_ && !received.empty()) { frame_ = framing_->find_bounds(received); }
        if (!frame_ || received.size() < frame_->size()) { return false; }
        if (as_text(received.subspan(frame_->header + frame_->payload, frame_->trailer)) != framing_->trailer()) {
            throw Fault(Kind::malformed, "a frame does not end with \"", framing_->trailer(),
                        "\"; check that both ends use the same framing");
        }
        return true;
    }

    Descriptor descriptor_;
    std::unique_ptr<Framing> framing_;
    Buffer buffer_;
    std::optional<Frame> frame_;  // the one at the front of the buffer, once its bounds are known
    bool is_at_end_ = false;      // Stays true: a FIFO's next writer must not bring an ended stream back to life.
};
