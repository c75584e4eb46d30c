-- Errors that become replies: a kind of the protocol, and a sentence for people. They are raised with error() and caught for each command.
local libc = require("libc")

local fault = {}

local Fault = {}
Fault.__index = Fault
Fault.__tostring = function(self) return self.kind .. ": " .. self.message end

-- kind, and what string.format takes.
function fault.raise(kind, format, ...)
  error(setmetatable({ kind = kind, message = format:format(...) }, Fault))
end

function fault.is_fault(value)
  return getmetatable(value) == Fault
end

local KINDS = {
  [libc.EMSGSIZE] = "too-large",
  [libc.EPIPE] = "closed",
  [libc.ECONNRESET] = "reset",
  [libc.ECONNREFUSED] = "refused", [libc.EPROTOTYPE] = "refused",
  [libc.ENOENT] = "missing", [libc.ENOTDIR] = "missing", [libc.EBADF] = "missing",
  [libc.EADDRINUSE] = "exists", [libc.EEXIST] = "exists",
  [libc.EACCES] = "denied", [libc.EPERM] = "denied", [libc.EROFS] = "denied",
  [libc.ETIMEDOUT] = "timeout",
  [libc.EAFNOSUPPORT] = "unsupported", [libc.EPROTONOSUPPORT] = "unsupported", [libc.EOPNOTSUPP] = "unsupported",
  [libc.ENAMETOOLONG] = "usage", [libc.EISDIR] = "usage",
}

local REMEDIES = {
  ["too-large"] = "send a smaller packet, or raise net.core.wmem_max",
  closed = "the peer has closed its end, open the channel again",
  reset = "the peer went away with unread data, open the channel again",
  refused = "start a listener of the same kind first",
  missing = "check the path, or pass the descriptor when the endpoint is started",
  exists = "choose another address, or end the program that has it",
  denied = "check the permissions of the path and of its folder",
  [libc.EMFILE] = "close channels, or raise the limit on open files",
  [libc.ENFILE] = "close some files",
  [libc.ENOSPC] = "free some space on that file system",
  [libc.ENOMEM] = "free some memory, or lower the channel's limit",
}

-- The error for an errno; `action` says what could not be done, and to what.
function fault.raise_system(code, action, object)
  local kind = KINDS[code] or "internal"
  local reason = libc.ffi.string(libc.C.strerror(code))
  local remedy = REMEDIES[code] or REMEDIES[kind] or "this is not a fault the endpoint foresees"
  fault.raise(kind, "cannot %s %s: %s; %s", action, object, reason, remedy)
end

return fault
