#!/usr/bin/env bash
# The endpoint of the adapter {name}: it answers hello and refuses everything else. interop/README.md says how to go on.
# In another language, change language= and runtime= in the reply to hello: they say what the program runs on.
# Bytes, not characters: a command may have any. (A NUL alone cannot be seen: bash leaves it out when it reads.)
LC_ALL=C
# Words end at blanks only, and none is a pattern of file names.
IFS=' '
set -f

refuse() { printf 'error kind=%s message=%s\n' "$1" "$2"; }

# The values of a command by their keys.
declare -A values

# Takes the words after the verb apart: each is key=value, and no key stands twice.
parse() {
  local word key
  values=()
  for word; do
    [[ $word =~ ^[a-z0-9-]+=[A-Za-z0-9_./:,@+~%-]*$ ]] || return 1
    [[ ! $word =~ %($|[^0-9A-Fa-f]|.($|[^0-9A-Fa-f])) ]] || return 1
    key=${word%%=*}
    [ -z "${values[$key]+given}" ] || return 1
    values[$key]=${word#*=}
  done
}

has_keys_of_open() {
  local key
  for key in channel transport role address framing; do [ -n "${values[$key]+given}" ] || return 1; done
  for key in "${!values[@]}"; do
    case $key in
      channel | transport | role | address | framing) ;;
      limit | authkey | queue | size | offset | length | lock | slots) ;;
      *) return 1 ;;
    esac
  done
}

# Undoes the percent-encoding of a short value, for comparison. No variable holds a NUL.
decode() { [[ ${#1} -le 48 && $1 != *%00* ]] && printf -v decoded '%b' "${1//%/\\x}"; }

has_number() { # has_number KEY SMALLEST: a number from there on, or none
  [ -n "${values[$1]+given}" ] || return 0
  decode "${values[$1]}" && [[ $decoded =~ ^(0|[1-9][0-9]{0,9})$ ]] && ((decoded >= $2 && decoded <= 2147483647))
}

has_forms_of_open() {
  decode "${values[channel]}" && [[ $decoded =~ ^[a-z0-9]{1,16}$ ]] &&
    has_number limit 1 && has_number size 1 && has_number length 1 && has_number offset 0
}

# The order matters: of several refusals that apply, every endpoint gives the same one.
answer() {
  local line=$1 verb words
  case $line in ' '* | *' ' | *'  '*) refuse usage there%20is%20a%20blank%20too%20many && return ;; esac
  [ "${#line}" -le 262144 ] || { refuse usage the%20line%20is%20too%20long; return; }
  # shellcheck disable=SC2206 # it is to be split
  words=($line)
  verb=${words[0]-}
  if ! parse "${words[@]:1}"; then
    refuse usage a%20word%20is%20not%20a%20key%20with%20a%20value,%20or%20a%20key%20stands%20twice
    return
  fi
  case $verb:${#values[@]} in
    echo:* | ping:* | layout:* | call:*) refuse unsupported there%20is%20no%20such%20verb%20yet ;;
    hello:0)
      printf 'ok protocol=1 language=bash runtime=Bash%%20%s' "${BASH_VERSION%%(*}"
      printf ' transports= framings= codecs= features=\n'
      ;;
    open:*)
      if has_keys_of_open && has_forms_of_open; then
        refuse unsupported there%20is%20no%20such%20transport%20yet
      else
        refuse usage open%20has%20other%20keys%20or%20values
      fi
      ;;
    reset:0) echo ok ;;
    *) refuse usage no%20such%20verb,%20other%20keys,%20or%20a%20channel%20that%20is%20not%20open ;;
  esac
}

# read fails at a last line without a line feed: it is not obeyed.
while IFS= read -r line; do answer "$line"; done
