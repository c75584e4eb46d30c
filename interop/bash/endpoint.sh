#!/usr/bin/env bash
# shellcheck disable=SC2034,SC2154 # names are shared between the files
# The Bash endpoint: local channels with what every Debian has, and socat. It obeys the commands of ../PROTOCOL.md, one a
# line on standard input, and answers each with one line on standard output.
#
# A shell cannot wait for two descriptors at once. So every descriptor has a process of its own that waits for it:
#
#   reader.sh    reads the commands, and sees their end
#   endpoint.sh  this process: decides, and starts the others
#   worker.sh    one for each channel: reads and writes its messages, and answers send and receive itself
#
# All of them write short lines into one pipe, the mailbox, and this process waits for that alone (mailbox.sh). The rest:
#
#   faults.sh    what the system says becomes one of the protocol's error kinds, in one place
#   clock.sh     deadlines
#   decoding.sh  percent-encoding
#   lines.sh     the grammar of a command, and which verb has which keys
#   channels.sh  what is open, the process that has it, and what must not stay behind
#   opening.sh   the verb open: words and addresses
#   sockets.sh   listening and connecting, which socat does
#   verbs.sh     the other verbs
#   messages.sh  the worker's verbs, about messages
#   framings.sh  bytes in, decision out
#   streams.sh   messages in a stream
#   slots.sh     a text in a file
set -uf

# Bytes, not characters; and the system's messages in the words that faults.sh knows.
export LC_ALL=C
IFS=' '

# What was ignored when a shell starts, it can never trap. So it starts once more, without that.
if [[ $(trap -p TERM) ]]; then
  exec env --default-signal=TERM bash "$0"
fi
# A write to a peer that is gone shall be an error like any other. The processes that are started here inherit this.
trap '' PIPE

folder=./${BASH_SOURCE[0]}
[[ ${BASH_SOURCE[0]} != /* ]] || folder=${BASH_SOURCE[0]}
folder=$(cd -- "${folder%/*}" && pwd -P) || exit 1
# Messages are files here, because a variable of bash cannot hold a NUL.
scratch=$(mktemp -d "${TMPDIR:-/tmp}/parley-bash.XXXXXXXX") || exit 1
export folder scratch

for part in faults clock decoding lines mailbox channels opening sockets verbs; do
  # shellcheck source=/dev/null # shellcheck looks at each file by itself
  source "$folder/$part.sh"
done

note_inherited
start_mailbox
while next_command; do
  if obey_line "$command"; then
    [[ $reply == "$answered" ]] || printf '%s\n' "$reply"
  else
    report_fault
  fi || finish 1 # nobody reads the replies any more
done
