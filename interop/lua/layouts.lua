-- The records of ../vectors/layouts.yml, as LuaJIT's FFI lays them out: like C. A peer in another language that maps the same memory has to
-- agree with every number.
local fault = require("fault")
local ffi = require("ffi")

ffi.cdef [[
struct mixed { uint8_t a; uint32_t b; uint8_t c; double d; int16_t e; };
struct __attribute__((packed)) mixed_packed { uint8_t a; uint32_t b; uint8_t c; double d; int16_t e; };
struct arrays { uint8_t tag[3]; uint32_t values[2]; uint8_t name[5]; };
struct bools { bool first; int32_t count; bool second; bool third; };
struct point { float x; float y; };
struct nested { uint8_t id; struct point position; struct mixed detail; uint8_t last; };
]]

-- The FFI knows the offset of each field, but has no list of them.
local RECORDS = {
  ["mixed"] = { type = "struct mixed", fields = { "a", "b", "c", "d", "e" } },
  ["mixed-packed"] = { type = "struct mixed_packed", fields = { "a", "b", "c", "d", "e" } },
  ["arrays"] = { type = "struct arrays", fields = { "tag", "values", "name" } },
  ["bools"] = { type = "struct bools", fields = { "first", "count", "second", "third" } },
  ["point"] = { type = "struct point", fields = { "x", "y" } },
  ["nested"] = { type = "struct nested", fields = { "id", "position", "detail", "last" } },
}

local layouts = {}

function layouts.describe(name)
  local record = RECORDS[name]
  if not record then fault.raise("unsupported", "there is no record %s here; interop/vectors/layouts.yml lists them", name) end
  local offsets = {}
  for index, field in ipairs(record.fields) do
    offsets[index] = field .. ":" .. ffi.offsetof(record.type, field)
  end
  local size, alignment = ffi.sizeof(record.type), ffi.alignof(record.type)
  return ("ok size=%d alignment=%d offsets=%s"):format(size, alignment, table.concat(offsets, ","))
end

return layouts
