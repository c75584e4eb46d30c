// Signals as bytes of a pipe, and as the end of a process.
// Unless stated otherwise, a function returns -1 and sets errno on failure.
#ifndef PARLEY_CSIGNALS_H
#define PARLEY_CSIGNALS_H

/// Makes signals write their number, one byte, to a pipe; those that are ignored stay so. Returns its reading end.
int parley_catch_signals(const int *numbers, int count);
/// Ends this process by a signal, as if nobody had caught it.
void parley_die_by(int signal);

#endif
