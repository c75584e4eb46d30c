# shellcheck shell=bash disable=SC2004,SC2034,SC2154 # names are shared between the files
# The verbs. Each sets `reply` or fails. Those about messages are the worker's; what can be refused without it is refused here.

# Stands for a reply that the worker has written.
answered=$'\1'

obey_hello() {
  reply="ok protocol=1 language=bash runtime=Bash%20${BASH_VERSION%%(*}"
  reply+=" transports=${transports// /,} framings=${framings// /,} codecs= features=echo,ping,timeout"
}

obey_accept() {
  check_channel || return
  [[ ${role[$channel]} == listen ]] || fail usage "channel $channel was not opened with role=listen" || return
  [[ ! ${has_peer[$channel]} ]] || fail usage "channel $channel has its peer already; open another for the next one" || return
  local id=${process[$channel]}
  set_deadline "${values[timeout]-}"
  await "$id" 'listening*' || fail timeout "nobody came to channel $channel in time; ask again" || return
  deadline=
  await "$id" accepting
  check_start || return
  has_peer[$channel]=1 reply=ok
}

obey_send() {
  check_channel && check_codec && check_peer && check_direction write || return
  if [[ ${written[file]+given} ]]; then
    order send_file "=${written[file]}"
  else
    [[ ${values[payload]} != *[!0-9a-f]* ]] && ((${#values[payload]} % 2 == 0)) ||
      fail usage "the payload is not HEX: lower-case, two digits a byte" || return
    order send_payload "${values[payload]}"
  fi
}

obey_receive() {
  check_channel && check_codec && check_peer && check_direction read || return
  order receive "${values[timeout]:--}" "${written[file]+=${written[file]}}"
}

check_codec() {
  [[ ! ${written[codec]+given} ]] || fail unsupported "there is no codec here; hello lists none"
}

obey_close() {
  check_channel || return
  reply=ok
  if [[ ! ${written[how]+given} ]]; then
    forget "$channel"
  elif is_one_way; then
    fail unsupported "a ${transport[$channel]} cannot be half closed; close the channel"
  else
    check_peer && order half_close
  fi
}

obey_reset() {
  forget_all
  reply=ok
}

check_loop() {
  check_channel && check_peer || return
  ! is_one_way || fail usage "channel $channel is one way; echo and ping need both"
}

obey_echo() { check_loop && order echo_messages "${values[count]}"; }

obey_ping() { check_loop && order ping_peer "${values[count]}" "${values[size]}"; }
