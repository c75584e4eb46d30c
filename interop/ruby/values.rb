# frozen_string_literal: true

require_relative "fault"

# Values as the protocol writes them, comma-separated tokens in prefix order: `map:1,text:61,list:2,int:1,null` is
# {"a" => [1, nil]}. A text is a UTF-8 String.
module Values
  DEEPEST = 200 # The root has depth 0.
  MOST_DIGITS = 20_000
  CONSTANTS = { "null" => nil, "true" => true, "false" => false }.freeze

  # What JSON does not have: such a value can be read here, so that it is refused for the right reason.
  Foreign = Struct.new(:kind)

  # A value that a reply cannot hold.
  class TooLong < Fault
    def initialize
      super("usage", "The value is too long for a reply: receive its message with file=.")
    end
  end

  # Reads tokens. Raises `usage`.
  class Reader
    def initialize(tokens)
      @words = tokens.split(",", -1) # Without -1 Ruby leaves empty words at the end out.
      @position = 0
    end

    def read
      value = next_value(0)
      raise unreadable("something stands behind it") if @position < @words.size

      value
    end

    private

    def next_value(depth)
      raise unreadable("it is nested deeper than #{DEEPEST}") if depth > DEEPEST

      word = @words[@position] or raise unreadable("a part is missing at its end")
      @position += 1
      return CONSTANTS[word] if CONSTANTS.key?(word)

      kind, colon, text = word.partition(":")
      raise no_token if colon.empty?

      case kind
      when "int" then whole_number(text)
      when "f64" then [hex(text, 8)].pack("a8").unpack1("G")
      when "text" then utf8(hex(text))
      when "list" then parts(text, 1, depth)
      when "map" then map(parts(text, 2, depth))
      when "f32", "bytes", "bytearray", "tuple", "set", "frozenset", "object" then foreign(kind, text, depth)
      else raise no_token
      end
    end

    def whole_number(text)
      raise no_token unless text.match?(/\A-?[0-9]+\z/n)
      raise unreadable("a number has more than #{MOST_DIGITS} digits") if text.delete("-").size > MOST_DIGITS

      text.to_i
    end

    def hex(text, size = text.size / 2)
      raise no_token if text.match?(/[^0-9a-f]/n) || text.size != 2 * size

      [text].pack("H*")
    end

    def utf8(bytes)
      text = bytes.force_encoding(Encoding::UTF_8)
      text.valid_encoding? ? text : raise(no_token)
    end

    # Each part takes a word at least, so nobody can ask for more parts than there are words.
    def parts(text, each, depth)
      is_count = text.match?(/\A[0-9]{1,10}\z/n) && text.to_i * each <= @words.size - @position
      raise unreadable("it announces more parts than follow") unless is_count

      Array.new(text.to_i * each) { next_value(depth + 1) }
    end

    def map(parts)
      pairs = parts.each_slice(2).to_a
      keys = pairs.map(&:first)
      return Foreign.new("key that is no text") unless keys.all?(String)

      keys.uniq.size == keys.size ? pairs.to_h : Foreign.new("map with equal keys")
    end

    def foreign(kind, text, depth)
      case kind
      when "f32" then hex(text, 4)
      when "bytes", "bytearray" then hex(text)
      when "object" then utf8(hex(text)) && 2.times { next_value(depth + 1) }
      else parts(text, 1, depth)
      end
      Foreign.new(kind)
    end

    def no_token = unreadable("it has something that is no token such as int:-12, text:61 or list:2")

    def unreadable(reason) = Fault.usage("The value cannot be read: #{reason}. Write tokens in prefix order.")
  end

  # Writes tokens of so many characters at most.
  class Writer
    def initialize(longest)
      @room = longest + 1 # The first word has no comma before it.
      @words = []
    end

    def write(value)
      add(value)
      @words.join(",")
    end

    private

    def add(value)
      case value
      when nil, true, false then word(value.nil? ? "null" : value.to_s)
      when Integer then word("int:#{value}")
      when Float then word("f64:#{[value].pack("G").unpack1("H*")}")
      when String then word("text:#{value.unpack1("H*")}")
      when Array
        word("list:#{value.size}")
        value.each { |part| add(part) }
      when Hash
        word("map:#{value.size}")
        value.each { |pair| pair.each { |part| add(part) } }
      end
    end

    def word(text)
      @room -= text.size + 1
      raise TooLong if @room.negative?

      @words << text
    end
  end

  def self.read(tokens) = Reader.new(tokens).read

  def self.write(value, longest) = Writer.new(longest).write(value)
end
