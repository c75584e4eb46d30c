-- FIFOs, and ends of pipes and socketpairs that were inherited.
local fault = require("fault")
local libc = require("libc")
local sockets = require("sockets")
local status = require("status")
local Stream = require("streams")
local waiting = require("waiting")

local pipes = {}

-- Without O_NONBLOCK, open would wait for the other end, and would not see the end of the commands meanwhile. With it, opening for reading
-- succeeds at once, and poll waits for the first writer. Opening for writing fails with ENXIO as long as there is no reader.
local function open_without_waiting(channel, path)
  local pause = waiting.pauses()
  while true do
    local access = channel.role == "read" and libc.O_RDONLY or libc.O_WRONLY
    local descriptor, code = libc.open(path, bit.bor(access, libc.O_NONBLOCK))
    if descriptor then return descriptor end
    if code ~= libc.ENXIO then fault.raise_system(code, "open", path) end
    pause()
  end
end

function pipes.open_fifo(channel, path)
  -- Looked at before it is opened: opening a device can have effects.
  local found, code = status.of_path(path)
  if not found then fault.raise_system(code, "examine", path) end
  if found.type ~= libc.S_IFIFO then fault.raise("usage", "%s is not a FIFO; make one with mkfifo", path) end
  channel.carrier = Stream.over_pipe(open_without_waiting(channel, path), channel)
end

-- Gives its number if it is the end of a pipe or a socketpair, as the transport says.
local function inherited(channel, text)
  local number = text:match("^%d+$") and #text <= 10 and not text:find("^0.") and tonumber(text)
  -- 0 to 2 carry the commands, the replies and the log.
  if not number or number < 3 or number > 2147483647 then
    fault.raise("usage", "%s is not the number of an inherited descriptor, which is 3 or more", text)
  end
  local flags, code = libc.fcntl(number, libc.F_GETFL)
  if not flags then fault.raise_system(code, "use descriptor", text) end
  if channel.transport == "socketpair" then
    if sockets.get_option(number, libc.SO_TYPE) ~= libc.SOCK_STREAM then
      fault.raise("usage", "descriptor %d is not a stream socket; pass one end of a socketpair", number)
    end
    return number
  end
  local other_end = channel.role == "read" and libc.O_WRONLY or libc.O_RDONLY
  if status.of_descriptor(number).type ~= libc.S_IFIFO or bit.band(flags, libc.O_ACCMODE) == other_end then
    fault.raise("usage", "descriptor %d is not the end of a pipe that role=%s needs", number, channel.role)
  end
  return number
end

-- `is_used` says whether a channel has that descriptor already.
function pipes.adopt(channel, text, is_used)
  local number = inherited(channel, text)
  if is_used(number) then fault.raise("usage", "descriptor %d belongs to an open channel; close that first", number) end
  libc.fcntl(number, libc.F_SETFD, libc.FD_CLOEXEC)
  if channel.transport == "socketpair" then
    channel.carrier = Stream.over_socket(number, channel)
  else
    channel.carrier = Stream.over_pipe(number, channel)
  end
end

return pipes
