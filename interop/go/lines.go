package main

import (
	"net/url"
	"strings"
)

const longestLine = 262144 // of a command or reply, without its LF

const (
	nameBytes  = "abcdefghijklmnopqrstuvwxyz0123456789-"
	plainBytes = nameBytes + "ABCDEFGHIJKLMNOPQRSTUVWXYZ_./:,@+~" // in a value; any other is percent-encoded
)

// values are those of a command, by key.
type values map[string]string

// parseLine takes a whole line apart before any word of it is looked up: what breaks the grammar is `usage`, even if a word in it is
// unsupported. It cuts at each single blank, so that leading, trailing and double ones leave an empty word, which is refused.
func parseLine(line string) (verb string, given values, err error) {
	words := strings.Split(line, " ")
	if !isName(words[0]) {
		return "", nil, fail("usage", "the line does not begin with a verb; a command is VERB KEY=VALUE ... and ends with LF alone")
	}
	given = values{}
	for _, word := range words[1:] {
		key, text, hasValue := strings.Cut(word, "=")
		if !hasValue || !isName(key) {
			return "", nil, fail("usage", "after a blank there must be KEY=VALUE")
		}
		if _, isThere := given[key]; isThere {
			return "", nil, fail("usage", "the key %q is there twice", key)
		}
		if given[key], err = decodeValue(text); err != nil {
			return "", nil, err
		}
	}
	return words[0], given, nil
}

func isName(word string) bool { return word != "" && strings.Trim(word, nameBytes) == "" }

func decodeValue(text string) (string, error) {
	for index := 0; index < len(text); index++ {
		if text[index] != '%' && strings.IndexByte(plainBytes, text[index]) < 0 {
			return "", fail("usage", "the line has the byte 0x%02x in a value; write such a byte as %%XX", text[index])
		}
	}
	// PathUnescape, since QueryUnescape would make a blank of a plus sign.
	decoded, err := url.PathUnescape(text)
	if err != nil {
		return "", fail("usage", "a value cannot be read: %v", err)
	}
	return decoded, nil
}

// encodeValue percent-encodes text. net/url would leave bytes such as = and & as they are.
func encodeValue(text string) string {
	const digits = "0123456789ABCDEF"
	var encoded strings.Builder
	for _, letter := range []byte(strings.ToValidUTF8(text, "?")) { // A path need not be UTF-8, but a value must be.
		if strings.IndexByte(plainBytes, letter) >= 0 {
			encoded.WriteByte(letter)
		} else {
			encoded.Write([]byte{'%', digits[letter>>4], digits[letter&15]})
		}
	}
	return encoded.String()
}
