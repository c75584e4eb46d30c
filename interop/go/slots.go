package main

import (
	"bytes"
	"time"
)

const slotSize = 1024

// A slot is one text in a mapped file, padded with NUL bytes. The last write wins; nobody waits for anybody.
type slot struct {
	*mapping
	limit int
}

func openSlot(c *channel, path string) (chosen string, err error) {
	mapped, err := openMapping(c, path, slotSize)
	if err == nil {
		c.carrier = &slot{mapped, c.limit}
	}
	return "", err
}

func (s *slot) receive(time.Time) ([]byte, error) {
	// A copy, because the writer may change the slot between the search for its end and the reply.
	text := make([]byte, slotSize)
	if err := s.touch(func() { copy(text, s.bytes) }); err != nil {
		return nil, err
	}
	text, _, _ = bytes.Cut(text, []byte{0})
	if len(text) > s.limit {
		return nil, tooLarge("the slot", uint64(len(text)), s.limit)
	}
	return text, nil
}

func (s *slot) consume() {}

func (s *slot) send(text []byte) error {
	if len(text) > slotSize {
		return fail("too-large", "the text has %d bytes and a slot holds %d; send a shorter one", len(text), slotSize)
	}
	if bytes.IndexByte(text, 0) >= 0 {
		return fail("malformed", "the text has a NUL byte, which would end it in the slot; send it without")
	}
	padded := make([]byte, slotSize)
	copy(padded, text)
	return s.touch(func() { copy(s.bytes, padded) })
}
