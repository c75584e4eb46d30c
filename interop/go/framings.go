package main

import (
	"bytes"
	"encoding/binary"
	"strconv"
)

// A frame is what is known of the frame at the front of the receive buffer. All offsets count from its first byte. What has been looked
// at is remembered, so that a stream in pieces of one byte costs no more than one in a single piece.
type frame struct {
	isKnown bool   // header and payload are valid
	header  int    // bytes before the payload
	payload int    // bytes of it
	scanned int    // line, content-length: looked at up to here
	fields  fields // content-length
}

// A framing says where a message ends in a stream of bytes. Its functions are pure: bytes in, decision out.
type framing struct {
	name string
	// decode looks at the bytes that have come, at least one, and sets isKnown when they tell the payload's length. It decides at the
	// first byte that settles the matter, so that the outcome does not depend on how the stream is cut.
	decode func(f *frame, received []byte, limit int) error
	// appendHeader writes what comes before a payload of that length. No limit is above 2147483647.
	appendHeader func(to []byte, length int) []byte
	// trailer comes after each payload.
	trailer string
}

var framings = []*framing{
	{"multiprocessing", decodeMultiprocessing, appendBigEndian, ""},
	{"u32le", decodeU32le, appendLittleEndian, ""},
	{"line", decodeLine, appendNothing, "\n"},
	{"netstring", decodeNetstring, appendDigits, ","},
	{"varint", decodeVarint, appendVarint, ""},
	{"content-length", decodeContentLength, appendContentLength, ""},
	nil, // The framing none: the transport keeps the bounds.
}

func (f *framing) String() string {
	if f == nil {
		return "none"
	}
	return f.name
}

// know compares a length with the limit before any memory is taken: four hostile bytes must not be able to ask for gigabytes.
func (f *frame) know(header int, payload uint64, limit int) error {
	if payload > uint64(limit) {
		return tooLarge("a frame", payload, limit)
	}
	f.isKnown, f.header, f.payload = true, header, int(payload)
	return nil
}

func malformed(format string, values ...any) error {
	return fail("malformed", format+"; check that both ends use the same framing", values...)
}

func decodeMultiprocessing(f *frame, received []byte, limit int) error {
	if len(received) < 4 {
		return nil
	}
	length := int32(binary.BigEndian.Uint32(received))
	switch {
	case length >= 0:
		return f.know(4, uint64(length), limit)
	case length < -1:
		return malformed("a frame announces a length of %d", length)
	case len(received) < 12:
		return nil
	}
	return f.know(12, binary.BigEndian.Uint64(received[4:]), limit)
}

func decodeU32le(f *frame, received []byte, limit int) error {
	if len(received) < 4 {
		return nil
	}
	return f.know(4, uint64(binary.LittleEndian.Uint32(received)), limit)
}

func decodeLine(f *frame, received []byte, limit int) error {
	length := bytes.IndexByte(received[f.scanned:], '\n')
	if length >= 0 {
		return f.know(0, uint64(f.scanned+length), limit)
	}
	f.scanned = len(received)
	if f.scanned > limit {
		return fail("too-large", "more than %d bytes came without a line feed; raise limit= when opening", limit)
	}
	return nil
}

func decodeNetstring(f *frame, received []byte, limit int) error {
	length := uint64(0)
	for index, digit := range received {
		switch {
		case digit == ':' && index > 0:
			return f.know(index+1, length, limit)
		case digit < '0' || digit > '9':
			return malformed("a netstring's length has the byte 0x%02x", digit)
		case index == 1 && received[0] == '0':
			return malformed("a netstring's length has a leading zero")
		}
		length = length*10 + uint64(digit-'0')
		if length > uint64(limit) {
			// At this digit and not at the colon: an endless run of digits must neither be collected nor overflow.
			return tooLarge("a netstring", length, limit)
		}
	}
	return nil
}

func decodeVarint(f *frame, received []byte, limit int) error {
	length, size := binary.Uvarint(received)
	switch {
	case size > 0:
		return f.know(size, length, limit)
	case size < 0 || len(received) >= binary.MaxVarintLen64:
		return malformed("a varint has more than ten bytes or 64 bits") // Uvarint itself would wait for an eleventh byte.
	}
	return nil
}

func appendBigEndian(to []byte, length int) []byte {
	return binary.BigEndian.AppendUint32(to, uint32(length))
}

func appendLittleEndian(to []byte, length int) []byte {
	return binary.LittleEndian.AppendUint32(to, uint32(length))
}

func appendVarint(to []byte, length int) []byte { return binary.AppendUvarint(to, uint64(length)) }

func appendNothing(to []byte, length int) []byte { return to }

func appendDigits(to []byte, length int) []byte {
	return append(strconv.AppendInt(to, int64(length), 10), ':')
}

func appendContentLength(to []byte, length int) []byte {
	to = strconv.AppendInt(append(to, "Content-Length: "...), int64(length), 10)
	return append(to, "\r\n\r\n"...)
}
