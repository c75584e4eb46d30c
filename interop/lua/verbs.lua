-- One function for each verb. It gets the values by their keys, and gives the reply.
local Buffer = require("buffer")
local channels = require("channels")
local commands = require("commands")
local fault = require("fault")
local files = require("files")
local framings = require("framings")
local layouts = require("layouts")
local sockets = require("sockets")
local waiting = require("waiting")

local obey = {}

local outgoing = Buffer.new() -- the message that is being sent

local function deadline_of(timeout)
  return timeout and waiting.moment_in(timeout)
end

local function check_codec(codec)
  if codec then fault.raise("unsupported", "there is no codec %s here, nor any other; hello lists none", codec) end
end

local function carrier_of(channel)
  return channel.carrier or fault.raise("usage", "channel %s has no peer yet; accept one first", channel.name)
end

local function sender_of(channel)
  local carrier = carrier_of(channel)
  if not channel.sends then fault.raise("usage", "channel %s only receives; it was opened with role=%s", channel.name, channel.role) end
  return carrier
end

local function receiver_of(channel)
  local carrier = carrier_of(channel)
  if not channel.receives then fault.raise("usage", "channel %s only sends; it was opened with role=%s", channel.name, channel.role) end
  return carrier
end

local function check_size(size, channel)
  if size > channel.limit then
    fault.raise("too-large", "the message has %d bytes and the channel's limit is %d; raise limit= when opening", size, channel.limit)
  end
end

function obey.hello()
  return ("ok protocol=1 language=lua runtime=%s transports=%s framings=%s codecs= features=echo,ping,layout,timeout"):format(
    commands.encoded(jit.version), table.concat(channels.TRANSPORT_NAMES, ","), table.concat(framings.NAMES, ","))
end

function obey.open(values)
  local chosen = channels.open(values)
  return chosen and "ok address=" .. chosen or "ok"
end

function obey.accept(values)
  local channel = channels.find(values.channel)
  if channel.role ~= "listen" then fault.raise("usage", "channel %s was not opened with role=listen", channel.name) end
  if not channel.listener then
    fault.raise("usage", "channel %s is for datagrams, which come without a peer to accept; receive them", channel.name)
  end
  if channel.carrier then fault.raise("usage", "channel %s has its peer already; open another for the next one", channel.name) end
  sockets.accept(channel, deadline_of(values.timeout))
  return "ok"
end

function obey.send(values)
  local ways = (values.payload and 1 or 0) + (values.file and 1 or 0) + (values.codec and 1 or 0)
  if ways ~= 1 then fault.raise("usage", "send needs one of payload, file and codec") end
  if (values.codec == nil) ~= (values.value == nil) or (values.format and not values.codec) then
    fault.raise("usage", "codec, value and format belong together; send bytes with payload or file alone")
  end
  local channel = channels.find(values.channel)
  check_codec(values.codec)
  local sender = sender_of(channel)
  if values.file then
    files.read(values.file, outgoing, channel.limit)
  else
    outgoing:fill(commands.bytes(values.payload))
  end
  check_size(outgoing:length(), channel)
  sender:send(outgoing:bytes(), outgoing:length())
  return "ok"
end

function obey.receive(values)
  if (values.codec and values.file) or (values.format and not values.codec) then
    fault.raise("usage", "a value is received with codec alone, or with codec and format")
  end
  local channel = channels.find(values.channel)
  check_codec(values.codec)
  local receiver = receiver_of(channel)
  local bytes, length = receiver:receive(deadline_of(values.timeout))
  if not bytes then return "ok end=true" end
  local reply
  if values.file then
    files.write(values.file, bytes, length)
    reply = "ok length=" .. length
  elseif length <= commands.LARGEST_PAYLOAD then
    reply = "ok payload=" .. commands.hex(bytes, length)
  else
    fault.raise("usage", "the message has %d bytes, too many for a reply; receive it with file=", length)
  end
  -- Not before: a message that could not be delivered can be asked for again.
  receiver:consume()
  return reply
end

function obey.close(values)
  local channel = channels.find(values.channel)
  if not values.how then
    channels.close(channel)
    return "ok"
  end
  -- A dotnet-pipe's socket could; but the stream classes of .NET, for which the transport is there, have no call for it.
  if not channel.can_half_close then
    fault.raise("unsupported", "a %s cannot be half closed; close the channel", channel.transport)
  end
  carrier_of(channel):end_writing()
  return "ok"
end

function obey.reset()
  channels.close_all()
  return "ok"
end

local function find_two_way(name)
  local channel = channels.find(name)
  local carrier = carrier_of(channel)
  if channel.is_one_way then fault.raise("usage", "channel %s is one way; echo and ping need both", name) end
  return carrier, channel
end

local function receive_in_loop(carrier)
  local bytes, length = carrier:receive()
  if not bytes then fault.raise("closed", "the peer ended the stream in the loop") end
  return bytes, length
end

function obey.echo(values)
  local carrier = find_two_way(values.channel)
  for _ = 1, values.count do
    -- Straight from the receive buffer: nothing is copied.
    carrier:send(receive_in_loop(carrier))
    carrier:consume()
  end
  return "ok"
end

function obey.ping(values)
  local carrier, channel = find_two_way(values.channel)
  check_size(values.size, channel) -- before the payload is made
  outgoing:fill_with(112, values.size) -- the letter p, which every framing can carry
  local start = waiting.nanoseconds()
  for _ = 1, values.count do
    carrier:send(outgoing:bytes(), outgoing:length())
    receive_in_loop(carrier)
    carrier:consume()
  end
  return ("ok nanoseconds=%.0f"):format(waiting.nanoseconds() - start)
end

function obey.layout(values)
  return layouts.describe(values.record)
end

local verbs = {}

local function obey_line(line)
  local verb, values = commands.read(line)
  return obey[verb](values)
end

-- The reply to a line, both without their line feeds.
function verbs.answer(line)
  local done, result = pcall(obey_line, line)
  outgoing:clear()
  if done then return result end
  if fault.is_fault(result) then return commands.error_reply(result) end
  return commands.error_reply({ kind = "internal", message = tostring(result) .. "; report it with the command" })
end

function verbs.refuse_long_line()
  local message = "the line has more than %d bytes; send a long message with file="
  return commands.error_reply({ kind = "usage", message = message:format(commands.LONGEST_LINE) })
end

return verbs
