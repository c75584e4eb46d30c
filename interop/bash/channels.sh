# shellcheck shell=bash disable=SC2004,SC2034,SC2154 # names are shared between the files
# What is open. Each channel has one process, which is socat until there is a connection, and then the worker.

# By the channel's name. `commands` is the descriptor of the pipe to its worker.
declare -A transport role process commands socket_path socket_file has_peer
# By number: the descriptors that this process was started with, and which no channel has had yet.
declare -A inherited

note_inherited() {
  local path number
  set +f
  local paths=(/proc/self/fd/*)
  set -f
  for path in "${paths[@]}"; do
    number=${path##*/}
    # 255 is the script itself. And the list has the descriptor with which it was made, which is closed by now.
    ((number < 3 || number == 255)) || [[ ! -e $path ]] || inherited[$number]=1
  done
}

# Runs in a process of its own, and becomes the program: 0 and 1 are the stream, 3 the commands, 4 the replies, 5 the mailbox,
# which also gets what the program logs, and 6 the worker's script.
become() { # become DESCRIPTOR PROGRAM...
  local from replies
  # Whatever keeps it from becoming that, such as no descriptors left: somebody waits for it.
  trap 'printf "%s fault internal no process could be started\n" "$BASHPID" >&"$mailbox"' EXIT
  exec {from}<&0 {replies}>&1
  if [[ $1 ]]; then
    exec 0<&"$1" 1>&"$1"
  else
    exec </dev/null >/dev/null
  fi
  # The numbers up to 9 may be inherited; bash gives from 10 on.
  exec 3<&"$from" 4>&"$replies" 5>&"$mailbox" 6<"$folder/worker.sh" 2>&5
  mailbox=5
  close_all_but 0 1 2 3 4 5 6
  exec "${@:2}"
}

# Starts the process of a channel. DESCRIPTOR is its stream, if that is open already.
launch() { # launch DESCRIPTOR PROGRAM...
  local number=''
  # The worker finds in its environment what it is to do.
  export channel framing limit
  { exec {number}> >(become "$@"); } 2>"$scratch/launch"
  if [[ ! $number ]]; then
    fail_system "start a process for channel $channel" "$(<"$scratch/launch")"
    return
  fi
  process[$channel]=$! commands[$channel]=$number
  state[$!]=new
}

# Whether the channel has a peer; to be asked before anything is done with it.
check_channel() {
  channel=${values[channel]}
  [[ ${process[$channel]-} ]] || fail usage "channel $channel is not open; open it first"
}

check_peer() {
  [[ ${has_peer[$channel]} ]] || fail usage "channel $channel has no peer yet; accept one first"
}

# The role of a one-way channel says which way.
check_direction() { # check_direction ROLE
  [[ ${role[$channel]} == listen || ${role[$channel]} == connect || ${transport[$channel]} == socketpair ||
    ${role[$channel]} == "$1" ]] || fail usage "channel $channel is one way and was opened with role=${role[$channel]}"
}

is_one_way() { [[ ${transport[$channel]} == @(fifo|pipe|file-slot) ]]; }

# Has the worker obey a command: it answers by itself.
order() {
  local id=${process[$channel]}
  deadline=
  state[$id]=busy
  printf '%s\n' "$*" >&"${commands[$channel]}"
  await "$id" busy
  check_start && reply=$answered
}

forget() { # forget CHANNEL
  local id=${process[$1]} number=${commands[$1]}
  # The file goes first: a peer that finds none learns more than one that finds a file where nobody listens.
  remove_socket_file "$1"
  exec {number}>&-
  kill "$id" 2>/dev/null
  wait "$id" 2>/dev/null
  unset "state[$id]" "transport[$1]" "role[$1]" "process[$1]" "commands[$1]" "socket_path[$1]" "socket_file[$1]" "has_peer[$1]"
  rm -f -- "$scratch/$1".{log,log.dd,message,payload,before,behind,ahead,slot}
}

forget_all() {
  local name
  for name in "${!process[@]}"; do forget "$name"; done
}
