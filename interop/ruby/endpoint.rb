# frozen_string_literal: true

# The Ruby endpoint: local channels on Linux with nothing but Ruby's standard library, from Ruby 3.1 on.
#
# It obeys the commands of ../PROTOCOL.md, one a line on standard input, and answers each with one line on standard
# output. Every other file is one subject. To read from the bottom of the stack to the top:
#
#   fault        Errno::... becomes one of the protocol's kinds of error, in one place
#   waiting      for a peer: deadlines, and that it waits
#   framings     pure functions: bytes in, decision out
#   streams      messages in a stream of bytes, which need a framing
#   packets      messages whose bounds the system keeps
#   slots        one text in a file
#   addresses    what an address must look like
#   socket_files the files of listeners, which must not stay behind
#   sockets      listening, accepting, connecting
#   pipes        FIFOs and inherited descriptors
#   handshake    both sides prove that they have the key
#   channel      what is open, and what can be done with it
#   values       the protocol's notation of values
#   json_codec   values as JSON
#   files        a message from a file, a message into a file
#   commands     the grammar of a line, and which verb has which keys
#   session      the verbs, one method each
#   watcher      the end of the commands, and SIGTERM, while the endpoint waits
#
# All strings that come from outside are bytes (ASCII-8BIT). Ruby compares strings by bytes *and* encoding: the same
# two bytes are not equal as UTF-8 and as ASCII-8BIT, and joining the two raises.

require_relative "commands"
require_relative "session"
require_relative "waiting"
require_relative "watcher"

# Reads the lines of standard input. Not with `gets`, whose limit cuts a long line into several.
class CommandLines
  TOO_LONG = :too_long

  def initialize(input)
    @input = input.binmode
    @buffer = String.new
    @chunk = String.new
  end

  # The next line without its line feed, TOO_LONG for one that is above the limit, nil at the end.
  def next_line
    is_too_long = false
    scanned = 0
    until (line_feed = @buffer.index("\n", scanned))
      scanned = @buffer.bytesize
      if scanned > Commands::LONGEST_LINE
        is_too_long = true
        @buffer.clear
        scanned = 0
      end
      @buffer << @input.readpartial(65_536, @chunk)
    end
    line = @buffer.slice!(0..line_feed)
    # Not `chomp`, which takes a carriage return too: such a line breaks the grammar.
    is_too_long || line_feed > Commands::LONGEST_LINE ? TOO_LONG : line[0...-1]
  rescue EOFError, Errno::EIO # EIO: the terminal is gone.
    nil # A last line without a line feed may be half a command.
  end
end

def obey_all(session)
  lines = CommandLines.new($stdin)
  $stdout.binmode.sync = true # Else Ruby keeps replies to a pipe until its buffer is full.
  while (line = lines.next_line)
    reply = Waiting.during_command { line == CommandLines::TOO_LONG ? Commands.too_long : session.answer(line) }
    $stdout.write(reply, "\n")
  end
  0
rescue Errno::EPIPE
  1 # Nobody reads the replies any more.
rescue Interrupt
  130 # Ctrl-C.
end

session = Session.new
Watcher.start
status = obey_all(session)
session.close_all
# Not `exit`, which waits for the watcher's threads.
exit!(status)
