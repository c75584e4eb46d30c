# frozen_string_literal: true

require "socket"
require_relative "fault"

# The file that binding a socket makes. It outlives the process unless somebody removes it, and the one who does may be
# the watcher's thread. So all of them are on a list.
class SocketFile
  @made = []
  @gate = Mutex.new

  class << self
    # Binds a socket to a path, in place of a stale file.
    def bind(socket, path)
      bind_and_note(socket, path)
    rescue Errno::EADDRINUSE
      remove_stale(path)
      bind_and_note(socket, path)
    end

    def remove(file)
      @gate.synchronize { file.unlink_if_ours if @made.delete(file) }
    end

    # At the end of the process. The gate stays closed, so that nothing new is made.
    def remove_all_for_ever
      @gate.lock
      @made.each(&:unlink_if_ours)
    end

    private

    # Which file it is has to be known before the process may end.
    def bind_and_note(socket, path)
      @gate.synchronize do
        socket.bind(Socket.sockaddr_un(path))
        new(path).tap { |file| @made << file }
      end
    end

    def remove_stale(path)
      found = File.lstat(path)
      raise Fault.new("exists", "#{path} is there and is not a socket: choose another path.") unless found.socket?
      raise Fault.new("exists", "The socket #{path} is in use: choose another path.") unless stale?(path)

      # Somebody else may have found it stale as well, and listen there by now. The number of a file that is gone may be
      # the new file's, but that has been made later.
      now = File.lstat(path)
      if [now.dev, now.ino, now.ctime] != [found.dev, found.ino, found.ctime]
        raise Fault.new("exists", "Somebody listens at #{path} since a moment ago: choose another path.")
      end
      File.unlink(path)
    rescue Errno::ENOENT
      nil # Somebody else has removed it.
    end

    # Whether no process holds the file. Connecting a datagram socket sends nothing: a listener of another type refuses
    # it (EPROTOTYPE) and never notices, where it would take a connection of its own type for a peer.
    def stale?(path)
      probe = Socket.new(:UNIX, :DGRAM)
      probe.connect(Socket.sockaddr_un(path))
      false
    rescue Errno::ECONNREFUSED
      true
    rescue Errno::EPROTOTYPE, Errno::EPERM, Errno::EACCES
      false
    ensure
      probe&.close
    end
  end

  def initialize(path)
    @path = path
    @identity = identity
  end

  # As long as its socket is open, no other file gets this one's number, even if somebody has removed it.
  def unlink_if_ours
    File.unlink(@path) if identity == @identity
  rescue SystemCallError
    nil # It is gone, or its folder is.
  end

  private

  def identity
    status = File.lstat(@path)
    [status.dev, status.ino]
  end
end
