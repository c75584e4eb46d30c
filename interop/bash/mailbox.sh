# shellcheck shell=bash disable=SC2004,SC2034,SC2154 # names are shared between the files
# The mailbox: one pipe into which everybody writes what has happened, and from which this process reads. A line of up to
# 4096 bytes that is written with one call is never mixed with another. The lines:
#
#   command                   the reader has a command, and writes it into its own pipe: it may be long
#   end                       the commands have ended
#   terminate                 SIGTERM
#   PID ready                 the channel's worker has its stream, or has answered
#   PID fault KIND SENTENCE   the worker cannot begin
#   ... socat[PID] N TEXT     what socat notes, such as where it listens
#   ... socat[PID] E TEXT     why socat fails

# What each process of a channel has said last: `new`, `listening PLACE`, `accepting`, `ready`, `busy`, `fault KIND SENTENCE`
# or `failed TEXT`.
declare -A state
# Commands that came while another was obeyed.
queue=()
has_ended='' is_terminated='' is_binding=''
# Stands for a line that is too long. The reader never passes on this byte alone, since NUL becomes 1 and no other byte 2.
too_long=$'\2'

# Closes what the parent has open and this process does not need: an end of a pipe that is open anywhere is open.
close_all_but() {
  local path number
  set +f
  for path in /proc/self/fd/*; do
    number=${path##*/}
    [[ " $* " == *" $number "* ]] || exec {number}>&-
  done
  set -f
}

# Runs in a process of its own. It never waits for anything but commands, and so sees their end at once.
read_commands() {
  local line longest=262144
  close_all_but 1 2 "$bytes" "$mailbox"
  # A last line without a line feed makes read fail: it is not obeyed.
  while IFS= read -r -u "$bytes" -n $((longest + 1)) line; do
    if ((${#line} > longest)); then
      while ((${#line} >= longest)); do
        IFS= read -r -u "$bytes" -n $longest line || break 2
      done
      line=$too_long
    fi
    printf 'command\n' >&"$mailbox"
    printf '%s\n' "$line"
  done
  printf 'end\n' >&"$mailbox"
}

start_mailbox() {
  # Opened for both, a pipe has no end to wait for.
  exec {mailbox}<> <(:)
  trap 'printf "terminate\n" >&"$mailbox"' TERM INT HUP
  trap 'finish 1' EXIT
  # read drops every NUL without a word; so each becomes a byte that no command may have. stdbuf: without waiting for more.
  exec {bytes}< <(close_all_but 0 1 2 && exec stdbuf -o0 tr '\000\002' '\001')
  helpers=("$!")
  exec {lines}< <(read_commands)
  helpers+=("$!")
  exec {bytes}<&-
}

# Waits for something to happen, or for so many seconds; then it fails.
next_event() {
  local event='' part line
  # A signal that comes just before the system call is seen when that ends: once a second. The time may also be over inside a
  # line: then the rest is there, or will be at once. -u: with <& bash would keep a copy of its standard input open meanwhile.
  # And it may be over at the line feed, which is taken then: nothing comes any more of such a line.
  until IFS= read -r -u "$mailbox" -t "${1:-1}" part; do
    [[ $part || ! $event ]] || break
    event+=$part
    [[ ! ${1-} || $event ]] || return
  done
  event+=$part
  case $event in
    command) IFS= read -r -u "$lines" line && queue+=("$line") ;;
    end) has_ended=1 ;;
    terminate) is_terminated=1 ;;
    *)
      if [[ $event =~ \ socat\[([0-9]+)\]\ ([NE])\ (.*)$ ]]; then
        case ${BASH_REMATCH[2]}${BASH_REMATCH[3]} in
          N'listening on '*) note "${BASH_REMATCH[1]}" "listening ${event##* }" ;;
          N'accepting connection '*) note "${BASH_REMATCH[1]}" accepting ;;
          E*) note "${BASH_REMATCH[1]}" "failed $event" ;;
        esac
      else
        note "${event%% *}" "${event#* }"
      fi
      ;;
  esac
  [[ ! $is_terminated || $is_binding ]] || finish TERM
}

# Nobody asks any more for a process that has been forgotten.
note() { [[ $1 != +([0-9]) || ! ${state[$1]-} ]] || state[$1]=$2; }

# Waits until the process has said something else than PATTERN; fails at the deadline, if there is one.
await() { # await PID PATTERN
  # shellcheck disable=SC2053 # it is a pattern
  while [[ ${state[$1]} == $2 ]]; do
    if [[ $has_ended ]]; then
      # Nobody will ask for more, but what takes no time is finished.
      next_event 0.05 || finish 0
    elif [[ $deadline ]]; then
      look_at_deadline && next_event "$patience" || look_at_deadline || return
    else
      # A process that was killed, or had no descriptors left to say so, says nothing any more.
      next_event 1 || kill -0 "$1" 2>/dev/null || next_event 0.05 ||
        note "$1" 'fault internal the process of the channel has ended; standard error may say why'
    fi
  done
}

# Sets `command`.
next_command() {
  while ((${#queue[@]} == 0)); do
    [[ ! $has_ended ]] || finish 0
    next_event
  done
  command=${queue[0]}
  queue=("${queue[@]:1}")
}

finish() { # finish STATUS, or finish TERM
  trap '' TERM INT HUP EXIT
  forget_all
  kill "${helpers[@]}" 2>/dev/null
  rm -rf -- "$scratch"
  [[ $1 == TERM ]] || exit "$1"
  # Dying of the signal is how the parent learns that it was one.
  trap - TERM
  kill -TERM $$
}
