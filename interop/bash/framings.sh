# shellcheck shell=bash disable=SC2004,SC2034,SC2154 # names are shared between the files
# Framings. A header is decided on byte by byte, without any input or output: a step gets the byte in `byte`, two digits of
# HEX, as the last of `header`; it sets `length` when that is known, and fails when the header is wrong.

malformed() { fail malformed "$1; check that both ends use the same framing"; }

step_multiprocessing() {
  case ${#header} in
    8)
      [[ $header != [89a-f]* || $header == ffffffff ]] || malformed "a frame has a negative length" || return
      [[ $header == ffffffff ]] || length=$((16#$header))
      ;;
    # Beyond 63 bits bash's numbers are negative, which take_header finds as well.
    24) length=$((16#${header:8})) ;;
  esac
}

step_u32le() {
  ((${#header} < 8)) || length=$((16#${header:6:2}${header:4:2}${header:2:2}${header:0:2}))
}

step_netstring() {
  case $byte in
    3[0-9])
      [[ $header != 30?? ]] || malformed "the length of a netstring has a leading zero" || return
      number=$((10 * number + ${byte:1}))
      # At this digit, not at the colon: the digits may never end.
      ((number <= limit)) || length=$number
      ;;
    3a)
      ((${#header} > 2)) || malformed "a netstring has no length" || return
      length=$number
      ;;
    *) malformed "the length of a netstring has the byte 0x$byte" ;;
  esac
}

step_varint() {
  local index=$((${#header} / 2 - 1))
  # Nine bytes hold 63 bits: the tenth may bring one, and must be the last.
  ((index < 9 || 16#$byte < 2)) || malformed "a varint has more than 64 bits" || return
  number=$((number | (16#$byte & 127) << 7 * index))
  ((16#$byte > 127)) || length=$number
}

# `text` is the header's current line, and `content_length` what an earlier one has said.
step_content_length() {
  local end=$'\r\n' pattern=$'^[ \t]*([0-9]{1,19})[ \t]*$'
  case $byte in
    00) text+=$'\1' ;; # a byte that is in no number and in no name either
    *) printf -v byte %b "\\x$byte" && text+=$byte ;;
  esac
  if [[ $text == *"$end" ]]; then
    text=${text%"$end"}
    if [[ ! $text ]]; then
      [[ $content_length ]] || malformed "a header has no Content-Length" || return
      length=$content_length
    elif [[ $text != *:* ]]; then
      malformed "a header line has no colon" || return
    elif [[ ${text%%:*} == [Cc][Oo][Nn][Tt][Ee][Nn][Tt]-[Ll][Ee][Nn][Gg][Tt][Hh] ]]; then
      # Nineteen digits always fit into 64 bits, except for the sign's.
      [[ ! $content_length && ${text#*:} =~ $pattern ]] || malformed "a Content-Length is no number, or the second" || return
      content_length=$((10#${BASH_REMATCH[1]}))
    fi
    text=''
  elif [[ $text == *$'\n' || $text == *$'\r'? ]]; then
    malformed "a header line does not end with CR LF"
  fi || return
  [[ $length ]] || ((${#header} < 2 * 4096)) || malformed "a header does not end within 4096 bytes"
}

# Sets what goes before and behind a message of so many bytes, written as printf %b reads it: a NUL is \x00.
frame() { # frame LENGTH
  local number=$1 digits
  before='' behind=''
  case $framing in
    multiprocessing)
      printf -v digits %08x "$number"
      before="\\x${digits:0:2}\\x${digits:2:2}\\x${digits:4:2}\\x${digits:6:2}"
      ;;
    u32le)
      printf -v digits %08x "$number"
      before="\\x${digits:6:2}\\x${digits:4:2}\\x${digits:2:2}\\x${digits:0:2}"
      ;;
    line) behind='\n' ;;
    netstring) before="$number:" behind=, ;;
    varint)
      for (( ; number > 127; number >>= 7)); do
        printf -v digits '\\x%02x' $((number & 127 | 128))
        before+=$digits
      done
      printf -v digits '\\x%02x' "$number"
      before+=$digits
      ;;
    content-length) before="Content-Length: $number\r\n\r\n" ;;
  esac
}
