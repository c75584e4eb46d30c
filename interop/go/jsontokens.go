package main

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"math"
	"strconv"
	"strings"
	"unicode/utf8"
)

// A tokenWriter reads JSON piece by piece and writes the value's tokens. It builds no value, and stops when a reply cannot hold more: so
// no message takes much more memory than it has bytes.
type tokenWriter struct {
	json  *json.Decoder
	words []string
	left  int // characters that the reply can still hold
}

func decodeJSON(message []byte, longest int) (tokens string, err error) {
	// encoding/json puts U+FFFD in place of what is no UTF-8, and in place of half a surrogate pair. Valid finds whatever else is no JSON,
	// such as bytes behind the value.
	if !utf8.Valid(message) || hasLoneSurrogate(message) || !json.Valid(message) {
		return "", notJSON("it breaks RFC 8259, or has half a surrogate pair")
	}
	writer := tokenWriter{json: json.NewDecoder(bytes.NewReader(message)), left: longest + 1}
	writer.json.UseNumber() // As float64, whole numbers above 2^53 would change.
	if err := writer.value(0); err != nil {
		return "", err
	}
	return strings.Join(writer.words, ","), nil
}

func notJSON(format string, values ...any) error {
	return fail("malformed", "the message is no JSON that can be read: "+format+"; look at what its sender writes", values...)
}

// hasLoneSurrogate looks at the escapes. Only a text has backslashes: elsewhere they are no JSON, and found later.
func hasLoneSurrogate(message []byte) bool {
	isHigh := false
	for index := 0; index < len(message); index++ {
		code := uint64(0)
		if message[index] == '\\' {
			index++
			if bytes.HasPrefix(message[index:], []byte("u")) && len(message) >= index+5 {
				code, _ = strconv.ParseUint(string(message[index+1:index+5]), 16, 32)
				index += 4
			}
		}
		isLow := 0xdc00 <= code && code <= 0xdfff
		if isLow != isHigh {
			return true
		}
		isHigh = 0xd800 <= code && code <= 0xdbff
	}
	return isHigh
}

// add writes a token and gives its place.
func (w *tokenWriter) add(word string) (place int, err error) {
	w.left -= len(word) + len(",")
	if w.left < 0 {
		return 0, fail("usage", "the value is too long for a reply; receive its message with file=, it is still there")
	}
	w.words = append(w.words, word)
	return len(w.words) - 1, nil
}

func (w *tokenWriter) value(depth int) error {
	if depth > deepest {
		return notJSON("it is nested deeper than %d", deepest)
	}
	token, err := w.json.Token()
	if err != nil {
		return notJSON("%v", err)
	}
	word := ""
	switch token := token.(type) {
	case json.Delim:
		return w.parts(token, depth)
	case nil:
		word = "null"
	case bool:
		word = strconv.FormatBool(token)
	case string:
		word = "text:" + hex.EncodeToString([]byte(token))
	case json.Number:
		if word, err = numberToken(token.String()); err != nil {
			return err
		}
	}
	_, err = w.add(word)
	return err
}

// parts reads a list or a map to its end. The number of parts is known only then, and stands before them.
func (w *tokenWriter) parts(opening json.Delim, depth int) error {
	kind := map[json.Delim]string{'[': "list:", '{': "map:"}[opening]
	place, err := w.add(kind + "0")
	if err != nil {
		return err
	}
	names := map[string]bool{}
	count := 0
	for ; w.json.More(); count++ {
		if opening == '{' {
			if err := w.name(names); err != nil {
				return err
			}
		}
		if err := w.value(depth + 1); err != nil {
			return err
		}
	}
	w.words[place] = kind + strconv.Itoa(count)
	if w.left -= len(w.words[place]) - len(kind+"0"); w.left < 0 {
		_, err := w.add("")
		return err
	}
	_, err = w.json.Token() // The bracket at the end.
	return err
}

func (w *tokenWriter) name(names map[string]bool) error {
	place := len(w.words)
	if err := w.value(0); err != nil { // A name is a text, and no nesting.
		return err
	}
	if names[w.words[place]] {
		return notJSON("a name stands twice in an object")
	}
	names[w.words[place]] = true
	return nil
}

func numberToken(text string) (string, error) {
	if !strings.ContainsAny(text, ".eE") {
		if len(strings.TrimPrefix(text, "-")) > mostDigits {
			return "", fail("too-large", "a whole number has more than %d digits; send it as text", mostDigits)
		}
		return "int:" + plainNumber(text), nil
	}
	number, err := strconv.ParseFloat(text, 64)
	if err != nil {
		return "", notJSON("the number %s is above every double-precision number", shortened(text))
	}
	return fmt.Sprintf("f64:%016x", math.Float64bits(number)), nil
}
