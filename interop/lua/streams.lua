-- Messages in a stream of bytes: a connected socket, or one end of a pipe.
local Buffer = require("buffer")
local fault = require("fault")
local framings = require("framings")
local libc = require("libc")
local waiting = require("waiting")

local C, ffi, system = libc.C, libc.ffi, libc.system

local Stream = {}
Stream.__index = Stream

-- Up to here the payload is copied beside its header, so that both go in one call, and TCP sends one segment instead of two.
local JOINED = 65536
local joined = ffi.new("uint8_t[?]", JOINED)

local SEND_FLAGS = bit.bor(libc.MSG_DONTWAIT, libc.MSG_NOSIGNAL)

local function new(descriptor, channel, write)
  return setmetatable({
    descriptor = descriptor,
    framing = framings.by_name[channel.framing],
    limit = channel.limit,
    write = write,
    buffer = Buffer.new(),
    state = {}, -- the decoder's, for the frame at the front of the buffer
    header = nil, payload = nil, -- of this frame, once they are known
    at_end = false,
  }, Stream)
end

-- MSG_DONTWAIT is for this call alone. O_NONBLOCK would be for everybody who shares the socket, such as the parent who made it.
local function write_to_socket(descriptor, bytes, size)
  local count, code = system(C.send, descriptor, bytes, size, SEND_FLAGS)
  if code == libc.EAGAIN then waiting.until_ready(descriptor, libc.POLLOUT) end
  return count, code
end

-- Pipes have no such flag. But once poll says that there is room, a write of at most PIPE_BUF bytes does not wait.
local function write_to_pipe(descriptor, bytes, size)
  waiting.until_ready(descriptor, libc.POLLOUT)
  return system(C.write, descriptor, bytes, math.min(size, libc.PIPE_BUF))
end

function Stream.over_socket(descriptor, channel)
  return new(descriptor, channel, write_to_socket)
end

function Stream.over_pipe(descriptor, channel)
  return new(descriptor, channel, write_to_pipe)
end

-- The system may take a part only, then the rest is for the next call.
function Stream:write_fully(bytes, size)
  local written = 0
  while written < size do
    local count, code = self.write(self.descriptor, bytes + written, size - written)
    if count then
      written = written + count
    elseif code ~= libc.EAGAIN then
      fault.raise_system(code, "send to", "the peer")
    end
  end
end

function Stream:send(bytes, length)
  if self.framing == framings.by_name.line and C.memchr(bytes, 10, length) ~= nil then
    fault.raise("malformed", "the message has a line feed, which would end it early; choose another framing")
  end
  local header, trailer = self.framing.header(length), self.framing.trailer
  local total = #header + length + #trailer
  if total <= JOINED then
    ffi.copy(joined, header, #header)
    ffi.copy(joined + #header, bytes, length)
    ffi.copy(joined + #header + length, trailer, #trailer)
    return self:write_fully(joined, total)
  end
  self:write_fully(ffi.cast("const uint8_t *", header), #header)
  self:write_fully(bytes, length)
  self:write_fully(ffi.cast("const uint8_t *", trailer), #trailer)
end

-- The frame at the front of the buffer, if it is whole: where its payload is, and how long.
function Stream:whole_frame()
  local available = self.buffer:length()
  if available == 0 then return nil end
  local bytes = self.buffer:bytes()
  if not self.header then
    self.header, self.payload = framings.decode(self.framing, bytes, available, self.state, self.limit)
  end
  if not self.header or available < self:frame_size() then return nil end
  if self.framing.trailer ~= "" then framings.check_trailer(self.framing, bytes[self:frame_size() - 1]) end
  return bytes + self.header, self.payload
end

function Stream:frame_size()
  return self.header + self.payload + #self.framing.trailer
end

-- The next message: where it is, and how long. nil at the end of the stream. After `timeout` a further call goes on where this one stopped.
function Stream:receive(deadline)
  while true do
    -- Decode first, read second: one read may have brought several frames.
    local bytes, length = self:whole_frame()
    if bytes then return bytes, length end
    if not self.at_end then self:read_more(deadline) end
    -- It stays at its end: a FIFO's next writer must not bring an ended stream back to life.
    if self.at_end then
      if self.buffer:length() == 0 then return nil end
      fault.raise("truncated", "the stream ended after %d bytes of a frame; the peer ended too early", self.buffer:length())
    end
  end
end

function Stream:read_more(deadline)
  local room, size = self.buffer:room()
  waiting.until_ready(self.descriptor, libc.POLLIN, deadline)
  local count, code = system(C.read, self.descriptor, room, size)
  if count then
    self.buffer:added(count)
    self.at_end = count == 0
  elseif code ~= libc.EAGAIN then -- Somebody who shares the descriptor was faster: wait again.
    fault.raise_system(code, "receive from", "the peer")
  end
end

-- The message that `receive` gave is done with.
function Stream:consume()
  self.buffer:taken(self:frame_size())
  self.header, self.payload, self.state = nil, nil, {}
end

-- The peer sees the end of the stream, and can still send.
function Stream:end_writing()
  local done, code = system(C.shutdown, self.descriptor, libc.SHUT_WR)
  -- ENOTCONN: the peer has reset the connection, so there is no direction left to close.
  if not done and code ~= libc.ENOTCONN then fault.raise_system(code, "half close", "the channel") end
end

function Stream:close()
  libc.close(self.descriptor)
  self.buffer:free()
end

return Stream
