# frozen_string_literal: true

require_relative "fault"

# How messages lie in a stream. No input or output here: bytes in, decision out.
#
# A framing looks at the bytes of `buffer` from `start` on and answers with a Frame, or with nil as long as the header
# is not whole. It checks the length before anybody takes memory for it: four hostile bytes must not be able to ask for
# gigabytes. Each stream has a framing object of its own.
module Framings
  # The number of bytes of each part of a frame.
  Frame = Struct.new(:header, :payload, :trailer) do
    def total = header + payload + trailer
  end

  # What they have in common.
  class Framing
    def frame(header, payload, trailer, limit)
      return Frame.new(header, payload, trailer) if payload <= limit

      raise Fault.new("too-large", "A frame announces #{payload} bytes and the channel's limit is #{limit}: " \
                                   "raise limit= when opening.")
    end

    def malformed(reason)
      Fault.malformed("#{self.class} in the stream: #{reason}; check that both ends use the same framing.")
    end

    # Raises `malformed` for a message that the framing cannot carry.
    def check_payload(payload) = nil

    # Raises `malformed` for a trailer that is none.
    def check_trailer(trailer) = nil

    def encoded_trailer = ""
  end

  # An int32 in network byte order, or -1 and an uint64: Python's multiprocessing.connection.
  class Multiprocessing < Framing
    def decode(buffer, start, limit)
      return if buffer.bytesize - start < 4

      length = buffer.unpack1("l>", offset: start)
      return frame(4, length, 0, limit) if length >= 0
      raise malformed("the length #{length}") if length < -1
      return if buffer.bytesize - start < 12

      frame(12, buffer.unpack1("Q>", offset: start + 4), 0, limit)
    end

    # A limit is at most 2147483647, so the long form is never the shortest.
    def encoded_header(length) = [length].pack("l>")
  end

  # An uint32, little-endian on every machine.
  class U32le < Framing
    def decode(buffer, start, limit)
      frame(4, buffer.unpack1("V", offset: start), 0, limit) if buffer.bytesize - start >= 4
    end

    def encoded_header(length) = [length].pack("V")
  end

  # The payload and a line feed. A carriage return is payload: Ruby's `chomp` would take it away.
  class Line < Framing
    def initialize
      super
      @scanned = 0
    end

    def decode(buffer, start, limit)
      # Only what is new is looked at, or a long line in small pieces would take quadratic time.
      line_feed = buffer.index("\n", start + @scanned)
      length = (line_feed || buffer.bytesize) - start
      raise Fault.new("too-large", "A line has more than #{limit} bytes: raise limit= when opening.") if length > limit

      @scanned = line_feed ? 0 : length
      frame(0, length, 1, limit) if line_feed
    end

    def check_payload(payload)
      return unless payload.include?("\n")

      raise Fault.malformed("The message has a line feed, which would end it early: choose another framing.")
    end

    def encoded_header(_length) = ""
    def encoded_trailer = "\n"
  end

  # The decimal length, a colon, the payload, a comma.
  class Netstring < Framing
    def decode(buffer, start, limit)
      length = 0
      (start...buffer.bytesize).each do |position|
        byte = buffer.getbyte(position)
        size = position + 1 - start
        return frame(size, length, 1, limit) if byte == 0x3a && size > 1 # A colon.
        raise malformed(format("the byte 0x%02x in a length", byte)) unless byte.between?(0x30, 0x39)
        raise malformed("a zero in front of a length") if size > 1 && length.zero?

        length = length * 10 + byte - 0x30
        # At this digit, not at the colon: nobody shall be able to send digits for ever.
        frame(size, length, 1, limit) if length > limit
      end
      nil
    end

    def check_trailer(trailer)
      raise malformed(format("the byte 0x%02x instead of a comma", trailer.ord)) if trailer != ","
    end

    def encoded_header(length) = "#{length}:"
    def encoded_trailer = ","
  end

  # Seven bits a byte, the lowest first; the highest bit says that more follow.
  class Varint < Framing
    def decode(buffer, start, limit)
      length = 0
      (start...buffer.bytesize).each_with_index do |position, index|
        byte = buffer.getbyte(position)
        # Nine bytes hold 63 bits, so the tenth may bring one bit and must be the last.
        raise malformed("more than 64 bits") if index == 9 && byte > 1

        length |= (byte & 0x7f) << (7 * index)
        return frame(index + 1, length, 0, limit) if byte < 0x80
      end
      nil
    end

    def encoded_header(length)
      bytes = []
      while length >= 0x80
        bytes << (length & 0x7f | 0x80)
        length >>= 7
      end
      (bytes << length).pack("C*")
    end
  end

  # Lines as in HTTP, one of them the length, and an empty one.
  class ContentLength < Framing
    LONGEST_HEADER = 4096

    def decode(buffer, start, limit)
      bytes = buffer.byteslice(start, LONGEST_HEADER)
      size = bytes.start_with?("\r\n") ? 2 : bytes.index("\r\n\r\n")&.+(4)
      header = size ? bytes.byteslice(0, size) : bytes
      # Whatever comes later, such a line is wrong. A CR at the end may still get its LF.
      raise malformed("a header line that does not end with CR LF") if header.match?(/(?<!\r)\n|\r(?=[^\n])/n)

      *lines, _unfinished = header.split("\r\n", -1)
      length = length_in(lines.reject(&:empty?))
      if size
        raise malformed("a header without Content-Length") unless length

        return frame(size, length, 0, limit)
      end
      raise malformed("a header of more than #{LONGEST_HEADER} bytes") if bytes.bytesize == LONGEST_HEADER
    end

    def encoded_header(length) = "Content-Length: #{length}\r\n\r\n"

    private

    def length_in(lines)
      length = nil
      lines.each do |line|
        name, colon, value = line.partition(":")
        raise malformed("a header line without a colon") if colon.empty?
        next unless name.casecmp?("Content-Length")

        # `to_i` alone would also read signs, underscores and whatever begins with a digit.
        digits = value[/\A[ \t]*([0-9]{1,19})[ \t]*\z/n, 1]
        raise malformed("a second Content-Length, or one that is no number") if length || !digits

        length = digits.to_i
      end
      length
    end
  end

  ALL = {
    "multiprocessing" => Multiprocessing,
    "u32le" => U32le,
    "line" => Line,
    "netstring" => Netstring,
    "varint" => Varint,
    "content-length" => ContentLength
  }.freeze
  # The transport keeps the bounds.
  NONE = "none"
end
