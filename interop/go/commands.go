package main

import (
	"math"
	"strings"
)

// A verb is what a command asks for. Its function gives what comes after `ok`.
type verb struct {
	required, optional string
	obey               func(given values) (string, error)
}

var verbs = map[string]verb{
	"hello":   {"", "", hello},
	"open":    {"channel transport role address framing", "limit authkey", open},
	"accept":  {"channel", "timeout", accept},
	"send":    {"channel", "payload file codec value format", send},
	"receive": {"channel", "file codec format timeout", receive},
	"close":   {"channel", "how", closeOrHalfClose},
	"reset":   {"", "", reset},
	"echo":    {"channel count", "", echo},
	"ping":    {"channel count size", "", ping},
	"layout":  {"record", "", func(given values) (string, error) { return layoutOf(given["record"]) }},
}

var numberKeys = map[string]struct{ smallest, largest int }{
	"limit":   {1, math.MaxInt32},
	"count":   {1, 10_000_000},
	"size":    {0, math.MaxInt32},
	"timeout": {0, 86_400_000},
}

// asReply makes a line of what a verb gives.
func asReply(result string, err error) string {
	if err != nil {
		known := asFailure(err)
		return "error kind=" + known.kind + " message=" + encodeValue(shortened(known.message))
	}
	return strings.TrimSuffix("ok "+result, " ")
}

// shortened, since a message may quote a path or a value of any length.
func shortened(message string) string {
	const longest = 600
	if len(message) > longest {
		return message[:longest] + "..."
	}
	return message
}

func obey(line string) (string, error) {
	name, given, err := parseLine(line)
	if err != nil {
		return "", err
	}
	if name == "call" {
		return "", fail("unsupported", "there is no verb \"call\" here; hello lists the optional ones as features")
	}
	wanted, isKnown := verbs[name]
	if !isKnown {
		return "", fail("usage", "unknown verb %q", name)
	}
	if err := wanted.check(name, given); err != nil {
		return "", err
	}
	return wanted.obey(given)
}

// check looks at the keys, and at the form of those values that have one. Words, addresses and payloads come later: other faults are
// reported before theirs.
func (v verb) check(name string, given values) error {
	required, optional := strings.Fields(v.required), strings.Fields(v.optional)
	for key := range given {
		if !contains(required, key) && !contains(optional, key) {
			return fail("usage", "%s has no key %q", name, key)
		}
	}
	for _, key := range required {
		if _, isGiven := given[key]; !isGiven {
			return fail("usage", "%s needs the key %q", name, key)
		}
	}
	for key, value := range given {
		if err := checkForm(key, value); err != nil {
			return err
		}
	}
	return nil
}

func checkForm(key, value string) error {
	if bounds, isNumber := numberKeys[key]; isNumber {
		_, err := parseNumber(value, bounds.smallest, bounds.largest)
		return err
	}
	if key == "channel" && (!isName(value) || len(value) > 16 || strings.Contains(value, "-")) {
		return fail("usage", "%q is not a channel name; use 1 to 16 of a-z and 0-9", value)
	}
	if key == "how" && value != "write" {
		return fail("usage", "how=%s is unknown; the only one is write", value)
	}
	if key == "file" && strings.Contains(value, "\x00") {
		return fail("usage", "the path in file= has a NUL byte; remove it")
	}
	return nil
}

func contains(words []string, wanted string) bool {
	for _, word := range words {
		if word == wanted {
			return true
		}
	}
	return false
}

// number is the value of a key of numberKeys, which has been checked.
func (given values) number(key string, absent int) int {
	text, isGiven := given[key]
	if !isGiven {
		return absent
	}
	number, _ := parseNumber(text, 0, math.MaxInt32)
	return number
}

func (given values) has(key string) bool {
	_, isGiven := given[key]
	return isGiven
}
