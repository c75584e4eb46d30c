# frozen_string_literal: true

require_relative "fault"

# One text in a file of which others map the first 1024 bytes. Ruby has no mmap of its own; but a mapping of a file, and
# a read or write of it, are the same memory, the system's page cache. And a read of a file that somebody has cut is
# short, where touching a mapping of it is a SIGBUS, which kills.
class FileSlot
  SIZE = 1024

  def initialize(path, role, limit)
    check_regular(path, role)
    @limit = limit
    @file = File.open(path, role == "write" ? File::RDWR | File::CREAT : File::RDONLY, 0o600)
    role == "write" ? extend_file : check_size("malformed")
  rescue StandardError
    @file&.close
    raise
  end

  def send_message(text)
    room = [@limit, SIZE].min
    raise Fault.too_large(text.bytesize, room) if text.bytesize > room
    raise Fault.malformed("The text has a NUL, which would end it in the slot: send it without.") if text.include?("\0")

    # The whole slot, so that nothing of a longer earlier text stays behind.
    write(text.ljust(SIZE, "\0"), 0)
  end

  # There is nothing to wait for.
  def receive_message(_deadline)
    check_size("truncated")
    text = @file.pread(SIZE, 0)
    text = text.byteslice(0, text.index("\0") || SIZE)
    raise Fault.too_large(text.bytesize, @limit) if text.bytesize > @limit

    text
  end

  def descriptor = @file.fileno

  def close = @file.close

  private

  # Looked at before it is opened, which could wait for ever on a FIFO. The writer may make the file.
  def check_regular(path, role)
    return if File.stat(path).file?

    raise Fault.usage("#{path} is not a regular file, in which a slot is.")
  rescue Errno::ENOENT
    raise unless role == "write"
  end

  def check_size(kind)
    return if @file.size >= SIZE

    raise Fault.new(kind, "The file has #{@file.size} bytes and a slot #{SIZE}: open it with role=write to extend it.")
  end

  # With zeros, not with `truncate`: that leaves a hole, and a peer who touches it on a full disk dies of SIGBUS.
  def extend_file
    missing = SIZE - @file.size
    write("\0" * missing, @file.size) if missing.positive?
  end

  # `pwrite` is one call of the system, which may write a part only, such as up to the end of the disk.
  def write(bytes, offset)
    until bytes.empty?
      count = @file.pwrite(bytes, offset)
      bytes = bytes.byteslice(count..)
      offset += count
    end
  end
end
