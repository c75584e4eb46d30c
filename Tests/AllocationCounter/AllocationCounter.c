#include "AllocationCounter.h"

#include <features.h>

#ifdef __GLIBC__

#include <errno.h>
#include <malloc.h>
#include <stdatomic.h>
#include <stdlib.h>

// What glibc's own functions are called besides: a program that defines malloc and its kin replaces them all, in every library.
extern void *__libc_malloc(size_t);
extern void *__libc_calloc(size_t, size_t);
extern void *__libc_realloc(void *, size_t);
extern void *__libc_memalign(size_t, size_t);
extern void __libc_free(void *);

static atomic_long in_use;
static atomic_long peak;

// A peak of two threads at once may be missed; the fuzzing is done by one.
static void *counted(void *block) {
  if (block == NULL) return NULL;
  long now = atomic_fetch_add_explicit(&in_use, (long)malloc_usable_size(block), memory_order_relaxed);
  now += (long)malloc_usable_size(block);
  if (now > atomic_load_explicit(&peak, memory_order_relaxed)) {
    atomic_store_explicit(&peak, now, memory_order_relaxed);
  }
  return block;
}

static void uncounted(void *block) {
  if (block == NULL) return;
  atomic_fetch_sub_explicit(&in_use, (long)malloc_usable_size(block), memory_order_relaxed);
}

void *malloc(size_t size) { return counted(__libc_malloc(size)); }

void *calloc(size_t count, size_t size) { return counted(__libc_calloc(count, size)); }

void *memalign(size_t alignment, size_t size) { return counted(__libc_memalign(alignment, size)); }

void *aligned_alloc(size_t alignment, size_t size) { return memalign(alignment, size); }

int posix_memalign(void **block, size_t alignment, size_t size) {
  *block = memalign(alignment, size);
  return *block == NULL ? ENOMEM : 0;
}

void *realloc(void *block, size_t size) {
  // Both blocks are there while the content is copied.
  long before = block == NULL ? 0 : (long)malloc_usable_size(block);
  void *moved = counted(__libc_realloc(block, size));
  if (moved != NULL || size == 0) atomic_fetch_sub_explicit(&in_use, before, memory_order_relaxed);
  return moved;
}

void free(void *block) {
  uncounted(block);
  __libc_free(block);
}

long allocation_counter_in_use(void) { return atomic_load(&in_use); }
long allocation_counter_peak(void) { return atomic_load(&peak); }
void allocation_counter_reset(void) { atomic_store(&peak, atomic_load(&in_use)); }

#else

long allocation_counter_in_use(void) { return -1; }
long allocation_counter_peak(void) { return -1; }
void allocation_counter_reset(void) {}

#endif
