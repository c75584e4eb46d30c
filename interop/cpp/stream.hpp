// Messages in a stream of bytes, which a framing tells apart.
#pragma once

#include <memory>

#include "carrier.hpp"
#include "framings.hpp"

// Received bytes that are not consumed yet.
class Buffer {
public:
    Bytes content() const { return {storage_.get() + start_, end_ - start_}; }

    // Room for at least one byte more. `longest` is how long the content can become.
    std::span<std::byte> room(std::size_t longest);
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
    Stream(Descriptor descriptor, std::unique_ptr<Framing> framing)
        : descriptor_{std::move(descriptor)}, framing_{std::move(framing)} {}

    void send(Bytes message) override;
    std::optional<Bytes> receive(const Deadline& deadline) override;
    void consume() override;
    void end_writing() override { shut_down_writing(descriptor_); }

private:
    bool is_frame_complete();

    Descriptor descriptor_;
    std::unique_ptr<Framing> framing_;
    Buffer buffer_;
    std::optional<Frame> frame_;  // the one at the front of the buffer, once its bounds are known
    bool is_at_end_ = false;      // Stays true: a FIFO's next writer must not bring an ended stream back to life.
};
