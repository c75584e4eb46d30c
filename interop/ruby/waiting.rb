# frozen_string_literal: true

require "io/wait"
require_relative "fault"

# Waiting for a peer. The main thread waits in calls of the system, which know nothing of standard input. So it notes
# that it does, for the watcher to see.
module Waiting
  @command = 0
  @is_waiting = false

  class << self
    # A number that is odd while a command is obeyed; another command has another number.
    attr_reader :command

    def waiting? = @is_waiting

    def during_command
      @command += 1
      yield
    ensure
      @command += 1
    end

    # Around each call that may have to wait until a peer does something.
    def for_peer
      @is_waiting = true
      yield
    ensure
      @is_waiting = false
    end

    # Waits until a read, or an accept, would return at once, be it with the end of the stream or with an error.
    def until_readable(io, deadline)
      return if for_peer { io.wait_readable(deadline&.seconds_left) }

      raise Fault.new("timeout", "The peer did not do its part in time: see what keeps it, or give it longer.")
    end
  end
end

# The moment until which a peer is waited for: one for all the reads that a message takes. A time for each read would
# never be over with a peer that sends a byte now and then. No deadline, nil, is for ever.
class Deadline
  def initialize(seconds)
    @moment = now + seconds
  end

  # Never below 0, with which what has come already is still read.
  def seconds_left = [@moment - now, 0].max

  private

  # Not Time.now, which jumps when somebody sets the clock.
  def now = Process.clock_gettime(Process::CLOCK_MONOTONIC)
end
