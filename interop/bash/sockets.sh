# shellcheck shell=bash disable=SC2004,SC2034,SC2154 # names are shared between the files
# Sockets. Bash has no call for them, so socat listens, accepts and connects. Then it becomes the worker (`nofork`), which
# has the connection itself: with socat between the two, nobody would see when the peer takes a message, or goes away.

# Sets `escaped`: in socat's addresses a comma, a colon and others have a meaning.
escape() {
  local index character
  escaped=''
  for ((index = 0; index < ${#1}; index++)); do
    character=${1:index:1}
    [[ $character == [A-Za-z0-9_./-] ]] || character="\\$character"
    escaped+=$character
  done
}

# With -d -d socat notes in the mailbox where it listens. It splits a program's words at blanks, and the folder may have
# some: so the script is a descriptor.
run_socat() { launch '' socat -d -d "$1" 'EXEC:bash /dev/fd/6 socket,nofork'; }

# listen_by ADDRESS: the reply to open comes when socat listens.
listen_by() {
  run_socat "$1,backlog=16" || return
  await "${process[$channel]}" new
  check_start
}

connect_by() { run_socat "$1" && await_start; }

open_unix() {
  # In bytes, since LC_ALL=C. socat would say so too, but later.
  ((${#1} <= 107)) || fail usage "the socket path has ${#1} bytes and may have 107; choose a shorter folder" || return
  escape "$1"
  if [[ ${role[$channel]} == connect ]]; then
    connect_by "UNIX-CONNECT:$escaped"
    return
  fi
  remove_stale_socket "$1" || return
  # SIGTERM waits until it is known what is to be removed.
  is_binding=1
  if listen_by "UNIX-LISTEN:$escaped,unlink-close=0"; then
    socket_path[$channel]=$1 socket_file[$channel]=$(stat -c %d:%i -- "$1")
  else
    is_binding=
    return 1
  fi
  is_binding=
}

# A socket file stays when its process has gone. To find out, connect a datagram socket: a listener refuses that (EPROTOTYPE)
# and never notices; it would take a connection of its own type for a peer. Only ECONNREFUSED says that nobody has the file.
remove_stale_socket() { # remove_stale_socket PATH, which is `escaped` already
  local before answer
  [[ -e $1 || -L $1 ]] || return 0
  [[ -S $1 && ! -L $1 ]] || fail exists "$1 is there and is not a socket; choose another path, or remove it" || return
  before=$(stat -c %d:%i -- "$1")
  answer=$(socat -u /dev/null "UNIX-CONNECT:$escaped,type=2" 2>&1)
  [[ $answer == *'Connection refused' ]] || fail exists "the socket $1 is in use; choose another path" || return
  # Somebody else may have found it stale as well, and listen there by now.
  [[ $before == "$(stat -c %d:%i -- "$1" 2>&1)" ]] || fail exists "somebody else listens at $1 since a moment ago" || return
  answer=$(rm -f -- "$1" 2>&1) || fail_system "remove the stale socket $1" "$answer"
}

# Only if the path still leads to the file that this endpoint made.
remove_socket_file() { # remove_socket_file CHANNEL
  local path=${socket_path[$1]-}
  [[ ! $path || "$(stat -c %d:%i -- "$path" 2>&1)" != "${socket_file[$1]}" ]] || rm -f -- "$path"
}

open_unix_abstract() {
  local name=${1#@}
  [[ $1 == @?* ]] && ((${#name} <= 107)) || fail usage "an abstract address is @ and a name of 1 to 107 bytes" || return
  escape "$name"
  if [[ ${role[$channel]} == listen ]]; then listen_by "ABSTRACT-LISTEN:$escaped"; else connect_by "ABSTRACT-CONNECT:$escaped"; fi
}

open_tcp() {
  local port=${1#127.0.0.1:} place
  [[ $1 == 127.0.0.1:* && $port =~ ^(0|[1-9][0-9]{0,4})$ ]] && ((port <= 65535)) &&
    [[ $port != 0 || ${role[$channel]} == listen ]] ||
    fail usage "the address is not 127.0.0.1:PORT; port 0 is only for listening" || return
  # nodelay: a small message must not wait until the peer has confirmed the one before, which may take 40 ms.
  if [[ ${role[$channel]} == connect ]]; then
    connect_by "TCP4-CONNECT:127.0.0.1:$port,nodelay"
    return
  fi
  # reuseaddr: connections of an earlier listener that are in TIME_WAIT must not keep the port from this one.
  listen_by "TCP4-LISTEN:$port,bind=127.0.0.1,reuseaddr,nodelay" || return
  place=${state[${process[$channel]}]#listening }
  [[ $port != 0 ]] || reply="ok address=$place"
}
