# frozen_string_literal: true

require_relative "fault"
require_relative "framings"
require_relative "waiting"

# Messages in a stream of bytes: a connected socket, or one end of a pipe.
class MessageStream
  CHUNK = 65_536

  attr_accessor :limit

  def initialize(io, framing, limit)
    @io = io.binmode
    # Each write goes to the system at once. Ruby's sockets do that by themselves, its files and pipes do not.
    @io.sync = true
    @framing = framing
    @limit = limit
    @buffer = String.new # What has come and is not yet taken, from @start on. Without an argument it is ASCII-8BIT.
    @start = 0
    @chunk = String.new(capacity: CHUNK)
    @frame = nil # The frame at @start, as soon as its header is whole.
    @at_end = false
  end

  def send_message(payload)
    raise Fault.too_large(payload.bytesize, @limit) if payload.bytesize > @limit

    @framing.check_payload(payload)
    # The system may take a part only, be interrupted, or, if somebody has made the descriptor non-blocking, say EAGAIN.
    # `write` goes on until all is written, whatever happens; `syswrite` and `write_nonblock` leave that to the caller.
    # It passes all parts in one call of the system, so nothing is copied, and TCP sends one segment instead of two.
    Waiting.for_peer { @io.write(@framing.encoded_header(payload.bytesize), payload, @framing.encoded_trailer) }
  end

  # The next message, nil at the end of the stream. After `timeout` a further call goes on where this one stopped.
  def receive_message(deadline)
    # Decode first, read second: one read may have brought several frames.
    until (message = next_message)
      read_more(deadline) unless @at_end
      next unless @at_end
      return if rest.zero?

      raise Fault.new("truncated", "The stream ended after #{rest} bytes of a frame: the peer ended too early.")
    end
    message
  end

  # The peer sees the end of the stream, and can still send.
  def end_writing
    @io.shutdown(Socket::SHUT_WR)
  rescue Errno::ENOTCONN
    nil # The peer has reset the connection, so there is no direction left to close.
  end

  def descriptor = @io.fileno

  def close = @io.close

  private

  def rest = @buffer.bytesize - @start

  def next_message
    return if rest.zero?

    @frame ||= @framing.decode(@buffer, @start, @limit)
    return unless @frame && rest >= @frame.total

    take(@frame)
  end

  def take(frame)
    payload = @buffer.byteslice(@start + frame.header, frame.payload)
    @framing.check_trailer(@buffer.byteslice(@start + frame.total - 1, 1)) if frame.trailer.positive?
    @start += frame.total
    @frame = nil
    drop_what_was_taken if rest.zero?
    payload
  end

  # The buffer grows with what arrives, not with what was announced.
  def read_more(deadline)
    drop_what_was_taken
    Waiting.until_readable(@io, deadline) if deadline
    # Returns as soon as there is something, where `read(size)` would wait for all of the size.
    Waiting.for_peer { @io.readpartial(CHUNK, @chunk) }
    @buffer << @chunk
  rescue EOFError
    @at_end = true
  end

  def drop_what_was_taken
    # Cutting nothing off is not free: after any cut Ruby reads the whole buffer again, to see whether it is ASCII.
    return if @start.zero?

    @buffer[0, @start] = ""
    @start = 0
  end
end
