package main

import (
	"io"
	"syscall"
	"time"
	"unsafe"
)

// A descriptor is the number of an open file, socket or pipe.
//
// Most programs should use net.Conn and os.File. They make a descriptor non-blocking, and one poller of the runtime waits for all of
// them. Here that is in the way: the flag belongs to the open file and so also to the process that a pipe was inherited from; net gives
// up at once on a Unix listener whose queue is full, where the system can wait; a deadline that has passed fails even if the data is
// there. So this calls the system directly. A call that blocks costs a thread, and other goroutines go on.
type descriptor int

const none descriptor = -1

// From poll.h. Package syscall has no poll, and its Select cannot take a descriptor above 1023.
const (
	pollIn    = 0x1
	pollOut   = 0x4
	pollRdhup = 0x2000
)

// poll waits until the descriptor has one of the events, or has hung up, which is reported unasked. A negative patience is endless.
func (d descriptor) poll(events int16, patience time.Duration) (int16, error) {
	request := struct {
		descriptor      int32
		events, happens int16
	}{int32(d), events, 0}
	var limit *syscall.Timespec
	if patience >= 0 {
		timespec := syscall.NsecToTimespec(int64(patience))
		limit = &timespec
	}
	_, _, errno := syscall.Syscall6(syscall.SYS_PPOLL, uintptr(unsafe.Pointer(&request)), 1, uintptr(unsafe.Pointer(limit)), 0, 0, 0)
	if errno != 0 {
		return 0, errno
	}
	return request.happens, nil
}

// isToRepeat says whether a call that gave this error should be made again. EINTR: a signal came before any byte moved. Go's own runtime
// sends signals to its threads, and the system restarts reads after them by itself, but not every call. EAGAIN: an inherited descriptor
// may be non-blocking, since any process that shares the open file can set that; then wait here instead of spinning.
func (d descriptor) isToRepeat(err error, events int16) bool {
	if err == syscall.EAGAIN {
		_, err = d.poll(events, -1)
	}
	return err == nil || err == syscall.EINTR
}

// Read is that of io.Reader: it may give fewer bytes than there is room for, and io.EOF at the end.
func (d descriptor) Read(bytes []byte) (int, error) {
	for {
		count, err := syscall.Read(int(d), bytes)
		switch {
		case err == nil && count == 0 && len(bytes) > 0:
			return 0, io.EOF
		case err == nil:
			return count, nil
		case !d.isToRepeat(err, pollIn):
			return 0, err
		}
	}
}

// Write is that of io.Writer: it gives back all bytes, or an error. The system may take fewer than it was given: the rest is written
// again. If the peer is gone the error is EPIPE; only os.Stdout makes a signal of that, which ends the process.
func (d descriptor) Write(bytes []byte) (int, error) {
	written := 0
	for written < len(bytes) {
		count, err := syscall.Write(int(d), bytes[written:])
		if err == nil {
			written += count
		} else if !d.isToRepeat(err, pollOut) {
			return written, err
		}
	}
	return written, nil
}

// close is never repeated: on Linux the descriptor is gone even after EINTR, and its number may be another goroutine's by then.
func (d *descriptor) close() {
	if *d != none {
		syscall.Close(int(*d))
		*d = none
	}
}
