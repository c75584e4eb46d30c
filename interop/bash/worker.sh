#!/usr/bin/env bash
# shellcheck disable=SC2154 # the environment has the variables
# The program that socat becomes: the worker of a socket, which it has as 0 and 1.
set -uf
IFS=' '

for part in faults decoding clock framings streams messages working; do
  # shellcheck source=/dev/null # shellcheck looks at each file by itself
  source "$folder/$part.sh"
done
work socket
