-- What is at a path, or behind a descriptor. With statx, since struct stat is another one on each kind of machine.
local fault = require("fault")
local libc = require("libc")

local C, ffi, system = libc.C, libc.ffi, libc.system

local status = {}
local found = ffi.new("struct statx")

local function describe(folder, path, flags)
  local done, code = system(C.statx, folder, path, flags, libc.STATX_BASIC_STATS, found)
  if not done then return nil, code end
  return {
    type = bit.band(found.stx_mode, libc.S_IFMT),
    size = tonumber(found.stx_size),
    -- Device and inode say which file it is. As text, because a table of Lua compares boxed integers by their box.
    identity = ("%d:%d:%s"):format(found.stx_dev_major, found.stx_dev_minor, tostring(found.stx_ino)),
  }
end

-- nil and errno if there is nothing.
function status.of_path(path)
  return describe(libc.AT_FDCWD, path, 0)
end

-- Of a symbolic link itself, not of what it leads to.
function status.of_entry(path)
  return describe(libc.AT_FDCWD, path, libc.AT_SYMLINK_NOFOLLOW)
end

function status.of_descriptor(descriptor)
  local result, code = describe(descriptor, "", libc.AT_EMPTY_PATH)
  return result or fault.raise_system(code, "examine", "descriptor " .. descriptor)
end

return status
