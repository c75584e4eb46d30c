-- Addresses of sockets, as the system takes them: { bytes, length }, with the path where there is a socket file.
local fault = require("fault")
local libc = require("libc")

local ffi = libc.ffi

local addresses = {}

local LONGEST = 107 -- bytes of a path, with its NUL, or of an abstract name, with the one in front
local FAMILY_SIZE = ffi.offsetof("struct sockaddr_un", "sun_path")

local function unix_address(bytes, path)
  local address = ffi.new("struct sockaddr_un", { sun_family = libc.AF_UNIX })
  ffi.copy(address.sun_path, bytes, #bytes)
  return { bytes = address, length = FAMILY_SIZE + #bytes, path = path }
end

local function path_address(path)
  if #path > LONGEST then
    fault.raise("usage", "the socket path has %d bytes and may have %d; choose a shorter folder", #path, LONGEST)
  end
  return unix_address(path .. "\0", path)
end

-- The length says where the name ends. With the size of the whole record its padding would be part of the name, and no peer would find it.
local function abstract_address(text)
  if text:sub(1, 1) ~= "@" or #text < 2 or #text > LONGEST + 1 then
    fault.raise("usage", "an abstract address is @ and a name of 1 to %d bytes", LONGEST)
  end
  return unix_address("\0" .. text:sub(2))
end

-- Where .NET puts the socket of NamedPipeServerStream and NamedPipeClientStream. A path is taken as it is. A name that .NET refuses is
-- refused here too, or the two ends would never meet.
local function pipe_address(name)
  if name:sub(1, 1) == "/" then return path_address(name) end
  if name:find("/", 1, true) or name:lower() == "anonymous" then
    fault.raise("usage", "%s is not the name of a .NET pipe, which has no slash and is not \"anonymous\"", name)
  end
  local folder = os.getenv("TMPDIR")
  if not folder or folder == "" then folder = "/tmp" end
  return path_address(folder:gsub("/$", "") .. "/CoreFxPipe_" .. name)
end

local function tcp_address(text, role)
  local digits = text:match("^127%.0%.0%.1:(%d+)$")
  local port = digits and #digits <= 5 and not digits:find("^0.") and tonumber(digits)
  if not port or port > 65535 or (port == 0 and role ~= "listen") then
    fault.raise("usage", "%s is not 127.0.0.1:PORT; only the loopback address is allowed, and port 0 only to listen", text)
  end
  local address = ffi.new("struct sockaddr_in", { sin_family = libc.AF_INET })
  address.sin_port[0], address.sin_port[1] = math.floor(port / 256), port % 256
  address.sin_addr[0], address.sin_addr[3] = 127, 1
  return { bytes = address, length = ffi.sizeof(address) }
end

function addresses.parse(transport, role, text)
  if transport == "tcp" then return tcp_address(text, role) end
  if transport == "unix-abstract" then return abstract_address(text) end
  if transport == "dotnet-pipe" then return pipe_address(text) end
  return path_address(text)
end

return addresses
