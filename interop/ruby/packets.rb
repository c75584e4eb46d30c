# frozen_string_literal: true

require "socket"
require_relative "fault"
require_relative "waiting"

# Messages whose bounds the system keeps: `unix-seqpacket` and `unix-datagram`.
class PacketSocket
  def initialize(socket, limit, is_datagram:)
    @socket = socket
    @limit = limit
    @is_datagram = is_datagram
    @at_end = false
  end

  def send_message(payload)
    raise Fault.too_large(payload.bytesize, @limit) if payload.bytesize > @limit

    if payload.empty? && !@is_datagram
      raise Fault.malformed("A packet of no bytes would look like the end of the stream: send at least one byte.")
    end

    # The whole packet or nothing, so there is no rest to send. This waits while the receiver's queue is full.
    Waiting.for_peer { @socket.send(payload, 0) }
  rescue Errno::ENOTCONN
    # Linux reports a receiver that is gone as ECONNREFUSED once, and disconnects a datagram socket while doing so.
    raise Errno::ECONNREFUSED if @is_datagram

    raise
  end

  # The next message, nil at the end of the stream, which datagrams do not have.
  def receive_message(deadline)
    return if @at_end

    Waiting.until_readable(@socket, deadline) if deadline
    # `recv(size)` would cut a longer packet, lose its rest and not say so. Without a size `recvmsg` looks at the packet
    # first, with more and more room until it fits, and so takes no more memory than the packet needs.
    message, = Waiting.for_peer { @socket.recvmsg }
    # At the end it is nil from Ruby 3.3 on, and empty before. A datagram of no bytes is a message like any other.
    if message.nil? || (message.empty? && !@is_datagram)
      @at_end = true
      return
    end
    raise Fault.too_large(message.bytesize, @limit) if message.bytesize > @limit

    message
  end

  def end_writing
    @socket.shutdown(Socket::SHUT_WR)
  rescue Errno::ENOTCONN
    nil # The peer is gone.
  end

  def descriptor = @socket.fileno

  def close = @socket.close
end
