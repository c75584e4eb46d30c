package main

import (
	"bytes"
	"crypto/hmac"
	"crypto/md5"
	"crypto/rand"
	"crypto/sha256"
	"crypto/sha512"
	"hash"
	"io"
	"time"
)

// The handshake of Python's multiprocessing.connection, in which both sides prove that they have the key: each answers the other's
// challenge with an HMAC of it, the connecting side first.

const (
	handshakeTime    = 5 * time.Second
	longestHandshake = 256 // bytes of a message of it
	oldChallenge     = 20  // Before Python 3.12 there was only HMAC-MD5, for a challenge of 20 bytes.
)

var (
	challengePrefix = []byte("#CHALLENGE#")
	welcome         = []byte("#WELCOME#")
	refusal         = []byte("#FAILURE#")

	// SHA-3, which Python knows too, came to Go's library in 1.24.
	digests = map[string]func() hash.Hash{"md5": md5.New, "sha256": sha256.New, "sha384": sha512.New384}
)

type handshake struct {
	*stream
	key      []byte
	deadline time.Time
}

func (c *channel) authenticate(deadline time.Time) error {
	h := handshake{c.carrier.(*stream), c.key, time.Now().Add(handshakeTime)}
	if deadline != never && deadline.Before(h.deadline) {
		h.deadline = deadline
	}
	h.limit = longestHandshake
	first, second := h.challenge, h.answer
	if c.role == "connect" {
		first, second = h.answer, h.challenge
	}
	err := first()
	if err == nil {
		err = second()
	}
	h.limit = c.limit
	if err == nil {
		return nil
	}
	c.carrier.close()
	c.carrier = nil // A listener can go on with its next peer.
	switch asFailure(err).kind {
	case "truncated", "malformed", "closed", "reset":
		return refused("hung up in the handshake, or broke it")
	}
	return err
}

func refused(what string) error {
	return fail("authentication", "the peer %s; give both sides the same key", what)
}

// challenge lets the peer prove that it has the key.
func (h handshake) challenge() error {
	challenge := append([]byte("{sha256}"), make([]byte, 40)...)
	if _, err := rand.Read(challenge[len("{sha256}"):]); err != nil {
		return err
	}
	if err := h.send(append(challengePrefix[:len(challengePrefix):len(challengePrefix)], challenge...)); err != nil {
		return err
	}
	reply, err := h.next()
	if err != nil {
		return err
	}
	// Python before 3.12 does not look at the name and answers with MD5.
	expected := h.code("md5", challenge)
	if name := digestName(reply); name != "" {
		expected = append([]byte("{"+name+"}"), h.code(name, challenge)...)
	}
	if !hmac.Equal(reply, expected) { // In a time that does not tell how many bytes were right.
		h.send(refusal)
		return refused("has another key")
	}
	return h.send(welcome)
}

// answer proves to the peer that we have the key.
func (h handshake) answer() error {
	message, err := h.next()
	if err != nil {
		return err
	}
	if !bytes.HasPrefix(message, challengePrefix) {
		return refused("sent no challenge")
	}
	challenge := message[len(challengePrefix):]
	name := digestName(challenge)
	switch {
	case len(challenge) == oldChallenge:
		err = h.send(h.code("md5", challenge))
	case len(challenge) > oldChallenge && name != "":
		err = h.send(append([]byte("{"+name+"}"), h.code(name, challenge)...))
	default:
		err = refused("sent a challenge that asks for no known digest")
	}
	if err != nil {
		return err
	}
	verdict, err := h.next()
	if err == nil && !bytes.Equal(verdict, welcome) {
		err = refused("has refused our key")
	}
	return err
}

// digestName gives the name in braces at the beginning, or "" if there is none that is known.
func digestName(message []byte) string {
	if len(message) == 0 || message[0] != '{' {
		return ""
	}
	name, _, _ := bytes.Cut(message[1:], []byte("}"))
	if digests[string(name)] == nil {
		return ""
	}
	return string(name)
}

func (h handshake) code(digest string, message []byte) []byte {
	code := hmac.New(digests[digest], h.key)
	code.Write(message)
	return code.Sum(nil)
}

func (h handshake) next() ([]byte, error) {
	received, err := h.receive(h.deadline)
	if err == io.EOF {
		return nil, refused("hung up in the handshake")
	}
	message := append([]byte{}, received...)
	if err == nil {
		h.consume()
	}
	return message, err
}
