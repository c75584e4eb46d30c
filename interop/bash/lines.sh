# shellcheck shell=bash disable=SC2004,SC2034,SC2154 # names are shared between the files
# The grammar of a command. The whole line is judged before any word of it is looked up: what breaks the grammar is
# `usage`, even if a word in it is `unsupported`.

declare -A required=(
  [hello]='' [open]='channel transport role address framing' [accept]=channel [send]=channel [receive]=channel
  [close]=channel [reset]='' [echo]='channel count' [ping]='channel count size'
)
declare -A optional=(
  [open]=limit [accept]=timeout [send]='payload file codec value format' [receive]='file codec format timeout' [close]=how
)

# The values of the command by their keys: as they are written, and decoded.
declare -A written values

has_nul() { [[ ${written[$1]} == *%00* ]]; }

# Takes the words after the verb apart.
take_words() {
  local word key value
  written=() values=()
  for word; do
    key=${word%%=*} value=${word#*=}
    [[ $word == *=* && $key && $key != *[!a-z0-9-]* ]] || fail usage "after a blank there must be KEY=VALUE" || return
    [[ $value != *[!A-Za-z0-9_./:,@+~%-]* && ${value//%[0-9A-Fa-f][0-9A-Fa-f]/} != *%* ]] ||
      fail usage "the value of $key has a byte that must be written as %XX" || return
    [[ ! ${written[$key]+given} ]] || fail usage "the key $key is there twice" || return
    decode "$value"
    written[$key]=$value values[$key]=$decoded
  done
}

has_number() { # has_number KEY SMALLEST LARGEST
  local number=${values[$1]}
  [[ $number =~ ^(0|[1-9][0-9]{0,9})$ ]] && ((number >= $2 && number <= $3))
}

has_form() { # has_form KEY
  case $1 in
    channel) [[ ${values[channel]} =~ ^[a-z0-9]{1,16}$ ]] ;;
    limit) has_number limit 1 2147483647 ;;
    count) has_number count 1 10000000 ;;
    size) has_number size 0 2147483647 ;;
    timeout) has_number timeout 0 86400000 ;;
    how) [[ ${values[how]} == write ]] ;;
    file) ! has_nul file ;;
  esac
}

# The keys of the verb: those that it does not have, those that are missing, then their forms.
check_keys() { # check_keys VERB
  local key
  for key in "${!written[@]}"; do
    [[ " ${required[$1]} ${optional[$1]-} " == *" $key "* ]] || fail usage "$1 has no key $key" || return
  done
  for key in ${required[$1]}; do
    [[ ${written[$key]+given} ]] || fail usage "$1 needs the key $key" || return
  done
  for key in "${!written[@]}"; do
    has_form "$key" || fail usage "the value of $key does not have its form" || return
  done
  case $1 in
    send)
      local sources="${written[payload]+p}${written[file]+f}${written[codec]+c}${written[value]+v}"
      [[ $sources${written[format]+m} == @(p|f|cv|cvm) ]] ||
        fail usage "send needs one of payload, file, and codec with value"
      ;;
    receive)
      [[ ! ${written[codec]+given}${written[file]+given} == givengiven && ! (${written[format]+given} && ! ${written[codec]+given}) ]] ||
        fail usage "a value is received with codec alone, or with codec and format"
      ;;
  esac
}

# Sets `reply`, or fails.
obey_line() {
  local words verb
  case $1 in
    "$too_long") fail usage "the line has more than 262144 bytes; send a long message with file=" ;;
    '' | ' '* | *' ' | *'  '*) fail usage "there is a blank too many, or nothing" ;;
  esac || return
  # shellcheck disable=SC2206 # it is to be split
  words=($1)
  verb=${words[0]}
  [[ $verb != *[!a-z0-9-]* ]] || fail usage "the line does not begin with a verb" || return
  take_words "${words[@]:1}" || return
  case $verb in
    layout | call) fail unsupported "there is no verb $verb here; hello lists the optional ones as features" ;;
    hello | open | accept | send | receive | close | reset | echo | ping)
      check_keys "$verb" && "obey_$verb"
      ;;
    *) fail usage "the verb $verb is unknown" ;;
  esac
}
