-- Messages whose bounds the system keeps: sockets of type SEQPACKET and DGRAM.
local Buffer = require("buffer")
local fault = require("fault")
local libc = require("libc")
local Stream = require("streams")
local waiting = require("waiting")

local C, system = libc.C, libc.system

local Packets = {}
Packets.__index = Packets

local SEND_FLAGS = bit.bor(libc.MSG_DONTWAIT, libc.MSG_NOSIGNAL)
local LENGTH_FLAGS = bit.bor(libc.MSG_PEEK, libc.MSG_TRUNC, libc.MSG_DONTWAIT)

function Packets.new(descriptor, channel)
  return setmetatable({
    descriptor = descriptor,
    limit = channel.limit,
    has_connection = channel.transport == "unix-seqpacket",
    buffer = Buffer.new(),
    has_packet = false, -- in the buffer, and not consumed yet
    at_end = false,
  }, Packets)
end

function Packets:send(bytes, length)
  if length == 0 and self.has_connection then
    fault.raise("malformed", "a packet of no bytes would look like the end of the stream; send at least one byte")
  end
  while true do
    -- The whole packet or nothing. A receiver's queue of datagrams is full at a number of them.
    local count, code = system(C.send, self.descriptor, bytes, length, SEND_FLAGS)
    if count then return end
    -- Linux reports a receiver of datagrams that is gone as ECONNREFUSED once, and disconnects the socket while doing so.
    if code == libc.ENOTCONN and not self.has_connection then code = libc.ECONNREFUSED end
    if code ~= libc.EAGAIN then fault.raise_system(code, "send to", "the peer") end
    waiting.until_ready(self.descriptor, libc.POLLOUT)
  end
end

-- How long the next packet is. A receive with too little room would cut it and lose its rest, so this asks first.
function Packets:next_length(deadline)
  while true do
    waiting.until_ready(self.descriptor, libc.POLLIN, deadline)
    local length, code = system(C.recv, self.descriptor, nil, 0, LENGTH_FLAGS)
    if length then return length end
    if code ~= libc.EAGAIN then fault.raise_system(code, "receive from", "the peer") end
  end
end

function Packets:receive(deadline)
  if self.at_end then return nil end
  if not self.has_packet then
    local length = self:next_length(deadline)
    if length == 0 and self.has_connection then
      self.at_end = true
      return nil
    end
    if length > self.limit then
      system(C.recv, self.descriptor, nil, 0, libc.MSG_DONTWAIT) -- Drop it: the next one may fit.
      fault.raise("too-large", "a packet has %d bytes and the channel's limit is %d; raise limit= when opening", length, self.limit)
    end
    self.buffer:clear()
    self.buffer:reserve(math.max(1, length))
    -- A datagram of no bytes is a message like any other, and it too must be taken out of the queue.
    local count, code = system(C.recv, self.descriptor, self.buffer:bytes(), math.max(1, length), libc.MSG_DONTWAIT)
    if not count then fault.raise_system(code, "receive from", "the peer") end
    self.buffer:added(count)
    self.has_packet = true
  end
  return self.buffer:bytes(), self.buffer:length()
end

function Packets:consume()
  self.has_packet = false
  self.buffer:clear()
end

-- Nothing of these depends on where a message ends.
Packets.end_writing = Stream.end_writing
Packets.close = Stream.close

return Packets
