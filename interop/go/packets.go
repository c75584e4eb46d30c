package main

import (
	"io"
	"syscall"
	"time"
)

// A packetSocket carries messages over a socket that keeps their bounds: unix-seqpacket, and unix-datagram, which has no end.
type packetSocket struct {
	descriptor descriptor
	isDatagram bool
	limit      int

	packet   []byte // received and not consumed yet; nil if there is none
	hasEnded bool
}

func (p *packetSocket) receive(deadline time.Time) ([]byte, error) {
	if p.packet != nil {
		return p.packet, nil
	}
	if p.hasEnded {
		return nil, io.EOF
	}
	if err := p.descriptor.awaitReadable(deadline); err != nil {
		return nil, err
	}
	// A receive with too little room would cut the packet and lose its rest. So ask for its length first, and take no more room than that.
	size, err := p.take(nil, syscall.MSG_PEEK|syscall.MSG_TRUNC)
	if err != nil {
		return nil, err
	}
	if size == 0 && !p.isDatagram {
		p.hasEnded = true
		return nil, io.EOF
	}
	if size > p.limit {
		p.take(nil, 0) // Drop it: the next one may fit.
		return nil, tooLarge("a packet", uint64(size), p.limit)
	}
	// A datagram of no bytes is a message like any other, and must be taken out of the queue too.
	packet := make([]byte, size)
	if size, err = p.take(packet, 0); err != nil {
		return nil, err
	}
	p.packet = packet[:size]
	return p.packet, nil
}

func (p *packetSocket) take(room []byte, flags int) (int, error) {
	waitBegins()
	defer waitEnds()
	for {
		size, _, err := syscall.Recvfrom(int(p.descriptor), room, flags)
		if err == nil || !p.descriptor.isToRepeat(err, pollIn) {
			return size, err
		}
	}
}

func (p *packetSocket) consume() { p.packet = nil }

func (p *packetSocket) send(message []byte) error {
	if len(message) == 0 && !p.isDatagram {
		return fail("malformed", "a packet of no bytes would look like the end of the stream; send at least one byte")
	}
	waitBegins()
	defer waitEnds()
	for {
		// The whole packet or nothing. This waits while the receiver's queue is full.
		_, err := syscall.SendmsgN(int(p.descriptor), message, nil, nil, 0)
		if err == syscall.ENOTCONN && p.isDatagram {
			// Linux reports a receiver that is gone once, and disconnects the socket while doing so.
			err = syscall.ECONNREFUSED
		}
		if err == nil || !p.descriptor.isToRepeat(err, pollOut) {
			return err
		}
	}
}

func (p *packetSocket) halfClose() error { return halfClose(p.descriptor) }

func (p *packetSocket) close() { p.descriptor.close() }
