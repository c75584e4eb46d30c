-- The files that listeners make. Binding makes one, closing the socket does not remove it, and binding where one is fails: also where a
-- program has left it behind that has ended long ago.
local fault = require("fault")
local libc = require("libc")
local status = require("status")

local C, system = libc.C, libc.system

local socketfiles = {}

-- Asks with a datagram socket, whatever is to be bound. A stream or seqpacket socket refuses it (EPROTOTYPE) and never notices; it would
-- take a connection of its own kind for a peer. A datagram socket does not notice either. Only ECONNREFUSED says that nobody has the file.
local function is_stale(address)
  local probe, code = system(C.socket, libc.AF_UNIX, bit.bor(libc.SOCK_DGRAM, libc.SOCK_CLOEXEC), 0)
  if not probe then fault.raise_system(code, "make a socket for", address.path) end
  local _
  _, code = system(C.connect, probe, address.bytes, address.length)
  libc.close(probe)
  return code == libc.ECONNREFUSED
end

local function is_file(path, identity)
  local found = status.of_entry(path)
  return found and found.identity == identity
end

local function remove_stale(address, held)
  local path = address.path
  local found = status.of_descriptor(held)
  if found.type ~= libc.S_IFSOCK or not is_file(path, found.identity) then
    fault.raise("exists", "%s is there and is not a socket; choose another path, or remove it", path)
  end
  if not is_stale(address) then
    fault.raise("exists", "the socket %s is in use; choose another path, or end the program that has it", path)
  end
  -- Somebody else may have found it stale as well, and listen there by now.
  if not is_file(path, found.identity) then return end
  local done, code = system(C.unlink, path)
  if not done and code ~= libc.ENOENT then fault.raise_system(code, "remove the stale socket", path) end
end

local function make_way(address)
  -- Held until the end: the number of a file that is gone and held by nobody may be the next file's.
  local held, code = libc.open(address.path, libc.O_PATH)
  if code == libc.ENOENT and not status.of_entry(address.path) then return end -- gone since
  if code == libc.ENOENT then fault.raise("exists", "%s is a symbolic link; choose another path", address.path) end
  if not held then fault.raise_system(code, "examine", address.path) end
  local done, problem = pcall(remove_stale, address, held)
  libc.close(held)
  if not done then error(problem, 0) end
end

-- Binds, and gives what has to be removed later. While the socket is open, its file's number is not given to another file.
function socketfiles.bind(descriptor, address, text)
  local done, code = system(C.bind, descriptor, address.bytes, address.length)
  if code == libc.EADDRINUSE and address.path then
    make_way(address)
    done, code = system(C.bind, descriptor, address.bytes, address.length)
  end
  if not done then fault.raise_system(code, "listen at", text) end
  if not address.path then return nil end
  local made = status.of_entry(address.path)
  return made and { path = address.path, identity = made.identity }
end

-- Only if it is still that file: another program may have put its own there.
function socketfiles.remove(file)
  if is_file(file.path, file.identity) then C.unlink(file.path) end
end

return socketfiles
