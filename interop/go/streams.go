package main

import (
	"bytes"
	"io"
	"syscall"
	"time"
)

const (
	firstBuffer = 65536 // what a pipe holds, so one read empties it
	joinedLimit = 65536 // up to here a payload is copied behind its header
)

// A stream carries messages over a descriptor that keeps no bounds, in a framing.
type stream struct {
	descriptor descriptor
	framing    *framing
	limit      int

	buffer     []byte // received bytes that are not consumed: from start up to end
	start, end int
	frame      frame
	hasEnded   bool // stays true: the next writer of a FIFO must not bring an ended stream back to life

	sending []byte
}

func (s *stream) receive(deadline time.Time) ([]byte, error) {
	for {
		// Decode first, read second: one read may have brought several frames.
		available := s.buffer[s.start:s.end]
		if !s.frame.isKnown && len(available) > 0 {
			if err := s.framing.decode(&s.frame, available, s.limit); err != nil {
				return nil, err
			}
		}
		if s.frame.isKnown && len(available) >= s.frameLength() {
			payload := available[s.frame.header:][:s.frame.payload]
			trailer := available[s.frame.header+s.frame.payload : s.frameLength()]
			if string(trailer) != s.framing.trailer {
				return nil, malformed("a %s ends with %q", s.framing, trailer)
			}
			return payload, nil
		}
		if s.hasEnded && len(available) == 0 {
			return nil, io.EOF
		}
		if s.hasEnded {
			return nil, fail("truncated", "the stream ended after %d bytes of a frame; the peer ended too early", len(available))
		}
		if err := s.read(deadline); err != nil {
			return nil, err
		}
	}
}

func (s *stream) frameLength() int { return s.frame.header + s.frame.payload + len(s.framing.trailer) }

// read takes what has come, at most what there is room for. What has come by the deadline stays for the next call.
func (s *stream) read(deadline time.Time) error {
	s.makeRoom()
	if err := s.descriptor.awaitReadable(deadline); err != nil {
		return err
	}
	waitBegins()
	count, err := s.descriptor.Read(s.buffer[s.end:])
	waitEnds()
	s.end += count
	s.hasEnded = err == io.EOF
	if s.hasEnded {
		return nil
	}
	return err
}

// makeRoom makes room for at least one byte. A buffer that is full doubles, but never beyond the frame. So it grows with the bytes that
// have come: that a length is below the limit is no reason to believe it.
func (s *stream) makeRoom() {
	if s.start == s.end {
		s.start, s.end = 0, 0
	}
	if s.end < len(s.buffer) {
		return
	}
	kept := s.buffer[s.start:s.end]
	if s.start == 0 {
		size := 2 * len(s.buffer)
		if s.frame.isKnown && size > s.frameLength() {
			size = s.frameLength()
		}
		if size < firstBuffer {
			size = firstBuffer
		}
		s.buffer = make([]byte, size)
	}
	s.start, s.end = 0, copy(s.buffer, kept)
}

func (s *stream) consume() {
	s.start += s.frameLength()
	s.frame = frame{}
}

func (s *stream) send(message []byte) error {
	if s.framing.trailer == "\n" && bytes.IndexByte(message, '\n') >= 0 {
		return fail("malformed", "the message has a line feed, which would end it early; choose another framing")
	}
	start := s.framing.appendHeader(s.sending[:0], len(message))
	if len(message) > joinedLimit {
		return s.write(start, message, []byte(s.framing.trailer))
	}
	// One write for the whole frame: over TCP it is one segment instead of three.
	s.sending = append(append(start, message...), s.framing.trailer...)
	return s.write(s.sending)
}

func (s *stream) write(parts ...[]byte) error {
	waitBegins()
	defer waitEnds()
	for _, part := range parts {
		if _, err := s.descriptor.Write(part); err != nil {
			return err
		}
	}
	return nil
}

func (s *stream) halfClose() error { return halfClose(s.descriptor) }

func (s *stream) close() { s.descriptor.close() }

func halfClose(d descriptor) error {
	err := syscall.Shutdown(int(d), syscall.SHUT_WR)
	if err == syscall.ENOTCONN {
		return nil // The peer has reset the connection: no direction is left to close.
	}
	return err
}
