# shellcheck shell=bash disable=SC2004,SC2034,SC2154 # names are shared between the files
# Messages in a stream. A short message is HEX in a variable, and costs no program; a longer one is in the file `$message`.

small=1024
message="$scratch/$channel.message"
before_file="$scratch/$channel.before" behind_file="$scratch/$channel.behind"
# What was read behind the end of a line, and the number of line feeds that are still in it.
ahead="$scratch/$channel.ahead" ahead_lines=0 is_ahead=''
is_at_end=''

# Begins a new frame. Until then all that has come of this one is kept: after a timeout it goes on.
forget_message() {
  header='' length='' number=0 text='' content_length=''
  hex='' received=0 is_begun='' is_in_file='' is_whole=''
}

# Waits until there is something to read, and takes nothing. `read -t` would take it: with a NUL at the very moment when the
# time is over, it says that the time is over, and nobody knows of the NUL.
wait_for_input() {
  until read -r -t 0; do
    look_at_deadline || fail timeout "the peer of channel $channel did not send in time; ask again" || return
    # No order comes while this one is obeyed: it is a nap of 10 ms that starts no program. Unless the orders have ended.
    IFS= read -r -t 0.01 -u 3
    (($? > 128)) || exit
  done
}

# Takes 1 to MOST bytes into `run`, as HEX. bash drops a NUL, but it can say where one was: as the end of what it reads.
take_run() { # take_run MOST
  local most=$1 line='' status index digits
  run=''
  [[ ! $is_at_end ]] || fail end '' || return
  if [[ $deadline ]]; then
    wait_for_input || return
    # More may not be there yet, and would be waited for.
    most=1
  fi
  IFS= read -r -d '' -n "$most" line
  status=$?
  for ((index = 0; index < ${#line}; index++)); do
    printf -v digits %02x "'${line:index:1}"
    run+=$digits
  done
  ((status > 0 || ${#line} == most)) || run+=00
  if [[ $run ]]; then
    is_begun=1
  else
    take_log
    [[ ! $said ]] || fail_system "receive on channel $channel" "$said" || return
    is_at_end=1
    fail end ''
  fi
}

# Takes 1 to MOST bytes into a file, and counts them in `received`. Only bash waits, for the first byte: it keeps its time,
# and dies at once when it is told to. dd takes what is there, with one read.
take_chunk() { # take_chunk MOST FILE
  local answer
  take_run 1 && printf %b "\\x$run" >>"$2" || return
  ((received++, $1 > 1)) && read -r -t 0 || return 0
  if ! dd bs=$(($1 - 1 < 1 << 20 ? $1 - 1 : 1 << 20)) count=1 >>"$2" 2>"$log.dd"; then
    read -r answer <"$log.dd"
    fail_system "receive on channel $channel" "$answer"
    return
  fi
  # 0+1 records in, 0+1 records out, and "5 bytes copied" in words that differ.
  { read -r && read -r && read -r answer; } <"$log.dd"
  ((received += ${answer%% *}))
}

take_header() {
  until [[ $length ]]; do
    take_run 1 || return
    byte=$run header+=$run
    "step_${framing//-/_}" || return
  done
  # Before anything is kept of it.
  ((length >= 0 && length <= limit)) || fail too-large "a frame is longer than the limit of $limit; raise limit= when opening"
}

take_payload() {
  if ((length <= small)); then
    while ((${#hex} < 2 * length)); do
      take_run $((length - ${#hex} / 2)) || return
      hex+=$run
    done
    return
  fi
  [[ $is_in_file ]] || : >"$message" || fail internal "cannot make a file in $scratch; look for free space" || return
  is_in_file=1
  while ((received < length)); do take_chunk $((length - received)) "$message" || return; done
}

take_comma() {
  take_run 1 || return
  [[ $run == 2c ]] || malformed "a netstring ends with the byte 0x$run"
}

check_line() { ((received <= limit)) || fail too-large "a line is longer than the limit of $limit; raise limit= when opening"; }

# A short line costs one read a byte. That is too slow for a long one, which is read in chunks, and so too far.
take_line() {
  until [[ $is_in_file ]]; do
    if [[ $is_ahead ]] || ((received == small)); then
      escape_hex "$hex"
      printf %b "$escaped" >"$message" || fail internal "cannot make a file in $scratch; look for free space" || return
      hex='' is_in_file=1
    else
      take_run 1 || return
      [[ $run != 0a ]] || return 0
      hex+=$run
      ((++received))
      check_line || return
    fi
  done
  until ((ahead_lines > 0)); do
    [[ ! $is_ahead ]] || cat <&7 >>"$message"
    is_ahead='' received=$(stat -c %s "$message")
    [[ $received == 0 ]] || is_begun=1
    check_line || return
    : >"$ahead"
    take_chunk $((1 << 20)) "$ahead" || return
    exec 7<"$ahead"
    is_ahead=1 ahead_lines=$(wc -l <"$ahead")
  done
  # In a file that it can go back in, head leaves the place right behind the line.
  head -n 1 <&7 >>"$message" && truncate -s -1 "$message"
  ((ahead_lines--))
  received=$(stat -c %s "$message")
  check_line
}

# Takes a message, or goes on with it: `length`, and `hex` or the file.
take_frame() {
  [[ ! $is_whole ]] || return 0
  if [[ $framing == line ]]; then
    take_line && length=$received
  else
    take_header && take_payload && { [[ $framing != netstring ]] || take_comma; }
  fi && is_whole=1 && return
  [[ $kind != end || ! $is_begun ]] || fail truncated "the stream ended inside a frame; the peer ended too early"
  return 1
}

# Sets `escaped`: HEX as printf %b reads it.
escape_hex() {
  local index
  escaped=''
  for ((index = 0; index < ${#1}; index += 2)); do escaped+="\\x${1:index:2}"; done
}

# Sends a message, which is HEX or in a file.
give_frame() { # give_frame LENGTH HEX [FILE]
  local failed='' earlier
  frame "$1"
  if [[ ! ${3-} ]]; then
    [[ $framing != line || ! $2 =~ ^(..)*0a ]] || malformed "the message has a line feed" || return
    escape_hex "$2"
    printf %b "$before$escaped$behind" || failed=1
  else
    [[ $framing != line || $(wc -l <"$3") == 0 ]] || malformed "the message has a line feed" || return
    printf %b "$before" >"$before_file" && printf %b "$behind" >"$behind_file"
    # cat writes all of it, however little the peer takes at a time. It waits for the peer, and would outlive this shell: so the
    # trap is there before it is, and ends it as soon as there is one.
    earlier=${!-}
    trap '[[ ${!-} == "$earlier" ]] || kill $!; exit' TERM
    cat -- "$before_file" "$3" "$behind_file" &
    wait $! || failed=1
    trap - TERM
  fi
  [[ $failed ]] || return 0
  take_log
  fail_system "send on channel $channel" "$said"
}
