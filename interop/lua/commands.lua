-- The grammar of a command, which verb has which keys, and how values are written.
local fault = require("fault")
local libc = require("libc")

local ffi = libc.ffi

local commands = {}

commands.LONGEST_LINE = 262144 -- bytes, without the line feed
commands.LARGEST_PAYLOAD = math.floor((commands.LONGEST_LINE - #"ok payload=") / 2)

-- The required keys and the optional ones, each in the order in which they are checked.
local VERBS = {
  hello = { required = {}, optional = {} },
  open = { required = { "channel", "transport", "role", "address", "framing" }, optional = { "limit" } },
  accept = { required = { "channel" }, optional = { "timeout" } },
  send = { required = { "channel" }, optional = { "payload", "file", "codec", "value", "format" } },
  receive = { required = { "channel" }, optional = { "file", "codec", "format", "timeout" } },
  close = { required = { "channel" }, optional = { "how" } },
  reset = { required = {}, optional = {} },
  echo = { required = { "channel", "count" }, optional = {} },
  ping = { required = { "channel", "count", "size" }, optional = {} },
  layout = { required = { "record" }, optional = {} },
}
local VERBS_OF_OTHERS = { call = true }

local KEYS = {} -- of each verb, as a set
for verb, spec in pairs(VERBS) do
  KEYS[verb] = {}
  for _, list in pairs(spec) do
    for _, key in ipairs(list) do KEYS[verb][key] = true end
  end
end

local function number_from(smallest, largest)
  return function(text, key)
    local number = text:find("^%d+$") and #text <= 10 and not text:find("^0.") and tonumber(text)
    if not number or number < smallest or number > largest then
      fault.raise("usage", "%s=%s is not a number from %d to %d", key, text, smallest, largest)
    end
    return number
  end
end

-- What the value of a key becomes. Those of other keys are checked later: other faults are reported before theirs.
local FORMS = {
  limit = number_from(1, 2147483647),
  count = number_from(1, 10000000),
  size = number_from(0, 2147483647),
  timeout = number_from(0, 86400000),
  channel = function(text)
    if not text:find("^[a-z0-9]+$") or #text > 16 then
      fault.raise("usage", "%s is not a channel name; use 1 to 16 of a-z and 0-9", text)
    end
    return text
  end,
  how = function(text)
    if text ~= "write" then fault.raise("usage", "how=%s is unknown; the only one is write", text) end
    return text
  end,
  file = function(text)
    if text:find("\0", 1, true) then fault.raise("usage", "the path in file= has a NUL byte; remove it") end
    return text
  end,
}

local function decoded(value)
  -- Without its good percent-encodings, only plain bytes may be left.
  local plain = value:gsub("%%%x%x", "")
  local bad = plain:match("[^A-Za-z0-9_./:,@+~-]")
  if bad then fault.raise("usage", "the line has the byte 0x%02x in a value; write such a byte as %%XX", bad:byte()) end
  return (value:gsub("%%(%x%x)", function(digits) return string.char(tonumber(digits, 16)) end))
end

-- The verb, and a table of the keys and their texts. The whole line is read before any word of it is looked up: what breaks the grammar is
-- `usage`, even if a word in it is `unsupported`.
local function parse(line)
  local verb, position = line:match("^([a-z0-9-]+)()")
  if not verb then fault.raise("usage", "the line does not begin with a verb; a command is VERB KEY=VALUE ... and ends with LF alone") end
  local texts = {}
  while position <= #line do
    local key, value, next_position = line:match("^ ([a-z0-9-]+)=([^ ]*)()", position)
    if not key then fault.raise("usage", "after the verb there must be one space, KEY=VALUE, and no more") end
    if texts[key] then fault.raise("usage", "the key %s is there twice", key) end
    texts[key] = decoded(value)
    position = next_position
  end
  return verb, texts
end

-- The verb of a line, and its values by their keys.
function commands.read(line)
  local verb, texts = parse(line)
  local spec = VERBS[verb]
  if not spec then
    if VERBS_OF_OTHERS[verb] then fault.raise("unsupported", "there is no verb %s here; hello lists the optional ones", verb) end
    fault.raise("usage", "the verb %s is unknown; use one of hello, open, accept, send, receive, close, reset, echo, ping, layout", verb)
  end
  for key in pairs(texts) do
    if not KEYS[verb][key] then fault.raise("usage", "%s has no key %s", verb, key) end
  end
  for _, key in ipairs(spec.required) do
    if not texts[key] then fault.raise("usage", "%s needs the key %s", verb, key) end
  end
  local values = {}
  for key, text in pairs(texts) do
    local form = FORMS[key]
    values[key] = form and form(text, key) or text
  end
  return verb, values
end

local BYTE_OF_HEX = {}
for byte = 0, 255 do BYTE_OF_HEX[("%02x"):format(byte)] = string.char(byte) end

function commands.bytes(hex)
  if #hex % 2 ~= 0 or hex:find("[^0-9a-f]") then
    fault.raise("usage", "the payload is not lower-case hex, two digits a byte")
  end
  return (hex:gsub("..", BYTE_OF_HEX))
end

local DIGITS = ffi.new("uint8_t[16]", { ("0123456789abcdef"):byte(1, 16) })

function commands.hex(bytes, length)
  local text = ffi.new("uint8_t[?]", 2 * length)
  for index = 0, length - 1 do
    text[2 * index] = DIGITS[bit.rshift(bytes[index], 4)]
    text[2 * index + 1] = DIGITS[bit.band(bytes[index], 15)]
  end
  return ffi.string(text, 2 * length)
end

function commands.encoded(text)
  return (text:gsub("[^A-Za-z0-9_./:,@+~-]", function(byte) return ("%%%02X"):format(byte:byte()) end))
end

-- The reply to a command that failed.
function commands.error_reply(problem)
  -- What came in a command may be any bytes, and as many as the line had. A message is text.
  local message = problem.message:gsub("[^ -~]", "?"):sub(1, 1000)
  return ("error kind=%s message=%s"):format(problem.kind, commands.encoded(message))
end

return commands
