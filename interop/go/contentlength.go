package main

import (
	"bytes"
	"strconv"
)

const longestHeader = 4096

// fields are what is known of a header of content-length.
type fields struct {
	lineStart int
	hasLength bool
	length    uint64
}

func decodeContentLength(f *frame, received []byte, limit int) error {
	for ; f.scanned < len(received) && f.scanned < longestHeader; f.scanned++ {
		line := received[f.fields.lineStart:f.scanned]
		isEnd, isAfterReturn := received[f.scanned] == '\n', bytes.HasSuffix(line, []byte("\r"))
		if isEnd != isAfterReturn {
			return malformed("a header line does not end with CR LF")
		}
		if !isEnd {
			continue
		}
		f.fields.lineStart = f.scanned + 1
		line = line[:len(line)-1]
		if len(line) > 0 {
			if err := f.fields.take(line); err != nil {
				return err
			}
		} else if !f.fields.hasLength {
			return malformed("a header has no Content-Length")
		} else {
			return f.know(f.fields.lineStart, f.fields.length, limit)
		}
	}
	if f.scanned == longestHeader {
		return malformed("a header does not end within %d bytes", longestHeader)
	}
	return nil
}

// take understands one header line, without its CR LF.
func (f *fields) take(line []byte) error {
	name, value, hasColon := bytes.Cut(line, []byte(":"))
	if !hasColon {
		return malformed("a header line has no colon")
	}
	if !bytes.EqualFold(name, []byte("Content-Length")) {
		return nil
	}
	digits := string(bytes.Trim(value, " \t"))
	// Nineteen digits always fit 64 bits. ParseUint refuses signs, and blanks within.
	length, err := strconv.ParseUint(digits, 10, 64)
	if f.hasLength || err != nil || len(digits) > 19 {
		return malformed("a Content-Length stands twice or is no number of 1 to 19 digits")
	}
	f.hasLength, f.length = true, length
	return nil
}
