# frozen_string_literal: true

require "io/wait"
require_relative "socket_files"
require_relative "waiting"

# Ends the process although its main thread waits for a peer: when nobody can give commands any more, and at SIGTERM.
# Its threads read nothing and cost nothing as long as they need not act.
module Watcher
  LOOK = 0.01 # In seconds, between two looks at the main thread.
  GRACE = 0.05 # A command that is under way may come to its end.
  FIONREAD = 0x541b # On Linux: how many bytes there are to read.

  module_function

  def start
    watch_for_sigterm
    # Of a regular file the end is always near, and all its commands are to be obeyed.
    if $stdin.stat.pipe?
      run { wait_for_hang_up && end_in_next_wait }
    elsif $stdin.stat.socket? || $stdin.tty?
      run { wait_for_end_without_hang_up && end_in_next_wait }
    end
  end

  # The system's library reserves up to 128 MiB of addresses for each thread's memory. That has to happen now: later it
  # would look like memory that a message has taken.
  def run
    begun = Queue.new
    Thread.new do
      begun << true
      yield
    end
    begun.pop
  end

  # A handler runs in the main thread between two of its steps. It may not take a Mutex, which the main thread may hold
  # at this moment; a Queue it may use. So another thread does the work.
  def watch_for_sigterm
    signals = Queue.new
    run do
      signals.pop
      SocketFile.remove_all_for_ever
      # Ruby's own default would raise in the main thread; this is the system's, and the parent sees what it was.
      trap("TERM", "SYSTEM_DEFAULT")
      Process.kill("TERM", Process.pid)
    end
    trap("TERM") { signals << true }
  end

  # Urgent data never comes to a pipe. But what waits for it is woken when the last writer has gone, and only then:
  # commands that are not read yet do not matter.
  def wait_for_hang_up
    $stdin.wait_priority
    true
  end

  # A terminal does not hang up at Ctrl-D, nor does a socket that is closed for writing only: both can be read, and
  # there is nothing to read. Between two commands that is the main thread's to see.
  def wait_for_end_without_hang_up
    sleep(3 * LOOK) until Waiting.command.odd? && at_end?
    true
  end

  def at_end?
    count = [0].pack("i")
    $stdin.wait_readable(0) && $stdin.ioctl(FIONREAD, count) && count.unpack1("i").zero?
  rescue SystemCallError
    true # The terminal is gone.
  end

  # The commands that have come are obeyed, up to one that waits.
  def end_in_next_wait
    command = nil
    waited = 0
    until waited >= GRACE && Waiting.waiting?
      # Between two commands the main thread goes on, and comes to the end of the commands by itself.
      waited = 0 if Waiting.command.even? || Waiting.command != command
      command = Waiting.command
      sleep(LOOK)
      waited += LOOK
    end
    SocketFile.remove_all_for_ever
    exit!(0)
  end
end
