package main

import (
	"io"
	"sync/atomic"
	"syscall"
	"time"
	"unsafe"
)

const (
	cellSize    = 4096
	cellContent = 64 // where the message is
)

// A cell carries one message at a time in a mapped file, from one writer to one reader. A message belongs to the writer while `written`
// equals `taken`, and to the reader while it is more. Every store of sync/atomic is also a release, and every load an acquire: storing a
// counter last, and loading it first, is what makes the bytes of the message visible to the other side. The words are little-endian, as
// those of the machines that this is built for.
type cell struct {
	*mapping
	limit                          int
	written, taken, length, closed *uint64

	message []byte // received and not consumed yet; nil if there is none
}

func openCell(c *channel, path string) (chosen string, err error) {
	mapped, err := openMapping(c, path, cellSize)
	if err != nil {
		return "", err
	}
	word := func(offset int) *uint64 { return (*uint64)(unsafe.Pointer(&mapped.bytes[offset])) }
	opened := &cell{mapping: mapped, limit: c.limit, written: word(0), taken: word(8), length: word(16), closed: word(24)}
	c.carrier = opened
	if c.role == "read" {
		return "", nil
	}
	return "", makeLeftover(c, func() (func(), error) {
		return opened.endWriting, opened.touch(opened.startAnew)
	})
}

func (c *cell) startAnew() {
	for _, word := range []*uint64{c.closed, c.length, c.written, c.taken} { // Never is there more written than taken.
		atomic.StoreUint64(word, 0)
	}
}

// endWriting tells the reader. If the file was cut there is nobody to tell.
func (c *cell) endWriting() { c.touch(func() { atomic.StoreUint64(c.closed, 1) }) }

func (c *cell) hasMessage() bool { return atomic.LoadUint64(c.written) > atomic.LoadUint64(c.taken) }

func (c *cell) isTaken() bool { return atomic.LoadUint64(c.written) == atomic.LoadUint64(c.taken) }

// await: nobody wakes us, since the file's format has no futex. The other side often answers within microseconds, so first only give the
// processor away, and then sleep longer and longer, so that waiting for hours costs nothing.
func (c *cell) await(isReady func() bool, deadline time.Time) error {
	const yields, step, longest = 200, 20 * time.Microsecond, time.Millisecond
	for turn := 0; ; turn++ {
		ready := false
		if err := c.touch(func() { ready = isReady() }); err != nil || ready {
			return err
		}
		if deadline != never && !time.Now().Before(deadline) {
			return late()
		}
		if turn < yields {
			syscall.Syscall(syscall.SYS_SCHED_YIELD, 0, 0, 0) // runtime.Gosched yields to other goroutines only, not to the peer.
			continue
		}
		sleep := time.Duration(turn-yields) * step
		if sleep > longest {
			sleep = longest
		}
		waitBegins()
		time.Sleep(sleep)
		waitEnds()
	}
}

func (c *cell) receive(deadline time.Time) ([]byte, error) {
	if c.message != nil {
		return c.message, nil
	}
	isOver := false
	err := c.await(func() bool {
		// `closed` before `written`: the other way round the writer may write and close in between, and its last message is lost.
		isClosed := atomic.LoadUint64(c.closed) != 0
		isOver = isClosed && !c.hasMessage()
		return isOver || c.hasMessage()
	}, deadline)
	if err == nil && isOver {
		err = io.EOF
	}
	if err == nil {
		err = c.take()
	}
	return c.message, err
}

func (c *cell) take() (err error) {
	faulted := c.touch(func() {
		length := atomic.LoadUint64(c.length)
		if length > cellSize-cellContent {
			err = fail("malformed", "the cell announces %d bytes and holds %d; check what its writer stores", length, cellSize-cellContent)
			return
		}
		if length > uint64(c.limit) {
			err = tooLarge("the message in the cell", length, c.limit)
			return
		}
		c.message = append([]byte{}, c.bytes[cellContent:][:length]...)
		// Last: from here on the writer may overwrite the message.
		atomic.StoreUint64(c.taken, atomic.LoadUint64(c.taken)+1)
	})
	if faulted != nil {
		return faulted
	}
	return err
}

func (c *cell) consume() { c.message = nil }

func (c *cell) send(message []byte) error {
	if len(message) > cellSize-cellContent {
		return fail("too-large", "the message has %d bytes and a cell holds %d; send a shorter one", len(message), cellSize-cellContent)
	}
	if err := c.await(c.isTaken, never); err != nil {
		return err
	}
	return c.touch(func() {
		copy(c.bytes[cellContent:], message)
		atomic.StoreUint64(c.length, uint64(len(message)))
		// Last: from here on the message is the reader's.
		atomic.StoreUint64(c.written, atomic.LoadUint64(c.written)+1)
	})
}
