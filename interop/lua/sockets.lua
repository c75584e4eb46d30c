-- Sockets: listening, accepting, connecting. Those made here are non-blocking, since `waiting` does all the waiting.
local addresses = require("addresses")
local fault = require("fault")
local libc = require("libc")
local Packets = require("packets")
local socketfiles = require("socketfiles")
local Stream = require("streams")
local waiting = require("waiting")

local C, ffi, system = libc.C, libc.ffi, libc.system

local sockets = {}

local BACKLOG = 16
local TYPES = { ["unix-seqpacket"] = libc.SOCK_SEQPACKET, ["unix-datagram"] = libc.SOCK_DGRAM }

local function make_socket(channel, text)
  local family = channel.transport == "tcp" and libc.AF_INET or libc.AF_UNIX
  local type = TYPES[channel.transport] or libc.SOCK_STREAM
  local descriptor, code = system(C.socket, family, bit.bor(type, libc.SOCK_NONBLOCK, libc.SOCK_CLOEXEC), 0)
  return descriptor or fault.raise_system(code, "make a socket for", text)
end

local function set_option(descriptor, level, option)
  local done, code = system(C.setsockopt, descriptor, level, option, ffi.new("int[1]", 1), ffi.sizeof("int"))
  if not done then fault.raise_system(code, "set an option of", "a socket") end
end

local function get_option(descriptor, option)
  local value, length = ffi.new("int[1]"), ffi.new("socklen_t[1]", ffi.sizeof("int"))
  local done, code = system(C.getsockopt, descriptor, libc.SOL_SOCKET, option, value, length)
  return done and value[0], code
end

sockets.get_option = get_option

-- The messages that go over a socket with a peer.
local function carry(channel, descriptor)
  if TYPES[channel.transport] then
    channel.carrier = Packets.new(descriptor, channel)
  else
    channel.carrier = Stream.over_socket(descriptor, channel)
  end
  -- Without this a small message waits until the peer has confirmed the one before, which may take 40 ms.
  if channel.transport == "tcp" then set_option(descriptor, libc.IPPROTO_TCP, libc.TCP_NODELAY) end
end

-- The port that the system chose.
local function chosen_address(descriptor)
  local bound = ffi.new("struct sockaddr_in")
  local done, code = system(C.getsockname, descriptor, bound, ffi.new("socklen_t[1]", ffi.sizeof(bound)))
  if not done then fault.raise_system(code, "learn the port of", "the listener") end
  return ("127.0.0.1:%d"):format(bound.sin_port[0] * 256 + bound.sin_port[1])
end

local function listen(channel, address, text)
  local descriptor = make_socket(channel, text)
  -- Datagrams have no connections to accept: the bound socket itself gets what anybody sends to it.
  local has_connections = channel.transport ~= "unix-datagram"
  if has_connections then channel.listener = descriptor else carry(channel, descriptor) end
  -- Connections of an earlier listener that are in TIME_WAIT must not keep the port from this one.
  if channel.transport == "tcp" then set_option(descriptor, libc.SOL_SOCKET, libc.SO_REUSEADDR) end
  channel.socket_file = socketfiles.bind(descriptor, address, text)
  if not has_connections then return nil end
  local done, code = system(C.listen, descriptor, BACKLOG)
  if not done then fault.raise_system(code, "listen at", text) end
  return text == "127.0.0.1:0" and chosen_address(descriptor) or nil
end

local function connect(channel, address, text)
  local descriptor = make_socket(channel, text)
  carry(channel, descriptor)
  local pause = waiting.pauses()
  local done, code
  repeat
    done, code = system(C.connect, descriptor, address.bytes, address.length)
    -- The listener's queue is full. When it has room, no descriptor tells.
    if code == libc.EAGAIN then pause() end
  until code ~= libc.EAGAIN
  if code == libc.EINPROGRESS then
    waiting.until_ready(descriptor, libc.POLLOUT)
    code = get_option(descriptor, libc.SO_ERROR)
    done = code == 0
  end
  if not done then fault.raise_system(code, "connect to", text) end
end

-- Gives the address if the system chose it.
function sockets.open(channel, text)
  local address = addresses.parse(channel.transport, channel.role, text)
  if channel.role == "listen" then return listen(channel, address, text) end
  connect(channel, address, text)
end

function sockets.accept(channel, deadline)
  local descriptor, code
  repeat
    waiting.until_ready(channel.listener, libc.POLLIN, deadline)
    descriptor, code = system(C.accept4, channel.listener, nil, nil, libc.SOCK_CLOEXEC)
    -- ECONNABORTED, or EAGAIN by now: that peer gave up while it waited; the next one may be serious.
  until code ~= libc.ECONNABORTED and code ~= libc.EAGAIN
  if not descriptor then fault.raise_system(code, "accept on channel", channel.name) end
  carry(channel, descriptor)
end

return sockets
