# frozen_string_literal: true

require "json"
require "strscan"
require_relative "fault"
require_relative "values"

# JSON as RFC 8259 has it. Ruby's library is laxer: it takes comments, `\q` for a q, half a surrogate pair for a
# question mark, 1e400 for infinity, and of equal names the last. So each text is looked over first. What the library
# makes of a text may also take twenty times its memory; so what cannot be replied is refused before it is built.
module JsonCodec
  # `++` and `*+` never go back. With a single `+` Ruby notes at each byte that it could, which takes forty times the
  # memory of the text.
  NUMBER = /-?(?:0|[1-9][0-9]*+)(\.[0-9]++)?([eE][-+]?[0-9]++)?/n
  FIRST_HALF = /[dD][89abAB][0-9a-fA-F]{2}/n
  SECOND_HALF = /[dD][c-fC-F][0-9a-fA-F]{2}/n
  ESCAPE = %r{\\(?:["\\/bfnrt]|u(?:#{FIRST_HALF}\\u#{SECOND_HALF}|(?![dD][89a-fA-F])[0-9a-fA-F]{4}))}n

  # An object whose names are all different.
  class UniqueNames < Hash
    def []=(name, value)
      raise JsonCodec.malformed("the name #{name.inspect} stands twice in an object") if key?(name)

      super
    end
  end

  # Looks a text over: its nesting, its numbers and escapes, and how long its tokens are at least.
  class Survey
    def initialize(text, longest)
      @scanner = StringScanner.new(text)
      @room = longest
      @depth = 0
    end

    def check
      take_word until @scanner.eos?
    end

    private

    def take_word
      if @scanner.skip(/[ \t\r\n]++/n) then nil
      elsif @scanner.skip(/[,:]/n) then spend(1)
      elsif @scanner.skip(/[\[{]/n)
        value(5)
        @depth += 1
      elsif @scanner.skip(/[\]}]/n)
        @depth -= 1
        raise JsonCodec.malformed("it closes more brackets than it opens") if @depth.negative?
      elsif @scanner.skip(/"/n) then string
      elsif (number = @scanner.scan(NUMBER)) then check_number(number)
      elsif @scanner.skip(/true|false|null/n) then value(4)
      else raise JsonCodec.malformed("byte #{@scanner.pos} belongs to no JSON")
      end
    end

    def value(size)
      raise JsonCodec.malformed("it is nested deeper than #{Values::DEEPEST}") if @depth > Values::DEEPEST

      spend(size)
    end

    def spend(size)
      @room -= size
      raise Values::TooLong if @room.negative?
    end

    def string
      value(5)
      until @scanner.skip(/"/n)
        # Two digits a byte; an escape of six bytes is one byte at least.
        if (size = @scanner.skip(/[^"\\\x00-\x1f]++/n)) then spend(2 * size)
        elsif @scanner.skip(ESCAPE) then spend(2)
        else raise JsonCodec.malformed("byte #{@scanner.pos} belongs to no text")
        end
      end
    end

    def check_number(number)
      if @scanner[1] || @scanner[2]
        value(20)
        raise JsonCodec.malformed("a number is above every double-precision number") if number.to_f.infinite?
      else
        value(4)
        return if number.delete("-").size <= Values::MOST_DIGITS

        raise Fault.new("too-large", "A number has more than #{Values::MOST_DIGITS} digits: send it as text.")
      end
    end
  end

  module_function

  def encode(value)
    check_kinds(value)
    JSON.generate(value, max_nesting: 0) # The depth is checked already; the library's own limit is lower.
  rescue JSON::GeneratorError => error
    raise malformed(error.message)
  end

  # Raises Values::TooLong for a value whose tokens have more than so many characters.
  def decode(message, longest)
    text = message.dup.force_encoding(Encoding::UTF_8)
    raise malformed("it is no UTF-8") unless text.valid_encoding?

    Survey.new(message, longest).check
    JSON.parse(text, max_nesting: Values::DEEPEST + 1, object_class: UniqueNames)
  rescue JSON::ParserError => error
    raise malformed(error.message)
  end

  def check_kinds(value)
    case value
    when Array then value.each { |part| check_kinds(part) }
    when Hash then value.each_value { |part| check_kinds(part) }
    when Float then raise malformed("it has no #{value}") unless value.finite?
    when Values::Foreign then raise malformed("it has no #{value.kind}")
    end
  end

  def malformed(reason) = Fault.malformed("This is no JSON: #{reason.b[0, 200]}. Look at what its sender writes.")
end
