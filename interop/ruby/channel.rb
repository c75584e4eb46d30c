# frozen_string_literal: true

require_relative "fault"
require_relative "framings"
require_relative "handshake"
require_relative "packets"
require_relative "pipes"
require_relative "slots"
require_relative "sockets"
require_relative "streams"

# An open channel: a listener, a connection, or a listener and the connection that it has accepted.
class Channel
  DEFAULT_LIMIT = 64 << 20
  SOCKET_ROLES = %w[listen connect].freeze
  PIPE_ROLES = %w[read write].freeze
  TRANSPORTS = {
    "unix" => SOCKET_ROLES, "unix-abstract" => SOCKET_ROLES, "unix-seqpacket" => SOCKET_ROLES,
    "unix-datagram" => SOCKET_ROLES, "dotnet-pipe" => SOCKET_ROLES, "tcp" => SOCKET_ROLES,
    "fifo" => PIPE_ROLES, "pipe" => PIPE_ROLES, "socketpair" => PIPE_ROLES, "file-slot" => PIPE_ROLES
  }.freeze
  KEEPS_BOUNDS = %w[unix-seqpacket unix-datagram file-slot].freeze
  ONE_WAY = %w[unix-datagram fifo pipe file-slot].freeze
  # On a one-way transport.
  SENDING_ROLES = %w[write connect].freeze

  attr_reader :limit

  # Refuses the words that `hello` does not list, and those that do not go together.
  def initialize(transport:, role:, framing:, limit: DEFAULT_LIMIT, authkey: nil)
    @transport = transport
    @role = role
    @framing = framing
    @limit = limit
    @authkey = authkey
    check_words
    check_authkey
  end

  # `taken` are the numbers of the descriptors that other channels have.
  def open(address, taken)
    raise Fault.usage("The address is empty: a #{@transport} needs one.") if address.empty?

    case @transport
    when "fifo" then use_stream(Pipes.open_fifo(address, @role))
    when "pipe" then use_stream(Pipes.adopt_pipe(address, @role, taken))
    when "socketpair" then use_stream(Pipes.adopt_socket(address, taken))
    when "file-slot" then @connection = FileSlot.new(Addresses.path(address), @role, @limit)
    else
      @role == "listen" ? listen(address) : use_socket(Sockets.connect(@transport, address), is_accepting: false)
    end
  end

  # The address that the system has chosen, if it was asked to.
  def chosen_address(address)
    "127.0.0.1:#{@listener.port}" if @transport == "tcp" && @role == "listen" && address.end_with?(":0")
  end

  def accept(deadline)
    if @role != "listen" || @transport == "unix-datagram"
      raise Fault.usage("There is nobody to accept: that is for role=listen, and not for datagrams.")
    end
    raise Fault.usage("The channel has its peer already: open another for the next one.") if @connection

    use_socket(@listener.accept(deadline), is_accepting: true)
  end

  # What sends and receives.
  def peer
    @connection || raise(Fault.usage("The channel has no peer yet: accept one first."))
  end

  def sender
    return peer if !one_way? || SENDING_ROLES.include?(@role)

    raise Fault.usage("The channel only receives: send on one with the other role.")
  end

  def receiver
    return peer if !one_way? || !SENDING_ROLES.include?(@role)

    raise Fault.usage("The channel only sends: receive on one with the other role.")
  end

  # The next message, nil at the end of the stream.
  def receive(deadline)
    kept, @kept = @kept, nil
    kept || receiver.receive_message(deadline)
  end

  # A message that could not be handed over: the next `receive` gets it.
  def keep(message)
    @kept = message
  end

  def end_writing
    # This socket could; but the classes of .NET, for which there is a dotnet-pipe, have no call for it.
    if one_way? || @transport == "dotnet-pipe"
      raise Fault.unsupported("A #{@transport} has no half close: close the channel.")
    end

    peer.end_writing
  end

  def descriptors = [@listener, @connection].compact.map(&:descriptor)

  # A listener of datagrams is its own connection, and closed twice, which does no harm.
  def close
    @listener&.close
  ensure
    @connection&.close
  end

  private

  def one_way? = ONE_WAY.include?(@transport)

  def check_words
    roles = TRANSPORTS[@transport] or raise Fault.unsupported("There is no such transport here: use what hello lists.")
    unless Framings::ALL.key?(@framing) || @framing == Framings::NONE
      raise Fault.unsupported("There is no such framing here: use what hello lists.")
    end
    if KEEPS_BOUNDS.include?(@transport) != (@framing == Framings::NONE)
      raise Fault.unsupported("A #{@transport} does not go with framing=#{@framing}: streams need one.")
    end
    raise Fault.unsupported("A #{@transport} has no such role: use #{roles.join(" or ")}.") unless roles.include?(@role)
  end

  def check_authkey
    return unless @authkey
    return if TRANSPORTS[@transport] == SOCKET_ROLES && @framing == "multiprocessing"

    raise Fault.usage("A key is for connections with framing=multiprocessing: leave authkey out.")
  end

  def listen(address)
    @listener = Listener.new(@transport, address)
    return unless @transport == "unix-datagram"

    @connection = PacketSocket.new(@listener.socket, @limit, is_datagram: true)
  end

  def use_socket(socket, is_accepting:)
    if KEEPS_BOUNDS.include?(@transport)
      @connection = PacketSocket.new(socket, @limit, is_datagram: @transport == "unix-datagram")
      return
    end
    stream = MessageStream.new(socket, Framings::ALL[@framing].new, @limit)
    Handshake.run(stream, @authkey, is_accepting) if @authkey
    @connection = stream
  ensure
    socket.close unless @connection
  end

  def use_stream(io)
    @connection = MessageStream.new(io, Framings::ALL[@framing].new, @limit)
  end
end
