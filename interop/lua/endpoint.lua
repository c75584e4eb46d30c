-- The Lua endpoint: local channels on Linux with nothing but LuaJIT and the C library, which its FFI calls.
--
-- It obeys the commands of ../PROTOCOL.md, one a line on standard input, and answers each with one line on standard output. Lua's own io
-- library is not used: it has no sockets and no poll, and it buffers, so that poll would not know what has been read already.
-- Every other file is one subject. To read from the bottom of the stack to the top:
--
--   libc         the functions, types and numbers of the C library that are used here
--   fault        errors, and the protocol's error kind for each errno
--   waiting      the one place that waits: for a peer, the end of the commands, SIGTERM
--   status       what is at a path: its type, its size, which file it is
--   buffer       memory for messages, outside of Lua's own
--   framings     where a message ends in a stream of bytes
--   streams      messages in a stream, which need a framing
--   packets      messages whose bounds the system keeps
--   slots        the text in a file that others map
--   addresses    addresses of sockets
--   socketfiles  the files that listeners make, and those that others have left behind
--   sockets      listening, accepting, connecting
--   pipes        FIFOs and inherited descriptors
--   files        a message from a file, a message into a file
--   channels     which transports there are, and what is open
--   layouts      records as C lays them out
--   commands     the grammar of a command, and which verb has which keys
--   verbs        one function for each verb

-- The other files are where this one is, wherever it was started.
package.path = (arg[0]:match("^.*/") or "./") .. "?.lua"

local channels = require("channels")
local commands = require("commands")
local libc = require("libc")
local verbs = require("verbs")
local waiting = require("waiting")

local C, ffi, system = libc.C, libc.ffi, libc.system

local INPUT, OUTPUT = 0, 1
local CAPACITY = commands.LONGEST_LINE + 1 -- with its line feed

-- At most PIPE_BUF bytes at once, after poll has said that there is room: such a write does not block. A longer one could, and then
-- SIGTERM would wait for whoever reads the replies.
local function write_reply(reply)
  local text = reply .. "\n"
  local written = 0
  while written < #text do
    waiting.until_ready(OUTPUT, libc.POLLOUT)
    local piece = text:sub(written + 1, written + libc.PIPE_BUF)
    local count, code = system(C.write, OUTPUT, piece, #piece)
    if count then
      written = written + count
    elseif code ~= libc.EAGAIN then
      return false -- Nobody reads any more.
    end
  end
  return true
end

local function obey_all()
  local input = ffi.new("uint8_t[?]", CAPACITY)
  local first, last, scanned = 0, 0, 0 -- what is not yet obeyed, and up to where there is no line feed in it
  local is_too_long = false -- the front of this line has been dropped
  while true do
    local line_feed = C.memchr(input + scanned, 10, last - scanned)
    -- A null pointer is not false in Lua; only comparing with nil finds it.
    if line_feed ~= nil then
      local next_line = tonumber(ffi.cast("uint8_t *", line_feed) - input) + 1
      waiting.command_begins()
      local reply
      if is_too_long then
        reply = verbs.refuse_long_line()
      else
        reply = verbs.answer(ffi.string(input + first, next_line - 1 - first))
      end
      waiting.command_ends() -- Whoever reads the reply may take their time.
      if not write_reply(reply) then return 1 end
      is_too_long = false
      first, scanned = next_line, next_line
    else
      if last == CAPACITY then
        if first == 0 then
          is_too_long = true
          first = last
        end
        C.memmove(input, input + first, last - first)
        first, last = 0, last - first
      end
      scanned = last
      waiting.until_ready(INPUT, libc.POLLIN)
      local count, code = system(C.read, INPUT, input + last, CAPACITY - last)
      if count == 0 then return 0 end
      if not count and code ~= libc.EAGAIN then return 1 end
      last = last + (count or 0)
    end
  end
end

-- A write to a peer that is gone shall be EPIPE, an error like any other. By default it is a signal that kills.
C.signal(libc.SIGPIPE, libc.SIG_IGN)
waiting.start(channels.close_all)
local status = obey_all()
channels.close_all()
os.exit(status)
