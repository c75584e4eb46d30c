// The network that a thread and the processes that it starts belong to.
// Unless stated otherwise, a function returns -1 and sets errno on failure.
#ifndef PARLEY_CNETWORKS_H
#define PARLEY_CNETWORKS_H

/// Moves the calling thread, and what it starts from now on, into a new network that has a loopback and nothing else:
/// nobody outside can connect to a port or an abstract name in it. Only root may. Returns a descriptor of the network before.
int parley_enter_new_network(void);
/// Moves the calling thread back into a network, and closes its descriptor. Returns 0 on success.
int parley_return_to_network(int network);

#endif
