package main

import "sync"

// Leftovers are what must not outlive the process: socket files, the open state of a cell. Each channel has at most one, and a function
// that removes it.
var leftovers = struct {
	sync.Mutex
	removals map[*channel]func()
}{removals: map[*channel]func(){}}

// makeLeftover makes such a thing. The watcher may end the process at any moment, but not between the making and the note of it.
func makeLeftover(owner *channel, make func() (remove func(), err error)) error {
	leftovers.Lock()
	defer leftovers.Unlock()
	remove, err := make()
	if err == nil {
		leftovers.removals[owner] = remove
	}
	return err
}

func removeLeftover(owner *channel) {
	leftovers.Lock()
	defer leftovers.Unlock()
	if remove := leftovers.removals[owner]; remove != nil {
		remove()
		delete(leftovers.removals, owner)
	}
}

// removeAllLeftovers keeps the lock: the process has to end now, and nothing may be made any more.
func removeAllLeftovers() {
	leftovers.Lock()
	for _, remove := range leftovers.removals {
		remove()
	}
}
