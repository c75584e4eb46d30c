// Starting processes, and the limits and privileges of a process.
// Unless stated otherwise, a function returns -1 and sets errno on failure.
#ifndef PARLEY_CPROCESSES_H
#define PARLEY_CPROCESSES_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

typedef struct {
  const char *program;
  char *const *arguments;
  char *const *environment;
  const char *directory;
  /// Descriptor i of the child is descriptors[i] of the caller; all others are closed.
  const int *descriptors;
  int descriptor_count;
  /// Whether it is to outlive its parent: it gets its own session, so that it receives no signals from the terminal, and
  /// ignores SIGTERM, SIGINT, SIGHUP and SIGQUIT from its first instruction on.
  bool own_session;
  /// Whether the system kills it when the thread that started it ends; on Linux only.
  bool dies_with_parent;
} parley_spawn_request;

/// Starts a program in its own process group, with default signal handlers, no blocked signals, and the limit of open
/// files that this process was started with. Returns 0 or an errno.
int parley_spawn(const parley_spawn_request *request, pid_t *child);

/// Raises the soft limit of open files to the hard one; children get the old one back. Returns the limit in force.
int64_t parley_raise_descriptor_limit(void);

/// The soft limit of open files that a started program gets; -1 if the system does not tell.
int64_t parley_child_descriptor_limit(void);

/// If the file mode creation mask takes permissions from the owner of new files, sets it to 077: this process could not use
/// its own files.
void parley_permit_owner(void);

/// Makes this process the parent of its descendants whose own parent ends. Returns 0 on success.
int parley_adopt_orphans(void);

#endif
