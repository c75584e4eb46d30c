/* The end of the commands, and SIGTERM, while the endpoint waits for a peer. */
#ifndef WATCHER_H
#define WATCHER_H

#include <stdbool.h>

/* Starts the thread that watches. To be called once, before anything is opened. */
bool start_watcher(void);

#endif
