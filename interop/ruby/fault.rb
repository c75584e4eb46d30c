# frozen_string_literal: true

# What is answered instead of `ok`: one of the protocol's kinds of error, and a sentence for people.
class Fault < StandardError
  KINDS = {
    Errno::EMSGSIZE => "too-large",
    Errno::EPIPE => "closed",
    Errno::ECONNRESET => "reset",
    Errno::ECONNREFUSED => "refused", Errno::EPROTOTYPE => "refused",
    Errno::ENOENT => "missing", Errno::ENOTDIR => "missing", Errno::EBADF => "missing",
    Errno::EADDRINUSE => "exists", Errno::EEXIST => "exists",
    Errno::EACCES => "denied", Errno::EPERM => "denied", Errno::EROFS => "denied",
    Errno::ETIMEDOUT => "timeout",
    Errno::EAFNOSUPPORT => "unsupported", Errno::EPROTONOSUPPORT => "unsupported",
    Errno::EOPNOTSUPP => "unsupported",
    Errno::ENAMETOOLONG => "usage", Errno::EISDIR => "usage"
  }.freeze

  REMEDIES = {
    "too-large" => "send a smaller packet, or raise net.core.wmem_max",
    "closed" => "the peer has closed its end, open the channel again",
    "reset" => "the peer went away with unread data, open the channel again",
    "refused" => "start the listener first, of the same transport",
    "missing" => "check the path, or pass the descriptor when this process is started",
    "exists" => "choose another address, or end the program that has it",
    "denied" => "check the permissions of the path and of its folder",
    "timeout" => "see what the peer waits for, and ask again",
    "unsupported" => "use what hello lists",
    "usage" => "choose another path",
    "internal" => "close channels if no descriptors are left, free space if the disk is full"
  }.freeze

  attr_reader :kind

  def initialize(kind, message)
    super(message)
    @kind = kind
  end

  # What the system has refused.
  def self.of_system(error, action)
    # By `===`, since some of Ruby's errors are subclasses, such as IO::EAGAINWaitReadable.
    kind = KINDS.find { |errors, _| errors === error }&.last || "internal"
    # A new error has the system's words alone; the message of one that was raised also has the path, in some encoding.
    words = SystemCallError.new(nil, error.errno).message
    new(kind, "#{action} failed: #{words}; #{REMEDIES[kind]}.")
  end

  def self.usage(message) = new("usage", message)
  def self.unsupported(message) = new("unsupported", message)
  def self.malformed(message) = new("malformed", message)

  def self.too_large(length, limit)
    new("too-large", "The message has #{length} bytes and the channel's limit is #{limit}: raise limit= when opening.")
  end
end
