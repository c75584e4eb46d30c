package main

import (
	"encoding/binary"
	"encoding/hex"
	"math"
	"strconv"
	"strings"
	"unicode/utf8"
)

// A codec turns a value, in the tokens of ../protocol/values.md, into a message and back.
type codec struct {
	encode func(tokens string) ([]byte, error)
	decode func(message []byte, longest int) (tokens string, err error)
}

var codecs = map[string]codec{"json": {encodeJSON, decodeJSON}}

const (
	deepest    = 200 // nested values; the outermost has depth 0
	mostDigits = 20_000
)

// A tokenReader reads tokens, and writes the value as JSON at the same time. encoding/json is no help here: it sorts names, and it
// escapes more than must be.
type tokenReader struct {
	words []string
	json  []byte
	// refusal is the first thing that JSON cannot carry. It is kept until all is read: tokens that cannot be read are the graver fault.
	refusal error
}

func encodeJSON(tokens string) ([]byte, error) {
	reader := tokenReader{words: strings.Split(tokens, ",")}
	err := reader.value(0)
	if err == nil && len(reader.words) > 0 {
		err = unreadable("%q stands behind the value", shortened(reader.words[0]))
	}
	if err == nil {
		err = reader.refusal
	}
	return reader.json, err
}

func unreadable(format string, values ...any) error {
	return fail("usage", "the value cannot be read: "+format+"; write tokens in prefix order", values...)
}

func (r *tokenReader) refuse(what string) {
	if r.refusal == nil {
		r.refusal = fail("malformed", "JSON cannot carry %s; send another value", what)
	}
}

func (r *tokenReader) value(depth int) error {
	if depth > deepest {
		return unreadable("it is nested deeper than %d", deepest)
	}
	if len(r.words) == 0 {
		return unreadable("a part is missing at its end")
	}
	word := r.words[0]
	r.words = r.words[1:]
	kind, text, hasText := strings.Cut(word, ":")
	switch {
	case !hasText && (kind == "null" || kind == "true" || kind == "false"):
		r.json = append(r.json, kind...)
		return nil
	case !hasText:
		return unreadable("%q is no token such as int:-12 or list:2", shortened(word))
	}
	switch kind {
	case "int":
		return r.wholeNumber(text)
	case "list", "tuple", "set", "frozenset":
		if kind != "list" {
			r.refuse("a " + kind)
		}
		return r.parts(text, '[', ']', func() error { return r.value(depth + 1) })
	case "map":
		names := map[string]bool{}
		return r.parts(text, '{', '}', func() error { return r.pair(names, depth+1) })
	}
	content, err := decodeHex(text)
	if err != nil {
		return unreadable("%q is not in lower-case hex", shortened(word))
	}
	return r.leaf(kind, content, depth)
}

func (r *tokenReader) wholeNumber(text string) error {
	digits := strings.TrimPrefix(text, "-")
	if digits == "" || strings.Trim(digits, "0123456789") != "" || len(digits) > mostDigits {
		return unreadable("%q is no whole number of at most %d digits", shortened(text), mostDigits)
	}
	r.json = append(r.json, plainNumber(text)...)
	return nil
}

// plainNumber has no zeros in front, and no minus before 0.
func plainNumber(text string) string {
	digits := strings.TrimLeft(strings.TrimPrefix(text, "-"), "0")
	if digits == "" {
		return "0"
	}
	if text[0] == '-' {
		return "-" + digits
	}
	return digits
}

func (r *tokenReader) parts(count string, opening, closing byte, part func() error) error {
	number, err := parseNumber(count, 0, len(r.words)) // Each part takes a word at least.
	if err != nil {
		return unreadable("a list or map announces %q parts", shortened(count))
	}
	r.json = append(r.json, opening)
	for index := 0; index < number; index++ {
		if index > 0 {
			r.json = append(r.json, ',')
		}
		if err := part(); err != nil {
			return err
		}
	}
	r.json = append(r.json, closing)
	return nil
}

func (r *tokenReader) pair(names map[string]bool, depth int) error {
	start := len(r.json)
	if err := r.value(depth); err != nil {
		return err
	}
	name := string(r.json[start:])
	if name[0] != '"' {
		r.refuse("a name that is no text")
	}
	if names[name] {
		r.refuse("a name twice")
	}
	names[name] = true
	r.json = append(r.json, ':')
	return r.value(depth)
}

func (r *tokenReader) leaf(kind string, content []byte, depth int) error {
	switch {
	case kind == "text" && utf8.Valid(content):
		r.text(content)
	case kind == "f64" && len(content) == 8:
		number := math.Float64frombits(binary.BigEndian.Uint64(content))
		if math.IsNaN(number) || math.IsInf(number, 0) {
			r.refuse("a number that is not finite")
		}
		// The shortest that reads back to the same bits. With 'e' there is always an exponent: without one it could look like an int.
		r.json = strconv.AppendFloat(r.json, number, 'e', -1, 64)
	case kind == "f32" && len(content) == 4, kind == "bytes", kind == "bytearray":
		r.refuse("a value of the kind " + kind)
		r.json = append(r.json, '0') // Never sent.
	case kind == "object" && utf8.Valid(content):
		r.refuse("an object")
		if err := r.value(depth + 1); err != nil {
			return err
		}
		return r.value(depth + 1)
	default:
		return unreadable("%s:%s is no token", shortened(kind), shortened(hex.EncodeToString(content)))
	}
	return nil
}

var escapes = map[byte]string{'"': `\"`, '\\': `\\`, '\b': `\b`, '\f': `\f`, '\n': `\n`, '\r': `\r`, '\t': `\t`}

func (r *tokenReader) text(content []byte) {
	const digits = "0123456789abcdef"
	r.json = append(r.json, '"')
	for _, letter := range content {
		if escape := escapes[letter]; escape != "" {
			r.json = append(r.json, escape...)
		} else if letter < ' ' {
			r.json = append(r.json, '\\', 'u', '0', '0', digits[letter>>4], digits[letter&15])
		} else {
			r.json = append(r.json, letter)
		}
	}
	r.json = append(r.json, '"')
}
