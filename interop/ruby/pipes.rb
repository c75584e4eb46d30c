# frozen_string_literal: true

require "socket"
require_relative "addresses"
require_relative "fault"
require_relative "waiting"

# FIFOs, and the ends of pipes and socket pairs that the process was started with.
module Pipes
  module_function

  def open_fifo(address, role)
    path = Addresses.path(address)
    # Looked at before it is opened: opening a device can have effects, and opening a file for writing would change it.
    raise Fault.usage("#{path} is not a FIFO: make one with mkfifo.") unless File.stat(path).pipe?

    # Waits until somebody has opened the other end. Never for both ways: then the end of the stream would never come.
    Waiting.for_peer { File.open(path, role == "read" ? File::RDONLY : File::WRONLY) }
  rescue Errno::EINTR
    retry # A signal. Ruby repeats its reads and writes by itself, but not this.
  end

  def adopt_pipe(address, role, taken)
    number = Addresses.descriptor(address)
    refuse(number, "end of a pipe") unless status(number, taken).pipe?
    own(IO.for_fd(number, role == "read" ? "rb" : "wb"))
  rescue Errno::EINVAL
    raise Fault.usage("The descriptor #{number} is the other end of a pipe than role=#{role} needs.")
  end

  def adopt_socket(address, taken)
    number = Addresses.descriptor(address)
    refuse(number, "stream socket") unless status(number, taken).socket?
    socket = Socket.for_fd(number)
    return own(socket) if socket.getsockopt(:SOCKET, :TYPE).int == Socket::SOCK_STREAM

    socket.autoclose = false # Else Ruby closes what is not ours, as soon as its garbage collector comes by.
    refuse(number, "stream socket")
  end

  def status(number, taken)
    raise Fault.usage("Another channel has the descriptor #{number}: close that first.") if taken.include?(number)

    IO.for_fd(number, autoclose: false).stat
  rescue ArgumentError
    refuse(number, "descriptor for others: it is Ruby's own, and so no pipe or socket")
  end

  def refuse(number, what)
    raise Fault.usage("The descriptor #{number} is no #{what}.")
  end

  # It came through an exec, so it does not have the flag with which Ruby opens its own.
  def own(io)
    io.close_on_exec = true
    io
  end
end
