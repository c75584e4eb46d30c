# shellcheck shell=bash disable=SC2004,SC2034,SC2154 # names are shared between the files
# The verb open.

transports='unix unix-abstract tcp fifo pipe socketpair file-slot'
framings='none multiprocessing u32le line netstring varint content-length'

is_one_of() { [[ " $2 " == *" $1 "* && $1 != *' '* ]]; }

obey_open() {
  channel=${values[channel]} framing=${values[framing]} limit=${values[limit]-67108864}
  local address=${values[address]} roles='read write' fitting=${framings#none }
  [[ ! ${process[$channel]-} ]] || fail usage "channel $channel is open already; close it first" || return
  is_one_of "${values[transport]}" "$transports" || fail unsupported "there is no such transport; hello lists them" || return
  case ${values[transport]} in
    unix | unix-abstract | tcp) roles='listen connect' ;;
    file-slot) fitting=none ;;
  esac
  is_one_of "$framing" "$fitting" || fail unsupported "the framings of ${values[transport]} here are $fitting" || return
  is_one_of "${values[role]}" "$roles" || fail unsupported "the roles of ${values[transport]} are $roles" || return
  [[ $address ]] || fail usage "the address is empty" || return
  ! has_nul address || fail usage "the address has a NUL; remove it" || return
  transport[$channel]=${values[transport]} role[$channel]=${values[role]} has_peer[$channel]='' reply=ok deadline=
  if ! open_"${values[transport]//-/_}" "$address"; then
    [[ ! ${process[$channel]-} ]] || forget "$channel"
    return 1
  fi
}

# Waits until the channel's process has its stream. The kind and the sentence are its own, or socat's.
await_start() {
  await "${process[$channel]}" '@(new|accepting)'
  check_start && has_peer[$channel]=1
}

check_start() {
  local said=${state[${process[$channel]}]}
  case $said in
    fault*)
      said=${said#fault }
      fail "${said%% *}" "${said#* }"
      ;;
    failed*) fail_system "open channel $channel" "${said#failed }" ;;
  esac
}

open_fifo() {
  # Before it is opened: opening what is there could wait, or do something.
  [[ -e $1 ]] || fail missing "there is no $1; make a FIFO with mkfifo" || return
  [[ -p $1 ]] || fail usage "$1 is not a FIFO; make one with mkfifo" || return
  launch '' bash "$folder/worker.sh" "fifo_${role[$channel]}" "$1" && await_start
}

open_file_slot() {
  [[ ! -e $1 || -f $1 ]] || fail usage "$1 is not a regular file" || return
  launch '' bash "$folder/worker.sh" "slot_${role[$channel]}" "$1" && await_start
}

# Sets `flags`, what the descriptor was opened for: 0 to read, 1 to write, 2 for both.
check_inherited() {
  local key value
  [[ $1 =~ ^(0|[1-9][0-9]{0,9})$ ]] && (($1 > 2 && $1 <= 2147483647)) ||
    fail usage "the address is not the number of an inherited descriptor, which is 3 or more" || return
  [[ ${inherited[$1]-} ]] || fail missing "descriptor $1 was not inherited; pass it when this process is started" || return
  while IFS=$'\t' read -r key value; do
    [[ $key != flags: ]] || flags=$((8#$value & 3))
  done <"/proc/self/fdinfo/$1"
}

open_inherited() { # open_inherited NUMBER WAY
  local number=$1
  # From now on only the worker has it.
  launch "$number" bash "$folder/worker.sh" "$2" || return
  exec {number}>&-
  unset "inherited[$number]"
  await_start
}

open_pipe() {
  local flags
  check_inherited "$1" || return
  [[ -p /proc/self/fd/$1 ]] && ((flags == 2 || flags == (${#role[$channel]} == 5))) ||
    fail usage "descriptor $1 is not the end of a pipe that role=${role[$channel]} needs" || return
  open_inherited "$1" "pipe_${role[$channel]}"
}

open_socketpair() {
  local flags
  check_inherited "$1" || return
  [[ -S /proc/self/fd/$1 ]] || fail usage "descriptor $1 is not a socket; pass one end of a socketpair" || return
  open_inherited "$1" socket
}
