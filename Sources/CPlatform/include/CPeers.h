// Who is at the other end of a connection on this machine. Linux only: elsewhere the system does not tell.
#ifndef PARLEY_CPEERS_H
#define PARLEY_CPEERS_H

#include <stdint.h>
#include <sys/types.h>

/// The user of the process that opened the other end of a Unix or TCP connection; -1 if the system does not tell, -2 if the other end of a TCP connection is closed and so has no owner.
int64_t parley_peer_user(int connection);
/// Whether a listener's process has accepted a connection: 1, or 0 while it waits in the listener's queue; -1 if the system does not tell.
int parley_is_accepted(int connection);

#endif
