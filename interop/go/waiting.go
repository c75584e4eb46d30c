package main

import (
	"sync/atomic"
	"syscall"
	"time"
)

// progress is what the watcher sees of the main goroutine (watcher.go).
var progress struct {
	command atomic.Uint64 // the number of the one under way; 0 between two
	waits   atomic.Bool   // for somebody else: a peer, a reader of the FIFO
}

func waitBegins() { progress.waits.Store(true) }

func waitEnds() { progress.waits.Store(false) }

// Deadlines are moments of the monotonic clock, which time.Now reads too. The zero time is none.
var never time.Time

func late() error {
	return fail("timeout", "the peer did not do its part in time; ask again, or with a longer timeout=")
}

// awaitReadable waits until the descriptor can be read, or a connection accepted, without waiting. Without a deadline it returns at
// once: then the read itself waits, which saves a call.
func (d descriptor) awaitReadable(deadline time.Time) error {
	for deadline != never {
		left := time.Until(deadline)
		if left < 0 {
			left = 0 // One look, since what is there already must be given.
		}
		waitBegins()
		events, err := d.poll(pollIn, left)
		waitEnds()
		switch {
		case err == nil && events == 0:
			return late()
		case err == nil:
			return nil // The end of a stream and an error too: the read will say which.
		case err != syscall.EINTR:
			return err
		}
	}
	return nil
}
