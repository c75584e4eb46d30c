-- Bytes that grow at their end and are taken from their front. The memory is the C library's and is freed at once. What the FFI allocates
-- is freed by Lua's collector, some time, and until then several long messages could pile up.
local fault = require("fault")
local libc = require("libc")

local C, ffi = libc.C, libc.ffi

local Buffer = {}
Buffer.__index = Buffer

local CHUNK = 65536
local KEPT = 1024 * 1024 -- more than this is given back as soon as it is empty

function Buffer.new()
  return setmetatable({ memory = ffi.cast("uint8_t *", nil), capacity = 0, first = 0, last = 0 }, Buffer)
end

function Buffer:length()
  return self.last - self.first
end

-- Where the bytes are, until the next call that makes room.
function Buffer:bytes()
  return self.memory + self.first
end

-- Makes room for at least one byte more, and gives where it is and how much. The room doubles: it grows with what has come, not with what
-- a peer has announced, and all the copying together is no more than the message. The rest moves to the front only when most has been
-- taken, so that many small messages do not move it again and again.
function Buffer:room()
  if self.last == self.capacity then
    if self.first > self.capacity / 2 then
      C.memmove(self.memory, self:bytes(), self:length())
      self.first, self.last = 0, self:length()
    else
      self:reserve(math.max(CHUNK, self.capacity * 2))
    end
  end
  return self.memory + self.last, self.capacity - self.last
end

-- Makes sure that so many bytes fit in all.
function Buffer:reserve(capacity)
  if capacity <= self.capacity then return end
  local memory = C.realloc(self.memory, capacity)
  if memory == nil then fault.raise_system(libc.ENOMEM, "find memory for", "a message") end
  self.memory, self.capacity = ffi.cast("uint8_t *", memory), capacity
end

function Buffer:added(count)
  self.last = self.last + count
end

function Buffer:taken(count)
  self.first = self.first + count
  if self.first == self.last then self:clear() end
end

function Buffer:clear()
  self.first, self.last = 0, 0
  if self.capacity > KEPT then self:free() end
end

-- Nobody else frees it.
function Buffer:free()
  C.free(self.memory)
  self.memory, self.capacity, self.first, self.last = ffi.cast("uint8_t *", nil), 0, 0, 0
end

-- Makes the text's bytes the only ones.
function Buffer:fill(text)
  self:clear()
  self:reserve(math.max(CHUNK, #text))
  ffi.copy(self.memory, text, #text)
  self.last = #text
end

-- Makes so many of one byte the only ones.
function Buffer:fill_with(byte, count)
  self:clear()
  self:reserve(math.max(CHUNK, count))
  ffi.fill(self.memory, count, byte)
  self.last = count
end

return Buffer
