#!/usr/bin/env bash
# The endpoint of the adapter {name}: it answers hello and refuses everything else. interop/README.md says how to go on.
# Bytes, not characters: a command may have any.
LC_ALL=C

refuse() { printf 'error kind=%s message=%s\n' "$1" "$2"; }

answer() {
  local line=$1 word key
  local -A keys=()
  [ "${#line}" -le 262144 ] || { refuse usage the%20line%20is%20too%20long; return; }
  for word in ${line#"${line%% *}"}; do
    key=${word%%=*}
    if [[ ! $word =~ ^[a-z0-9-]+= || -n ${keys[$key]-} ]]; then
      refuse usage a%20word%20is%20not%20a%20key%20with%20a%20value,%20or%20a%20key%20stands%20twice
      return
    fi
    keys[$key]=given
  done
  case ${line%% *} in
    hello)
      [ "${#keys[@]}" -eq 0 ] || { refuse usage hello%20has%20no%20keys; return; }
      printf 'ok protocol=1 language=bash runtime=Bash%%20%s' "${BASH_VERSION%%(*}"
      printf ' transports= framings= codecs= features=\n'
      ;;
    open)
      for key in channel transport role address framing; do
        [ -n "${keys[$key]-}" ] || { refuse usage open%20lacks%20a%20key; return; }
      done
      refuse unsupported there%20is%20no%20such%20transport%20yet
      ;;
    echo | ping | layout) refuse unsupported there%20is%20no%20such%20verb%20yet ;;
    reset) echo ok ;;
    *) refuse usage no%20such%20verb%20or%20the%20channel%20is%20not%20open ;;
  esac
}

# No word of a command is a pattern of file names.
set -f
# read fails at a last line without a line feed: it is not obeyed.
while IFS= read -r line; do answer "$line"; done
