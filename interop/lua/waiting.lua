-- The one place that waits. A call that waits for a peer would not notice that the commands have ended, nor could Lua run in the handler
-- of SIGTERM: a handler may come while LuaJIT is in the middle of anything. So nothing here blocks but poll, which looks at three things at
-- once: the peer, standard input, and a descriptor that can be read once SIGTERM has come (signalfd).
local fault = require("fault")
local libc = require("libc")

local C, ffi, system = libc.C, libc.ffi, libc.system

local waiting = {}

local INPUT = 0
local GRACE = 50 -- milliseconds that a command gets once nobody will send more of them
local TERMINAL_LOOK = 30 -- milliseconds between two looks at a terminal

local watched = ffi.new("struct pollfd[3]")
local peer, commands, sigterm = watched[0], watched[1], watched[2]
local signals = ffi.new("sigset_t")
local now = ffi.new("struct timespec")

local leave_nothing -- closes all channels
local is_terminal
local last_moment -- of the command under way, once the commands have ended

-- Nanoseconds of a clock that nobody sets, unlike os.time's.
function waiting.nanoseconds()
  C.clock_gettime(libc.CLOCK_MONOTONIC, now)
  return tonumber(now.tv_sec) * 1e9 + tonumber(now.tv_nsec)
end

function waiting.moment_in(milliseconds)
  return waiting.nanoseconds() + milliseconds * 1e6
end

-- A blocked signal is not lost, it waits; signalfd shows that it does. A child would inherit the mask, but no process is started from here.
function waiting.start(on_end)
  leave_nothing = on_end
  C.sigemptyset(signals)
  C.sigaddset(signals, libc.SIGTERM)
  C.sigprocmask(libc.SIG_BLOCK, signals, nil)
  local descriptor, code = system(C.signalfd, -1, signals, libc.SFD_CLOEXEC)
  if not descriptor then fault.raise_system(code, "watch for", "SIGTERM") end
  sigterm.fd, sigterm.events = descriptor, libc.POLLIN
  -- A pipe without writers is POLLHUP, which need not be asked for. A socket that was closed for writing only is POLLRDHUP.
  commands.fd, commands.events = -1, libc.POLLRDHUP
  is_terminal = C.isatty(INPUT) == 1
end

-- The end of the commands matters while one of them is obeyed. In between, whoever reads them sees it.
function waiting.command_begins()
  commands.fd, last_moment = INPUT, nil
end

function waiting.command_ends()
  commands.fd, last_moment = -1, nil
end

-- With the status by which the parent sees that it was SIGTERM.
local function die_of_sigterm()
  leave_nothing()
  C.signal(libc.SIGTERM, libc.SIG_DFL)
  C.sigprocmask(libc.SIG_UNBLOCK, signals, nil)
  C.raise(libc.SIGTERM)
end

-- A terminal does not hang up at Ctrl-D: it can be read and has no byte.
local function has_ended_by_ctrl_d()
  local terminal = ffi.new("struct pollfd[1]", { { INPUT, libc.POLLIN, 0 } })
  local unread = ffi.new("int[1]")
  return C.poll(terminal, 1, 0) == 1 and C.ioctl(INPUT, libc.FIONREAD, unread) == 0 and unread[0] == 0
end

local function note_the_end_of_commands()
  last_moment = waiting.moment_in(GRACE)
  commands.fd = -1 -- poll passes over it now. Otherwise it would return at once, again and again.
end

-- Waits until the descriptor has one of the events, an error or an end, and gives true; or until the moment, and gives false.
local function watch(descriptor, events, moment)
  peer.fd, peer.events = descriptor, events
  while true do
    local patience = -1
    local first = math.min(moment or math.huge, last_moment or math.huge)
    if first < math.huge then patience = math.max(0, math.ceil((first - waiting.nanoseconds()) / 1e6)) end
    local looks_at_terminal = is_terminal and commands.fd == INPUT
    if looks_at_terminal and (patience < 0 or patience > TERMINAL_LOOK) then patience = TERMINAL_LOOK end

    local count, code = system(C.poll, watched, 3, patience)
    if not count then fault.raise_system(code, "wait for", "the peer") end
    if sigterm.revents ~= 0 then die_of_sigterm() end
    if commands.revents ~= 0 or (looks_at_terminal and has_ended_by_ctrl_d()) then note_the_end_of_commands() end
    -- Before the look at the peer: one that is always ready must not keep a loop of messages alive.
    if last_moment and waiting.nanoseconds() >= last_moment then
      leave_nothing()
      os.exit(0)
    end
    if peer.revents ~= 0 then return true end
    if moment and waiting.nanoseconds() >= moment then return false end
  end
end

-- Waits for a descriptor. Fails with `timeout` at the deadline; without one it waits for ever.
function waiting.until_ready(descriptor, events, deadline)
  if not watch(descriptor, events, deadline) then
    fault.raise("timeout", "the peer did not do its part in time; ask again, or with a longer timeout=")
  end
end

-- For what no descriptor tells: ask, and sleep a little longer each time.
function waiting.pauses()
  local pause = 0
  return function()
    pause = math.min(pause + 1, 10)
    watch(-1, 0, waiting.moment_in(pause))
  end
end

return waiting
