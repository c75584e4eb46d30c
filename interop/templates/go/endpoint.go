// The endpoint of the adapter {name}: it answers hello and refuses everything else. interop/README.md says how to go on.
// In another language, change language= and runtime= in the reply to hello: they say what the program runs on.
package main

import (
	"bufio"
	"fmt"
	"os"
	"regexp"
	"runtime"
	"strconv"
	"strings"
)

var (
	word        = regexp.MustCompile(`^[a-z0-9-]+=([A-Za-z0-9_./:,@+~-]|%[0-9A-Fa-f]{2})*$`)
	number      = regexp.MustCompile(`^(0|[1-9][0-9]{0,9})$`)
	channelName = regexp.MustCompile(`^[a-z0-9]{1,16}$`)
	escape      = regexp.MustCompile(`%..`)

	neededByOpen  = []string{"channel", "transport", "role", "address", "framing"}
	allowedByOpen = "channel transport role address framing limit authkey queue size offset length lock slots"
	// The smallest number that each of these may have.
	numbers = map[string]int64{"limit": 1, "size": 1, "length": 1, "offset": 0}
)

func answer(line string) string {
	// The order matters: of several refusals that apply, every endpoint gives the same one.
	verb, rest, hasWords := strings.Cut(line, " ")
	values := map[string]string{}
	if len(line) > 262144 {
		return refusal("usage", "the line is too long")
	}
	if hasWords {
		for _, text := range strings.Split(rest, " ") {
			if !word.MatchString(text) {
				return refusal("usage", "that is not verb key=value key=value, with one blank between words")
			}
			key, value, _ := strings.Cut(text, "=")
			if _, isThere := values[key]; isThere {
				return refusal("usage", "a key stands twice")
			}
			values[key] = decoded(value)
		}
	}
	switch {
	case verb == "echo" || verb == "ping" || verb == "layout" || verb == "call":
		return refusal("unsupported", "there is no "+verb+" yet")
	case verb == "hello" && len(values) == 0:
		version := encoded("Go " + strings.TrimPrefix(runtime.Version(), "go"))
		return "ok protocol=1 language=go runtime=" + version + " transports= framings= codecs= features="
	case verb == "open" && canOpen(values):
		return refusal("unsupported", "there is no such transport yet")
	case verb == "reset" && len(values) == 0:
		return "ok"
	}
	return refusal("usage", "no such verb, other keys or values, or a channel that is not open")
}

// canOpen tells whether open has the keys that it needs and no others, and their values are of the right form.
func canOpen(values map[string]string) bool {
	for _, key := range neededByOpen {
		if _, isThere := values[key]; !isThere {
			return false
		}
	}
	for key, text := range values {
		if !strings.Contains(" "+allowedByOpen+" ", " "+key+" ") {
			return false
		}
		if smallest, isNumber := numbers[key]; isNumber {
			value, err := strconv.ParseInt(text, 10, 64)
			if !number.MatchString(text) || err != nil || value < smallest || value > 2147483647 {
				return false
			}
		}
	}
	return channelName.MatchString(values["channel"])
}

func decoded(text string) string {
	return escape.ReplaceAllStringFunc(text, func(code string) string {
		value, _ := strconv.ParseUint(code[1:], 16, 8)
		return string([]byte{byte(value)})
	})
}

func encoded(text string) string {
	var made strings.Builder
	for _, value := range []byte(text) {
		if strings.IndexByte("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_.-/:,@+~", value) >= 0 {
			made.WriteByte(value)
		} else {
			fmt.Fprintf(&made, "%%%02X", value)
		}
	}
	return made.String()
}

func refusal(kind, message string) string {
	return "error kind=" + kind + " message=" + encoded(message)
}

func main() {
	input := bufio.NewReader(os.Stdin)
	for {
		line, err := input.ReadString('\n')
		if err != nil {
			return // The end of the input may have cut a line off: it is not obeyed.
		}
		fmt.Println(answer(strings.TrimSuffix(line, "\n")))
	}
}
