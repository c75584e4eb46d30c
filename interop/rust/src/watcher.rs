//! The end of the commands, and SIGTERM, while the endpoint waits.
//!
//! A call that waits for a peer does not notice that the commands have ended, and so the endpoint would outlive who
//! started it. One poll for the peer and the commands would cost every message a system call. So a second thread
//! watches the commands without reading any.
//!
//! A third thread waits for SIGTERM, which is blocked in all of them. So there is no signal handler: nothing is
//! interrupted, and what ends the endpoint is ordinary code.

use crate::leftovers;
use crate::system::{self, POLLIN, POLLRDHUP};
use crate::waiting::{COMMANDS, IS_WAITING};
use std::io;
use std::os::raw::c_int;
use std::process;
use std::sync::atomic::Ordering::Relaxed;
use std::sync::{Arc, Barrier};
use std::thread;
use std::time::Duration;

const INPUT: c_int = 0;
const LOOK: Duration = Duration::from_millis(10);
/// So many looks at the same command: it gets 50 ms to come to its end.
const PATIENCE: u32 = 5;
const TERMINAL_LOOK: Duration = Duration::from_millis(30);

const SIG_BLOCK: c_int = 0;
const SIG_UNBLOCK: c_int = 1;
const SIGTERM: c_int = 15;
const SIG_DFL: usize = 0;
/// `sigset_t`, which C programs treat as opaque too.
type SignalSet = [u64; 16];

extern "C" {
    fn sigemptyset(set: *mut SignalSet) -> c_int;
    fn sigaddset(set: *mut SignalSet, number: c_int) -> c_int;
    fn sigwait(set: *const SignalSet, number: *mut c_int) -> c_int;
    fn pthread_sigmask(how: c_int, set: *const SignalSet, old: *mut SignalSet) -> c_int;
    fn signal(number: c_int, handler: usize) -> usize;
    fn raise(number: c_int) -> c_int;
}

/// To be called once, before anything is opened.
pub fn start() -> io::Result<()> {
    let mut sigterm: SignalSet = [0; 16];
    unsafe {
        sigemptyset(&mut sigterm);
        sigaddset(&mut sigterm, SIGTERM);
        // Before there is another thread, which inherits it.
        pthread_sigmask(SIG_BLOCK, &sigterm, std::ptr::null_mut());
    }
    // Each thread takes memory of its own when it starts. After `reset` the runner looks for memory that was not there
    // after `hello`, so it has to be there before.
    let started = Arc::new(Barrier::new(3));
    let (first, second) = (Arc::clone(&started), Arc::clone(&started));
    thread::Builder::new().spawn(move || {
        first.wait();
        die_of_sigterm(sigterm)
    })?;
    thread::Builder::new().spawn(move || {
        second.wait();
        watch_commands()
    })?;
    started.wait();
    Ok(())
}

/// The status by which the parent sees that it was SIGTERM.
fn die_of_sigterm(sigterm: SignalSet) {
    let mut number = 0;
    unsafe { sigwait(&sigterm, &mut number) };
    leftovers::remove_all();
    unsafe {
        signal(SIGTERM, SIG_DFL);
        pthread_sigmask(SIG_UNBLOCK, &sigterm, std::ptr::null_mut());
        raise(SIGTERM);
    }
}

fn watch_commands() {
    wait_for_the_end_of_commands();
    let (mut seen, mut looks) = (0, 0);
    loop {
        let now = COMMANDS.load(Relaxed);
        let is_under_way = now % 2 == 1;
        if !is_under_way || now != seen {
            // The main thread goes on, and will come to the end of the commands itself.
            (seen, looks) = (now, 0);
        }
        if looks >= PATIENCE && IS_WAITING.load(Relaxed) {
            leftovers::remove_all();
            process::exit(0);
        }
        looks += 1;
        thread::sleep(LOOK);
    }
}

/// Gives what has come, of the events or a hang-up.
fn look(events: i16, milliseconds: i32) -> i16 {
    system::poll(INPUT, events, milliseconds).unwrap_or(0)
}

fn wait_for_the_end_of_commands() {
    if system::is_terminal(INPUT) {
        while look(0, 0) == 0 && !has_ended_by_ctrl_d() {
            thread::sleep(TERMINAL_LOOK);
        }
        return;
    }
    // POLLHUP, which need not be asked for, is a pipe without writers. POLLRDHUP is a socket that was closed for
    // writing only. A regular file never hangs up: all its commands are obeyed.
    while look(POLLRDHUP, -1) == 0 {}
}

/// A terminal does not hang up at Ctrl-D: it can be read and has no byte. Between two commands that is the main
/// thread's to see.
fn has_ended_by_ctrl_d() -> bool {
    let is_under_way = COMMANDS.load(Relaxed) % 2 == 1;
    is_under_way && look(POLLIN, 0) & POLLIN != 0 && matches!(system::bytes_available(INPUT), Ok(0))
}
