/// The bytes that the heap has given out, counted by functions that stand before those of the C library.
#ifndef ALLOCATION_COUNTER_H
#define ALLOCATION_COUNTER_H

/// The bytes that are in use now; -1 where they are not counted.
long allocation_counter_in_use(void);

/// The most bytes that were in use at a time since the last reset; -1 where they are not counted.
long allocation_counter_peak(void);

/// Starts the peak anew at what is in use now.
void allocation_counter_reset(void);

#endif
