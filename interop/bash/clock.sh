# shellcheck shell=bash disable=SC2004,SC2034,SC2154 # names are shared between the files
# Time, in hundredths of a second. EPOCHREALTIME is finer, but it jumps when somebody sets the clock.

# Sets `now`.
look_at_clock() {
  local uptime
  read -r uptime _ </proc/uptime
  now=$((10#${uptime/./}))
}

# Sets `deadline` by a number of milliseconds; without one there is none. The clock's last digit is cut off: one more, so
# that nothing ends too early.
set_deadline() {
  deadline=
  [[ $1 ]] || return 0
  look_at_clock
  deadline=$((now + ($1 + 9) / 10 + 1))
}

# Sets `patience`, the seconds that are left, for `read -t`; fails if none are.
look_at_deadline() {
  look_at_clock
  local left=$((deadline - now))
  ((left > 0)) && printf -v patience '%d.%02d' $((left / 100)) $((left % 100))
}
