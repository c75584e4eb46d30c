-- A message from a file, a message into a file.
local fault = require("fault")
local libc = require("libc")
local status = require("status")
local waiting = require("waiting")

local C, system = libc.C, libc.system

local files = {}

local function check_regular(found, path)
  if found.type ~= libc.S_IFREG then
    fault.raise("usage", "%s is not a regular file; only a regular file can be sent", path)
  end
end

local function read_fully(descriptor, path, buffer, limit)
  local found = status.of_descriptor(descriptor)
  check_regular(found, path)
  if found.size > limit then
    fault.raise("too-large", "%s has %.0f bytes and the channel's limit is %d; raise limit= when opening", path, found.size, limit)
  end
  buffer:reserve(found.size)
  while buffer:length() < found.size do
    local room = buffer:bytes() + buffer:length()
    local count, code = system(C.read, descriptor, room, found.size - buffer:length())
    if not count then fault.raise_system(code, "read", path) end
    if count == 0 then return end -- It has become shorter.
    buffer:added(count)
  end
end

-- Makes the file's bytes the only ones of the buffer.
function files.read(path, buffer, limit)
  buffer:clear()
  -- Looked at before it is opened: opening a device can have effects, and a FIFO's writer that waits for a reader would find one.
  local found, code = status.of_path(path)
  if not found then fault.raise_system(code, "examine", path) end
  check_regular(found, path)
  -- If the path has become a FIFO since, O_NONBLOCK keeps the open from waiting for a writer. On a regular file it does nothing.
  local descriptor
  descriptor, code = libc.open(path, bit.bor(libc.O_RDONLY, libc.O_NONBLOCK))
  if not descriptor then fault.raise_system(code, "open", path) end
  local done, problem = pcall(read_fully, descriptor, path, buffer, limit)
  libc.close(descriptor)
  if not done then error(problem, 0) end
end

local function write_fully(descriptor, path, bytes, length)
  local written = 0
  while written < length do
    local count, code = system(C.write, descriptor, bytes + written, length - written)
    if count then
      written = written + count
    elseif code == libc.EAGAIN then
      waiting.until_ready(descriptor, libc.POLLOUT) -- Not a regular file, but a FIFO or a terminal.
    else
      fault.raise_system(code, "write", path)
    end
  end
end

-- Makes or replaces the file. Nobody waits for a FIFO's reader here either: without one, it is an error.
function files.write(path, bytes, length)
  local descriptor, code = libc.open(path, bit.bor(libc.O_WRONLY, libc.O_CREAT, libc.O_TRUNC, libc.O_NONBLOCK))
  if code == libc.ENXIO then fault.raise("usage", "%s is a FIFO without a reader; receive into a regular file", path) end
  if not descriptor then fault.raise_system(code, "make", path) end
  local done, problem = pcall(write_fully, descriptor, path, bytes, length)
  libc.close(descriptor)
  if not done then error(problem, 0) end
end

return files
