# shellcheck shell=bash disable=SC2004,SC2034,SC2154 # names are shared between the files
# Faults: a kind of PROTOCOL.md, section 5, and a sentence for people.

# fail KIND SENTENCE: for `... || fail ...`.
fail() {
  kind=$1 sentence=$2
  return 1
}

# fail_system ACTION TEXT: a shell sees no errno. It sees what programs write to standard error, which ends with the
# system's message for it. In the locale C those messages are always the same.
fail_system() {
  local text=${2%$'\n'}
  text=${text##*$'\n'}
  case $text in
    *'Broken pipe') kind=closed ;;
    *'Connection reset by peer') kind=reset ;;
    *'Connection refused' | *'Protocol wrong type for socket') kind=refused ;;
    *'No such file or directory' | *'Not a directory' | *'Bad file descriptor') kind=missing ;;
    *'Address already in use' | *'File exists' | *' exists') kind=exists ;;
    *'Permission denied' | *'Operation not permitted' | *'Read-only file system') kind=denied ;;
    *'Connection timed out') kind=timeout ;;
    *'Address family not supported by protocol' | *'Operation not supported') kind=unsupported ;;
    *'File name too long' | *'Is a directory') kind=usage ;;
    *) kind=internal ;;
  esac
  sentence="cannot $1: ${text##*: }; check the address, the peer and the free space"
  return 1
}

# Writes the error as a reply. Every character that a value cannot have is percent-encoded.
report_fault() {
  local text=${sentence:0:300} encoded='' character index
  text=${text//[^ -~]/?}
  for ((index = 0; index < ${#text}; index++)); do
    character=${text:index:1}
    [[ $character == [A-Za-z0-9_./:,@+~-] ]] || printf -v character '%%%02X' "'$character"
    encoded+=$character
  done
  printf 'error kind=%s message=%s\n' "$kind" "$encoded"
}
