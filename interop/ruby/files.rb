# frozen_string_literal: true

require_relative "fault"
require_relative "waiting"

# Messages that are in files.
module MessageFile
  module_function

  def read(path, limit)
    # Looked at before it is opened: opening a device can have effects, and a FIFO's writer would find a reader.
    check_regular(File.stat(path), path)
    # If the path has become a FIFO since, NONBLOCK keeps the open from waiting for its writer.
    File.open(path, File::RDONLY | File::NONBLOCK | File::BINARY) do |file|
      check_regular(file.stat, path)
      raise Fault.too_large(file.size, limit) if file.size > limit

      file.read(file.size) || "" # At the end of the file `read` is nil, of an empty one at once.
    end
  end

  def write(path, message)
    flags = File::WRONLY | File::CREAT | File::TRUNC | File::BINARY
    file = Waiting.for_peer { File.open(path, flags, 0o600) } # It may be a FIFO, which waits for its reader.
    file.sync = true
    # A disk is waited for as well, but never for long.
    file.stat.file? ? file.write(message) : Waiting.for_peer { file.write(message) }
  ensure
    file&.close
  end

  def check_regular(status, path)
    raise Fault.usage("#{path} is not a regular file: only such a file can be sent.") unless status.file?
  end
end
