#!/usr/bin/env bash
# shellcheck disable=SC2034,SC2154 # names are shared between the files
# The worker has one open channel: 0 and 1 are its stream. It obeys the orders on 3, writes the replies to 4, and says in the
# mailbox, 5, when it is ready again. When the orders end, it ends, and its stream with it.
set -uf
IFS=' '

# If it ends of a fault of its own, somebody may wait for it.
trap 'printf "%s fault internal the worker has ended\n" $$ >&5' EXIT

# What the system says to builtins and programs, for fail_system.
log="$scratch/$channel.log"
exec 2>"$log" 6<&-

for part in faults decoding clock framings streams messages slots; do
  # shellcheck source=/dev/null # shellcheck looks at each file by itself
  source "$folder/$part.sh"
done

# Sets `said`, what was logged since the last time.
take_log() {
  said=$(<"$log")
  : >"$log"
}

# What the order calls: how a message comes and goes.
case $1 in
  slot_*) take_message=take_slot give_message=give_slot ;;
  *) take_message=take_frame give_message=give_frame ;;
esac

open_stream() { # open_stream WAY [PATH]
  case $1 in
    # A FIFO waits here for its other end. Each way alone: who opens it for both never sees the end.
    fifo_read) exec <"$2" ;;
    fifo_write) exec >"$2" ;;
    # Whoever shares the descriptor may have made it non-blocking; opened anew, it is this worker's own.
    pipe_read) exec </proc/self/fd/0 >/dev/null ;;
    pipe_write) exec >/proc/self/fd/1 </dev/null ;;
    slot_*) open_slot "$1" "$2" ;;
  esac
}

if ! open_stream "$@"; then
  take_log
  [[ ! $said ]] || fail_system "open the channel" "$said"
  printf '%s fault %s %s\n' $$ "$kind" "${sentence//[^ -~]/?}" >&5
  exit
fi

forget_message
while printf '%s ready\n' $$ >&5 && IFS= read -r -u 3 order; do
  # shellcheck disable=SC2086 # it is to be split
  if $order; then
    printf '%s\n' "$reply" >&4
  else
    report_fault >&4
  fi
done
