# frozen_string_literal: true

require "io/nonblock"
require "socket"
require_relative "addresses"
require_relative "socket_files"
require_relative "waiting"

# Sockets of every transport that has them: listening, accepting, connecting.
module Sockets
  TYPES = { "unix-seqpacket" => :SEQPACKET, "unix-datagram" => :DGRAM }.tap { |types| types.default = :STREAM }.freeze
  BACKLOG = 16

  module_function

  # The address as the system has it, and the path of the socket's file if it has one.
  def parse(transport, role, address)
    case transport
    when "tcp" then [Addrinfo.tcp("127.0.0.1", Addresses.port(address, role)).to_sockaddr, nil]
    when "unix-abstract" then [Socket.sockaddr_un(Addresses.abstract_name(address)), nil]
    else
      path = transport == "dotnet-pipe" ? Addresses.dotnet_pipe_path(address) : Addresses.socket_path(address)
      [Socket.sockaddr_un(path), path]
    end
  end

  # Sockets of Ruby 3 are non-blocking. A read that has to wait then takes three calls of the system instead of one, and
  # connecting to a Unix listener whose queue is full does not wait for room (see `connect`).
  def make(transport)
    blocking(transport, Socket.new(transport == "tcp" ? :INET : :UNIX, TYPES[transport]))
  end

  def blocking(transport, socket)
    socket.nonblock = false
    # Else a small message waits until the peer has confirmed the one before, which may take 40 ms.
    socket.setsockopt(:TCP, :NODELAY, true) if transport == "tcp"
    socket
  end

  def connect(transport, address)
    system_address, = parse(transport, "connect", address)
    socket = make(transport)
    connect_whatever_happens(socket, system_address)
    socket
  rescue StandardError
    socket&.close
    raise
  end

  # Where the system says EINTR, because of a signal, or EAGAIN, because the socket is non-blocking, Ruby thinks that
  # the connection goes on by itself, and then calls it made. With TCP it does; a Unix socket has no connection, and
  # the first write would say so. Its peer's name tells the truth.
  def connect_whatever_happens(socket, system_address)
    Waiting.for_peer { socket.connect(system_address) }
    socket.getpeername if socket.local_address.unix?
  rescue Errno::ENOTCONN
    retry
  end
end

# A bound socket, and the file it has made.
class Listener
  # With datagrams it is this one that receives: there are no connections.
  attr_reader :socket

  def initialize(transport, address)
    system_address, path = Sockets.parse(transport, "listen", address)
    @transport = transport
    @socket = Sockets.make(transport)
    # Connections of an earlier listener that are in TIME_WAIT must not keep the port from this one.
    @socket.setsockopt(:SOCKET, :REUSEADDR, true) if transport == "tcp"
    path ? @file = SocketFile.bind(@socket, path) : @socket.bind(system_address)
    @socket.listen(Sockets::BACKLOG) unless transport == "unix-datagram"
  rescue StandardError
    close if @socket
    raise
  end

  # Between a wait and a blocking accept the peer may have given up, and the accept would wait for another one.
  def accept(deadline)
    while (connection = @socket.accept_nonblock(exception: false)) == :wait_readable
      Waiting.until_readable(@socket, deadline)
    end
    Sockets.blocking(@transport, connection.first)
  end

  def port = @socket.local_address.ip_port

  def descriptor = @socket.fileno

  # The file goes first: a peer that finds no file learns more than one that finds a file without a listener.
  def close
    SocketFile.remove(@file) if @file
    @socket.close
  end
end
