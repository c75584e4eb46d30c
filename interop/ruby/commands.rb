# frozen_string_literal: true

require_relative "addresses"
require_relative "fault"

# The grammar of a command and of a reply, and which verb has which keys. Nothing of what the verbs do.
module Commands
  LONGEST_LINE = 262_144 # In bytes, the line feed not counted.
  Keys = Struct.new(:required, :optional)
  VERBS = {
    "hello" => Keys.new([], []),
    "open" => Keys.new(%w[channel transport role address framing], %w[limit authkey]),
    "accept" => Keys.new(%w[channel], %w[timeout]),
    "send" => Keys.new(%w[channel], %w[payload file codec value format]),
    "receive" => Keys.new(%w[channel], %w[file codec format timeout]),
    "close" => Keys.new(%w[channel], %w[how]),
    "reset" => Keys.new([], []),
    "echo" => Keys.new(%w[channel count], []),
    "ping" => Keys.new(%w[channel count size], [])
  }.freeze
  # Optional verbs that this endpoint does not have.
  UNSUPPORTED = %w[layout call].freeze
  NUMBERS = {
    "limit" => 1..2_147_483_647, "count" => 1..10_000_000, "size" => 0..2_147_483_647, "timeout" => 0..86_400_000
  }.freeze

  module_function

  # Takes a line without its line feed apart: its verb, and the values of its keys.
  def parse(line)
    foreign = line[%r{[^A-Za-z0-9_.\-/:,@+~ =%]}n]
    raise Fault.usage(format("The line has the byte 0x%02x: write such a byte as %%XX.", foreign.ord)) if foreign
    raise Fault.usage("A % is followed by two hexadecimal digits: write %25 for itself.") if line.match?(/%(?!\h\h)/n)

    # A string, " ", would split in the manner of awk: blanks at the front vanish, and two in a row are one.
    verb, *words = line.split(/ /n, -1)
    raise Fault.usage("A command is VERB KEY=VALUE ... with single blanks.") unless verb&.match?(/\A[a-z0-9-]+\z/n)

    values = {}
    words.each do |word|
      key, value = word.split("=", 2)
      is_pair = value && key.match?(/\A[a-z0-9-]+\z/n) && !value.include?("=")
      raise Fault.usage("After a blank there must be KEY=VALUE.") unless is_pair
      raise Fault.usage("The key #{shortened(key)} stands twice: give it once.") if values.key?(key)

      values[key] = value.gsub(/%\h\h/n) { |code| code[1, 2].hex.chr }.b
    end
    [verb, values]
  end

  # Refuses unknown verbs and wrong keys. Numbers and keys become what they say.
  def check(verb, values)
    raise Fault.unsupported("There is no #{verb} here: hello lists the optional verbs.") if UNSUPPORTED.include?(verb)

    keys = VERBS[verb] or raise Fault.usage("There is no verb #{shortened(verb)}: use one of #{VERBS.keys.join(", ")}.")
    unknown = values.keys - keys.required - keys.optional
    raise Fault.usage("#{verb} has no key #{shortened(unknown.first)}.") unless unknown.empty?

    missing = keys.required - values.keys
    raise Fault.usage("#{verb} needs the key #{missing.first}.") unless missing.empty?

    values.to_h { |key, value| [key.to_sym, check_form(key, value)] }
  end

  # Words, addresses and payloads are checked later: other faults are reported before theirs.
  def check_form(key, value)
    case key
    when "channel"
      raise Fault.usage("A channel's name is 1 to 16 of a-z and 0-9.") unless value.match?(/\A[a-z0-9]{1,16}\z/n)
    when "how"
      raise Fault.usage("how= is write, or is left out.") if value != "write"
    when "file"
      Addresses.path(value)
    when "authkey"
      raise Fault.usage("A key has at least one byte.") if value.empty?

      return bytes(value)
    when *NUMBERS.keys
      range = NUMBERS[key]
      is_number = value.match?(Addresses::NUMBER) && range.cover?(value.to_i)
      raise Fault.usage("#{key} is a number from #{range.first} to #{range.last}.") unless is_number

      return value.to_i
    end
    value
  end

  # `pack("H*")` takes anything for hex, also `xyz`.
  def bytes(hex)
    return [hex].pack("H*") if hex.size.even? && !hex.match?(/[^0-9a-f]/n)

    raise Fault.usage("Bytes are written in lower-case hex, two digits a byte.")
  end

  def hex(bytes) = bytes.unpack1("H*")

  # What may be cut inside a character, or is no UTF-8, gets question marks there.
  def encoded(text)
    utf8 = text.b[0, 5000].force_encoding(Encoding::UTF_8).scrub("?")
    utf8.b.gsub(%r{[^A-Za-z0-9_.\-/:,@+~]}n) { |byte| format("%%%02X", byte.ord) }
  end

  def error(fault) = "error kind=#{fault.kind} message=#{encoded(fault.message)}"

  def too_long = error(Fault.usage("The line has more than #{LONGEST_LINE} bytes: use file=."))

  def shortened(text) = text[0, 100]
end
