# shellcheck shell=bash disable=SC2004,SC2034,SC2154 # names are shared between the files
# The orders to a worker. Each sets `reply` or fails.

check_limit() { (($1 <= limit)) || fail too-large "the message has $1 bytes and the limit is $limit; raise limit= when opening"; }

send_payload() { # send_payload [HEX]
  local payload=${1-} file='' size
  size=$((${#payload} / 2))
  check_limit "$size" || return
  if ((size > small)); then
    file="$scratch/$channel.payload"
    # basenc knows capital letters only.
    printf %s "${payload^^}" | basenc -d --base16 >"$file" || fail internal "cannot write to $scratch" || return
  fi
  $give_message "$size" "$payload" "$file" && reply=ok
}

send_file() { # send_file =PATH
  local description size
  decode "${1#=}"
  description=$(stat -L -c '%F/%s' -- "$decoded" 2>&1) || fail_system "send $decoded" "$description" || return
  size=${description##*/}
  [[ $description == regular* ]] || fail usage "$decoded is not a regular file" || return
  [[ -r $decoded ]] || fail denied "$decoded may not be read; check its permissions" || return
  check_limit "$size" || return
  $give_message "$size" '' "$decoded" && reply=ok
}

receive() { # receive MILLISECONDS [=PATH], and - is no time
  set_deadline "${1#-}"
  if ! $take_message; then
    reply='ok end=true'
    [[ $kind == end ]]
    return
  fi
  if [[ ${2-} ]]; then
    decode "${2#=}"
    write_message "$decoded" || return
    reply="ok length=$length"
  else
    ((length <= 131066)) || fail usage "the message is too long for a reply; receive it with file=" || return
    [[ ! $is_in_file ]] || hex=$(basenc --base16 -w 0 "$message")
    reply="ok payload=${hex,,}"
  fi
  # Not before: a message that could not be delivered can be asked for again.
  forget_message
}

write_message() { # write_message PATH
  [[ ! -e $1 || -f $1 ]] || fail usage "$1 is not a regular file" || return
  if [[ $is_in_file ]]; then
    cat -- "$message" >"$1"
  else
    escape_hex "$hex"
    printf %b "$escaped" >"$1"
  fi && return
  take_log
  fail_system "write $1" "$said"
}

# shutdown(2), which closes one way of a socket for all who have it. If the peer has gone, there is none left to close.
half_close() {
  socat -u /dev/null FD:1,shut-down
  take_log
  reply=ok
}

take_in_loop() {
  $take_message && return
  [[ $kind != end ]] || fail closed "the peer of channel $channel ended the stream in the loop"
}

echo_messages() { # echo_messages COUNT
  local count
  deadline='' reply=ok
  for ((count = $1; count > 0; count--)); do
    take_in_loop && give_frame "$length" "$hex" "${is_in_file:+$message}" || return
    forget_message
  done
}

ping_peer() { # ping_peer COUNT SIZE
  local count payload='' file='' began started
  deadline=''
  check_limit "$2" || return
  if (($2 > small)); then
    file="$scratch/$channel.payload"
    head -c "$2" /dev/zero | tr '\0' p >"$file"
  else
    printf -v payload '%*s' "$2" ''
    payload=${payload// /70}
  fi
  look_at_clock
  began=$now started=${EPOCHREALTIME/./}
  for ((count = $1; count > 0; count--)); do
    give_frame "$2" "$payload" "$file" && take_in_loop || return
    forget_message
  done
  # Microseconds of a clock that somebody may have set meanwhile: then the coarse one is right.
  local fine=$((${EPOCHREALTIME/./} - started))
  look_at_clock
  local coarse=$(((now - began) * 10000))
  ((fine > coarse - 20000 && fine < coarse + 20000)) || fine=$coarse
  reply="ok nanoseconds=$((fine * 1000))"
}
