# shellcheck shell=bash disable=SC2004,SC2034,SC2154 # names are shared between the files
# A slot: 1024 bytes in a file, a text and NULs. Others map it; a shell reads and writes it with one call, which they see.

slot_size=1024
# The file that was opened, whatever its path leads to by now. In dd, /proc/self/fd/0 would be what dd reads.
slot=/proc/$$/fd/0

open_slot() { # open_slot WAY PATH
  local size
  if [[ $1 == slot_read ]]; then
    exec <"$2" || return
  else
    exec <>"$2" || return
  fi
  size=$(stat -L -c %s "$slot")
  ((size < slot_size)) || return 0
  [[ $1 == slot_write ]] || fail malformed "the slot has $size bytes instead of 1024" || return
  truncate -s $slot_size "$slot"
}

check_slot() { (($(stat -L -c %s "$slot") >= slot_size)) || fail truncated "the slot was cut short"; }

give_slot() { # give_slot LENGTH HEX [FILE]
  local content="$scratch/$channel.slot"
  (($1 <= slot_size)) || fail too-large "the text has $1 bytes and a slot 1024" || return
  if [[ ${3-} ]]; then
    cat -- "$3" >"$content"
  else
    escape_hex "$2"
    printf %b "$escaped" >"$content"
  fi
  [[ $(tr -d '\0' <"$content" | wc -c) == "$1" ]] || malformed "the text has a NUL, which ends it" || return
  check_slot || return
  truncate -s $slot_size "$content"
  dd if="$content" bs=$slot_size count=1 conv=notrunc of="$slot" status=none && return
  take_log
  fail_system "write the slot" "$said"
}

take_slot() {
  local text digits index
  forget_message
  check_slot || return
  dd if="$slot" bs=$slot_size count=1 of="$message" status=none
  # Up to the first NUL.
  IFS= read -r -d '' -n $slot_size text <"$message"
  length=${#text}
  check_limit "$length" || return
  for ((index = 0; index < length; index++)); do
    printf -v digits %02x "'${text:index:1}"
    hex+=$digits
  done
}
