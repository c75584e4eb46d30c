# frozen_string_literal: true

require "socket"
require_relative "fault"

# What an address must look like. Nothing is opened or looked for here.
module Addresses
  LONGEST_PATH = 107 # struct sockaddr_un holds 108 bytes, one of them for the closing NUL.
  NUMBER = /\A(?:0|[1-9][0-9]{0,9})\z/n
  LARGEST_DESCRIPTOR = 2_147_483_647

  module_function

  def path(address)
    return address unless address.empty? || address.include?("\0")

    raise Fault.usage("A path has at least one byte and no NUL.")
  end

  # Ruby itself lets 108 bytes pass, without the NUL that other programs rely on.
  def socket_path(address)
    length = path(address).bytesize
    return address if length <= LONGEST_PATH

    raise Fault.usage("The path has #{length} bytes and a socket address holds #{LONGEST_PATH}: use a shorter folder.")
  end

  # Where .NET puts the socket of NamedPipeServerStream and NamedPipeClientStream, which refuse these names too.
  def dotnet_pipe_path(address)
    return socket_path(address) if address.start_with?("/")

    if address.empty? || address.include?("/") || address.casecmp("anonymous")&.zero?
      raise Fault.usage("The name of a .NET pipe is not empty, has no slash, and is not \"anonymous\".")
    end
    folder = ENV.fetch("TMPDIR", "")
    folder = "/tmp" if folder.empty?
    socket_path("#{folder.b.chomp("/")}/CoreFxPipe_#{address}".b)
  end

  # Ruby gives the system a name that starts with NUL in its exact length. Padded, no peer would find it.
  def abstract_name(address)
    return "\0".b + address.byteslice(1..) if address.start_with?("@") && address.bytesize.between?(2, LONGEST_PATH + 1)

    raise Fault.usage("An abstract address is @ and a name of 1 to #{LONGEST_PATH} bytes.")
  end

  def port(address, role)
    host, colon, port = address.rpartition(":")
    smallest = role == "listen" ? 0 : 1
    is_right = host == "127.0.0.1" && colon == ":" && port.match?(NUMBER) && port.to_i.between?(smallest, 65_535)
    return port.to_i if is_right

    raise Fault.usage("The address is not 127.0.0.1:PORT. Port 0 is only for role=listen.")
  end

  # 0 to 2 carry the commands, the replies and the log.
  def descriptor(address)
    return address.to_i if address.match?(NUMBER) && address.to_i.between?(3, LARGEST_DESCRIPTOR)

    raise Fault.usage("An inherited descriptor is a number from 3 to #{LARGEST_DESCRIPTOR}.")
  end
end
