# frozen_string_literal: true

require_relative "channel"
require_relative "commands"
require_relative "fault"
require_relative "files"
require_relative "framings"
require_relative "json_codec"
require_relative "values"
require_relative "waiting"

# Obeys commands: one method for each verb. It returns the reply's pairs.
class Session
  LONGEST_VALUE = Commands::LONGEST_LINE - "ok value=".size
  LARGEST_PAYLOAD = (Commands::LONGEST_LINE - "ok payload=".size) / 2
  CODECS = %w[json].freeze
  FEATURES = %w[echo ping authkey timeout].freeze

  def initialize
    @channels = {}
  end

  # The reply to a line, both without their line feeds.
  def answer(line)
    verb, texts = Commands.parse(line)
    pairs = public_send("obey_#{verb}", **Commands.check(verb, texts))
    ["ok", *pairs.map { |key, value| "#{key}=#{value}" }].join(" ")
  rescue Fault => fault
    Commands.error(fault)
  rescue SystemCallError => error
    Commands.error(Fault.of_system(error, [verb, *texts.slice("channel", "address", "file").values].join(" ")))
  rescue StandardError, NoMemoryError => error
    words = "#{verb} failed: #{error.class}, #{error.message.b}. Report it with the command."
    Commands.error(Fault.new("internal", words))
  end

  def obey_hello
    runtime = "#{RUBY_ENGINE == "ruby" ? "CRuby" : RUBY_ENGINE} #{RUBY_VERSION}"
    {
      protocol: 1, language: "ruby", runtime: Commands.encoded(runtime),
      transports: Channel::TRANSPORTS.keys.join(","), framings: [*Framings::ALL.keys, Framings::NONE].join(","),
      codecs: CODECS.join(","), features: FEATURES.join(",")
    }
  end

  def obey_open(channel:, address:, **description)
    raise Fault.usage("The channel #{channel} is open already: close it first.") if @channels.key?(channel)

    opened = Channel.new(**description)
    opened.open(address, @channels.values.flat_map(&:descriptors))
    @channels[channel] = opened
    { address: opened.chosen_address(address) }.compact
  end

  def obey_accept(channel:, timeout: nil)
    find(channel).accept(deadline(timeout))
    {}
  end

  def obey_send(channel:, payload: nil, file: nil, codec: nil, value: nil, format: nil)
    raise Fault.usage("send needs one of payload, file and codec.") if [payload, file, codec].compact.size != 1
    raise Fault.usage("codec and value belong together.") if codec.nil? != value.nil?

    channel = find(channel)
    check_codec(codec, format)
    sender = channel.sender
    sender.send_message(
      if payload then Commands.bytes(payload)
      elsif file then MessageFile.read(file, channel.limit)
      else JsonCodec.encode(Values.read(value))
      end
    )
    {}
  end

  def obey_receive(channel:, file: nil, codec: nil, format: nil, timeout: nil)
    raise Fault.usage("A value is received with codec, and not into a file.") if codec && file

    channel = find(channel)
    check_codec(codec, format)
    channel.receiver
    message = channel.receive(deadline(timeout))
    return { end: true } unless message

    begin
      hand_over(message, file, codec)
    rescue StandardError => error
      # What was too long for a reply, or for a disk, can be asked for again. What is no value is gone.
      channel.keep(message) unless error.is_a?(Fault) && error.kind != "usage"
      raise
    end
  end

  def obey_close(channel:, how: nil)
    opened = find(channel)
    how ? opened.end_writing : @channels.delete(channel).close
    {}
  end

  def obey_reset
    close_all
    {}
  end

  def obey_echo(channel:, count:)
    channel = find(channel)
    check_two_way(channel)
    count.times { channel.sender.send_message(receive_in_loop(channel)) }
    {}
  end

  def obey_ping(channel:, count:, size:)
    channel = find(channel)
    check_two_way(channel)
    raise Fault.too_large(size, channel.limit) if size > channel.limit # Before the payload is made.

    payload = "p" * size
    start = nanoseconds
    count.times do
      channel.sender.send_message(payload)
      receive_in_loop(channel)
    end
    { nanoseconds: nanoseconds - start }
  end

  def close_all
    @channels.shift.last.close until @channels.empty?
  end

  private

  def find(name)
    @channels[name] || raise(Fault.usage("The channel #{name} is not open: open it first."))
  end

  def deadline(timeout) = timeout && Deadline.new(timeout / 1000.0)

  def check_codec(codec, format)
    if codec && !CODECS.include?(codec)
      raise Fault.unsupported("There is no such codec here: use #{CODECS.join(", ")}.")
    end
    raise Fault.usage("The codec json has no format: leave it out.") if format
  end

  def check_two_way(channel)
    channel.sender
    channel.receiver
  end

  def hand_over(message, file, codec)
    if file
      MessageFile.write(file, message)
      return { length: message.bytesize }
    end
    return { value: Values.write(JsonCodec.decode(message, LONGEST_VALUE), LONGEST_VALUE) } if codec
    return { payload: Commands.hex(message) } if message.bytesize <= LARGEST_PAYLOAD

    raise Fault.usage("The message has #{message.bytesize} bytes, too many for a reply: receive it with file=.")
  end

  def receive_in_loop(channel)
    channel.receive(nil) || raise(Fault.new("closed", "The stream ended in the loop: the peer went away too early."))
  end

  def nanoseconds = Process.clock_gettime(Process::CLOCK_MONOTONIC, :nanosecond)
end
