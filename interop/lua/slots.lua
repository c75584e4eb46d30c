-- The text in a file that others map. Reads and writes of the file see the very pages that a mapping shows, so this side needs none: and if
-- somebody cuts the file, a read that gives less is an error, where touching a mapping would be SIGBUS, the end of the process.
local fault = require("fault")
local libc = require("libc")
local status = require("status")

local C, ffi, system = libc.C, libc.ffi, libc.system

local Slot = {}
Slot.__index = Slot

local SIZE = 1024
local bytes = ffi.new("uint8_t[?]", SIZE)

-- The writer makes a missing file, and extends a short one with NUL bytes. One byte behind the others does that.
local function extend(descriptor, path)
  local size = status.of_descriptor(descriptor).size
  if size >= SIZE then return end
  local count, code = system(C.pwrite, descriptor, ("\0"):rep(SIZE - size), SIZE - size, size)
  if not count then fault.raise_system(code, "extend", path) end
end

function Slot.open(channel, path)
  -- Looked at before it is opened, which could wait for ever on a FIFO.
  local found, code = status.of_path(path)
  local writes = channel.role == "write"
  if not found and not (writes and code == libc.ENOENT) then fault.raise_system(code, "examine", path) end
  if found and found.type ~= libc.S_IFREG then
    fault.raise("usage", "%s is not a regular file; a slot lives in one", path)
  end
  local flags = writes and bit.bor(libc.O_RDWR, libc.O_CREAT) or libc.O_RDONLY
  local descriptor
  descriptor, code = libc.open(path, flags)
  if not descriptor then fault.raise_system(code, "open", path) end
  local slot = setmetatable({ descriptor = descriptor, limit = channel.limit }, Slot)
  channel.carrier = slot
  if writes then extend(descriptor, path) else slot:read() end
end

function Slot:read()
  local count, code = system(C.pread, self.descriptor, bytes, SIZE, 0)
  if not count then fault.raise_system(code, "read", "the slot") end
  if count < SIZE then
    fault.raise("malformed", "the slot's file has %d bytes instead of %d; open it with role=write to extend it", count, SIZE)
  end
end

-- There is nothing to wait for: the text is there, new or not.
function Slot:receive()
  self:read()
  local nul = C.memchr(bytes, 0, SIZE)
  local length = nul == nil and SIZE or tonumber(ffi.cast("uint8_t *", nul) - bytes)
  if length > self.limit then
    fault.raise("too-large", "the slot has %d bytes and the channel's limit is %d; raise limit= when opening", length, self.limit)
  end
  return bytes + 0, length
end

function Slot:consume() end

function Slot:send(text, length)
  if length > SIZE then
    fault.raise("too-large", "the text has %d bytes and a slot holds %d; send a shorter one", length, SIZE)
  end
  if C.memchr(text, 0, length) ~= nil then
    fault.raise("malformed", "the text has a NUL byte, which would end it in the slot; send it without")
  end
  -- The whole slot in one write, so that nothing of a longer earlier text stays behind.
  ffi.fill(bytes, SIZE)
  ffi.copy(bytes, text, length)
  local count, code = system(C.pwrite, self.descriptor, bytes, SIZE, 0)
  if not count then fault.raise_system(code, "write", "the slot") end
  if count < SIZE then fault.raise_system(libc.ENOSPC, "write", "the whole slot") end
end

function Slot:close()
  libc.close(self.descriptor)
end

return Slot
