-- Channels: which transports there are, and what is open under which name.
local fault = require("fault")
local framings = require("framings")
local libc = require("libc")
local pipes = require("pipes")
local Slot = require("slots")
local socketfiles = require("socketfiles")
local sockets = require("sockets")

local channels = {}

local DEFAULT_LIMIT = 64 * 1024 * 1024
local SOCKET_ROLES = { listen = true, connect = true }
local END_ROLES = { read = true, write = true }

local open = {}

local function is_used(descriptor)
  for _, channel in pairs(open) do
    if channel.listener == descriptor or (channel.carrier and channel.carrier.descriptor == descriptor) then return true end
  end
  return false
end

local function adopt(channel, address)
  return pipes.adopt(channel, address, is_used)
end

-- `open` sets the channel's `carrier`, which sends and receives messages, or its `listener`, which `accept` makes a carrier of.
local TRANSPORTS = {
  ["unix"] = { roles = SOCKET_ROLES, open = sockets.open },
  ["unix-abstract"] = { roles = SOCKET_ROLES, open = sockets.open },
  ["unix-seqpacket"] = { roles = SOCKET_ROLES, open = sockets.open, keeps_bounds = true },
  ["unix-datagram"] = { roles = SOCKET_ROLES, open = sockets.open, keeps_bounds = true, is_one_way = true },
  ["dotnet-pipe"] = { roles = SOCKET_ROLES, open = sockets.open },
  ["tcp"] = { roles = SOCKET_ROLES, open = sockets.open },
  ["fifo"] = { roles = END_ROLES, open = pipes.open_fifo, is_one_way = true },
  ["pipe"] = { roles = END_ROLES, open = adopt, is_one_way = true },
  ["socketpair"] = { roles = END_ROLES, open = adopt },
  ["file-slot"] = { roles = END_ROLES, open = Slot.open, keeps_bounds = true, is_one_way = true },
}
-- pairs() has no order.
channels.TRANSPORT_NAMES = {
  "unix", "unix-abstract", "unix-seqpacket", "unix-datagram", "dotnet-pipe", "tcp", "fifo", "pipe", "socketpair", "file-slot",
}

local function check_words(transport, values)
  if not transport then fault.raise("unsupported", "there is no transport %s here; hello lists them", values.transport) end
  if values.framing ~= "none" and not framings.by_name[values.framing] then
    fault.raise("unsupported", "there is no framing %s here; hello lists them", values.framing)
  end
  if (values.framing == "none") ~= (transport.keeps_bounds or false) then
    fault.raise("unsupported", "transport %s cannot carry framing %s; %s", values.transport, values.framing,
      transport.keeps_bounds and "use none" or "a stream needs a framing that marks the bounds")
  end
  if not transport.roles[values.role] then
    fault.raise("unsupported", "transport %s has no role %s; see section 3 of the protocol", values.transport, values.role)
  end
end

local function open_transport(transport, channel, address)
  if address == "" then fault.raise("usage", "the address is empty; a %s needs one", channel.transport) end
  -- Only an abstract name may have a NUL; in a path it would silently cut the rest off.
  if channel.transport ~= "unix-abstract" and address:find("\0", 1, true) then
    fault.raise("usage", "the address has a NUL byte; remove it")
  end
  return transport.open(channel, address)
end

-- What must not stay behind goes with it. The file goes before the listener: a peer that finds no file learns more than one that finds a
-- file where nobody listens.
local function release(channel)
  if channel.socket_file then socketfiles.remove(channel.socket_file) end
  if channel.listener then libc.close(channel.listener) end
  if channel.carrier then channel.carrier:close() end
end

-- Gives the address if the system chose it.
function channels.open(values)
  local name = values.channel
  if open[name] then fault.raise("usage", "channel %s is open already; close it first", name) end
  local transport = TRANSPORTS[values.transport]
  check_words(transport, values)
  local channel = {
    name = name,
    transport = values.transport,
    role = values.role,
    framing = values.framing,
    limit = values.limit or DEFAULT_LIMIT,
    is_one_way = transport.is_one_way,
    can_half_close = not transport.is_one_way and values.transport ~= "dotnet-pipe",
    sends = not transport.is_one_way or values.role == "write" or values.role == "connect",
    receives = not transport.is_one_way or values.role == "read" or values.role == "listen",
  }
  open[name] = channel -- SIGTERM may come while it is being opened.
  local done, result = pcall(open_transport, transport, channel, values.address)
  if done then return result end
  channels.close(channel)
  error(result, 0)
end

function channels.find(name)
  return open[name] or fault.raise("usage", "channel %s is not open; open it first", name)
end

function channels.close(channel)
  open[channel.name] = nil
  release(channel)
end

function channels.close_all()
  for _, channel in pairs(open) do
    release(channel)
  end
  open = {}
end

return channels
