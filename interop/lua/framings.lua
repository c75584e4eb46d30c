-- Framings: where a message ends in a stream of bytes. Pure functions.
--
--   header(length)                       what stands before a payload of so many bytes
--   trailer                              what stands behind it
--   decode(bytes, count, state, limit)   how long the header is, and the payload; nil while more bytes are needed
--
-- `bytes` are the first `count` bytes of the frame, one at least. `state` is an empty table for a new frame, and the same one whenever more
-- of it has come: what has been looked at is noted there, so that a stream in pieces of one byte costs no more than one in a single piece.
-- Each decides at the first byte that settles the matter, so that the outcome does not depend on how the stream is cut.
--
-- Lua's numbers are doubles. A length beyond 2^53 is not exact, but it is still far above every limit, and nothing else is asked about it.
local fault = require("fault")
local libc = require("libc")

local C, ffi = libc.C, libc.ffi

local framings = {}

framings.NAMES = { "multiprocessing", "u32le", "line", "netstring", "varint", "content-length", "none" }

local by_name = {}
framings.by_name = by_name

local CONTENT_HEADER_LIMIT = 4096

local function malformed(format, ...)
  fault.raise("malformed", format .. "; check that both ends use the same framing", ...)
end

local function too_large(length, limit)
  fault.raise("too-large", "a frame has %.0f bytes or more and the channel's limit is %d; raise limit= when opening", length, limit)
end

local function big_endian(bytes, from, count)
  local value = 0
  for index = from, from + count - 1 do
    value = value * 256 + bytes[index]
  end
  return value
end

local function byte_of(number, shift)
  return bit.band(bit.rshift(number, shift), 255)
end

by_name.multiprocessing = {
  trailer = "",
  -- A limit is at most 2147483647, so the long form is never the shortest.
  header = function(length)
    return string.char(byte_of(length, 24), byte_of(length, 16), byte_of(length, 8), byte_of(length, 0))
  end,
  decode = function(bytes, count)
    if count < 4 then return nil end
    local length = big_endian(bytes, 0, 4)
    if length < 2 ^ 31 then return 4, length end
    if length ~= 2 ^ 32 - 1 then malformed("a frame announces a length of %.0f", length - 2 ^ 32) end
    if count < 12 then return nil end
    return 12, big_endian(bytes, 4, 8)
  end,
}

by_name.u32le = {
  trailer = "",
  header = function(length)
    return string.char(byte_of(length, 0), byte_of(length, 8), byte_of(length, 16), byte_of(length, 24))
  end,
  decode = function(bytes, count)
    if count < 4 then return nil end
    return 4, bytes[0] + bytes[1] * 2 ^ 8 + bytes[2] * 2 ^ 16 + bytes[3] * 2 ^ 24
  end,
}

by_name.line = {
  trailer = "\n",
  header = function() return "" end,
  decode = function(bytes, count, state, limit)
    local scanned = state.scanned or 0
    local line_feed = C.memchr(bytes + scanned, 10, count - scanned)
    if line_feed ~= nil then return 0, tonumber(ffi.cast("const uint8_t *", line_feed) - bytes) end
    if count > limit then too_large(count, limit) end
    state.scanned = count
  end,
}

by_name.netstring = {
  trailer = ",",
  header = function(length) return ("%d:"):format(length) end,
  decode = function(bytes, count, _, limit)
    local length = 0
    for index = 0, count - 1 do
      local byte = bytes[index]
      if byte == 58 and index > 0 then return index + 1, length end
      if byte < 48 or byte > 57 then malformed("a netstring's length has the byte 0x%02x", byte) end
      if index == 1 and bytes[0] == 48 then malformed("a netstring's length has a leading zero") end
      length = length * 10 + byte - 48
      -- At this digit, not at the colon: an endless run of digits must not be collected.
      if length > limit then too_large(length, limit) end
    end
  end,
}

by_name.varint = {
  trailer = "",
  header = function(length)
    local text = ""
    while length >= 128 do
      text = text .. string.char(128 + length % 128)
      length = math.floor(length / 128)
    end
    return text .. string.char(length)
  end,
  decode = function(bytes, count)
    local length = 0
    for index = 0, count - 1 do
      local byte = bytes[index]
      -- Nine bytes hold 63 bits, so the tenth may bring one bit and must be the last.
      if index == 9 and byte > 1 then malformed("a varint has more than 64 bits") end
      length = length + byte % 128 * 128 ^ index
      if byte < 128 then return index + 1, length end
    end
  end,
}

-- One header line without its CR LF.
local function take_header_line(line, state)
  local name, value = line:match("^([^:]*):(.*)$")
  if not name then malformed("a header line has no colon") end
  if name:lower() ~= "content-length" then return end
  local digits = value:match("^[ \t]*(%d+)[ \t]*$")
  if state.length or not digits or #digits > 19 then malformed("a header has a second or an unusable Content-Length") end
  state.length = tonumber(digits)
end

by_name["content-length"] = {
  trailer = "",
  header = function(length) return ("Content-Length: %d\r\n\r\n"):format(length) end,
  decode = function(bytes, count, state)
    local line_start = state.line_start or 0
    for index = state.scanned or 0, math.min(count, CONTENT_HEADER_LIMIT) - 1 do
      local is_line_feed = bytes[index] == 10
      local follows_return = index > line_start and bytes[index - 1] == 13
      if is_line_feed ~= follows_return then malformed("a header line does not end with CR LF") end
      if is_line_feed then
        local length = index - 1 - line_start
        if length == 0 then
          return index + 1, state.length or malformed("a header has no Content-Length")
        end
        take_header_line(ffi.string(bytes + line_start, length), state)
        line_start = index + 1
      end
    end
    if count >= CONTENT_HEADER_LIMIT then malformed("a header does not end within %d bytes", CONTENT_HEADER_LIMIT) end
    state.scanned, state.line_start = count, line_start
  end,
}

-- What the decoders above find, held against the limit. This comes before any memory is taken: four hostile bytes must not be able to ask
-- for gigabytes.
function framings.decode(framing, bytes, count, state, limit)
  local header, payload = framing.decode(bytes, count, state, limit)
  if header and payload > limit then too_large(payload, limit) end
  return header, payload
end

function framings.check_trailer(framing, byte)
  if byte ~= framing.trailer:byte() then malformed("behind the payload stands the byte 0x%02x", byte) end
end

return framings
