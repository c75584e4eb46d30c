# shellcheck shell=bash disable=SC2004,SC2034,SC2154 # names are shared between the files
# Undoes the percent-encoding, into `decoded`. No variable holds a NUL: it becomes the byte 1, which is in no word, number
# or HEX; has_nul tells them apart in a path.
decode() {
  decoded=${1//%00/%01}
  # A value has no backslash, so nothing else in it is an escape.
  [[ $decoded != *%* ]] || printf -v decoded %b "${decoded//%/\\x}"
}
