/* POSIX named semaphores that somebody else has made, such as the locks of Python's multiprocessing. */
#ifndef SEMAPHORES_H
#define SEMAPHORES_H

#include "values.h"

#include <semaphore.h>

/* Whether this is the form of a name, with or without a semaphore of that name. */
bool check_semaphore_name(const struct value *name);

/* The caller closes it with sem_close. */
bool open_semaphore(const char *name, sem_t **semaphore);

/*
 * Waits until it is free and takes it; fails with `timeout` after 5 s. Between these two the watcher does not end the process: nobody else
 * would give the semaphore back. So keep it short.
 */
bool take_semaphore(sem_t *semaphore, const char *channel);
void give_semaphore_back(sem_t *semaphore);

#endif
