//! Waiting for a peer: until when, and so that the watcher can see it.

use crate::failures::{cannot, fail, Kind, Result};
use crate::system::{self, POLLIN, POLLOUT};
use std::fs::File;
use std::io::{self, ErrorKind, Read, Write};
use std::os::unix::io::{AsRawFd, RawFd};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering::Relaxed};
use std::time::{Duration, Instant};

/// Odd while a command is under way; goes up when one begins and when it ends.
pub static COMMANDS: AtomicU64 = AtomicU64::new(0);

/// Whether the main thread waits for somebody else. No order with other memory is needed.
pub static IS_WAITING: AtomicBool = AtomicBool::new(false);

/// Makes a call that may wait for somebody else: a peer, the reader of a FIFO.
pub fn for_peer<T>(call: impl FnOnce() -> T) -> T {
    IS_WAITING.store(true, Relaxed);
    let result = call();
    IS_WAITING.store(false, Relaxed);
    result
}

/// A moment on the monotonic clock, or never.
#[derive(Clone, Copy)]
pub struct Deadline(Option<Instant>);

impl Deadline {
    pub const NEVER: Deadline = Deadline(None);

    /// From now on.
    pub fn after(milliseconds: u64) -> Deadline {
        Deadline(Some(Instant::now() + Duration::from_millis(milliseconds)))
    }

    pub fn check(self) -> Result<()> {
        match self.0 {
            Some(moment) if Instant::now() >= moment => {
                fail(Kind::Timeout, "the peer did not do its part in time; ask again, or with a longer timeout=")
            }
            _ => Ok(()),
        }
    }

    /// Waits until a read, or an accept, need not wait. Without a deadline it returns at once: then the read itself
    /// waits, which saves a system call.
    pub fn wait_until_readable(self, descriptor: RawFd) -> Result<()> {
        while let Some(moment) = self.0 {
            let left = moment.saturating_duration_since(Instant::now());
            // Rounded up, or the last millisecond would be spent in a busy loop.
            let milliseconds = (left.as_micros() + 999) / 1000;
            match for_peer(|| system::poll(descriptor, POLLIN, milliseconds as i32)) {
                Ok(0) => self.check()?,
                Ok(_) => break, // The end and an error too: the read will say which.
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) => return Err(cannot("wait for the peer")(error)),
            }
        }
        Ok(())
    }
}

/// Reads and writes a file, pipe or socket, and waits even if it is non-blocking. That flag belongs to the open file,
/// not to the descriptor: any process that shares an inherited one can set it.
pub struct Patient<'a>(pub &'a File);

impl Patient<'_> {
    fn repeat(&self, event: i16, mut call: impl FnMut(&File) -> io::Result<usize>) -> io::Result<usize> {
        loop {
            match system::retry(|| call(self.0)) {
                Err(error) if error.kind() == ErrorKind::WouldBlock => {
                    system::retry(|| system::poll(self.0.as_raw_fd(), event, -1))?;
                }
                result => return result,
            }
        }
    }
}

impl Read for Patient<'_> {
    fn read(&mut self, bytes: &mut [u8]) -> io::Result<usize> {
        self.repeat(POLLIN, |mut file| file.read(bytes))
    }
}

impl Write for Patient<'_> {
    /// May take fewer bytes than it is given. `write_all` is the loop that writes the rest.
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.repeat(POLLOUT, |mut file| file.write(bytes))
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
