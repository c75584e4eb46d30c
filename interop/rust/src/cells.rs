//! `file-cell`: a mapped file that carries one message at a time, and loses none.
//!
//! Each word has one side that stores it. A message belongs to the writer while `written` equals `taken`, and to the
//! reader while it is more: storing the counter with release, and loading it with acquire, is what makes the bytes
//! before it visible on the other side.

use crate::channels::{Carrier, Role, Settings};
use crate::failures::{fail, too_large, Kind, Result};
use crate::leftovers::Leftover;
use crate::mapping::Mapping;
use crate::waiting::{self, Deadline};
use std::sync::atomic::Ordering::{Acquire, Release};
use std::sync::Arc;
use std::thread;
use std::time::Duration;

const SIZE: usize = 4096;
/// Where the words are, and the message.
const WRITTEN: usize = 0;
const TAKEN: usize = 8;
const LENGTH: usize = 16;
const CLOSED: usize = 24;
const CONTENT: usize = 64;
const MOST: usize = SIZE - CONTENT;

const YIELDS: u32 = 200;
const SLEEP_STEP: Duration = Duration::from_micros(20);
const LONGEST_SLEEP: Duration = Duration::from_millis(1);

pub struct Cell {
    mapping: Arc<Mapping>,
    limit: usize,
    message: Vec<u8>,
    has_message: bool,
    /// Says that the writer has gone.
    _end: Option<Leftover>,
}

/// The words are little-endian on every machine.
fn load(mapping: &Mapping, word: usize) -> u64 {
    u64::from_le(mapping.word(word).load(Acquire))
}

fn store(mapping: &Mapping, word: usize, value: u64) {
    mapping.word(word).store(value.to_le(), Release);
}

impl Cell {
    pub fn open(address: &[u8], settings: Settings) -> Result<Cell> {
        // The reader stores too: how many messages it has taken.
        let mapping = Arc::new(Mapping::open(address, settings.role, SIZE, true)?);
        let (limit, message) = (settings.limit, Vec::new());
        let mut cell = Cell { mapping, limit, message, has_message: false, _end: None };
        if settings.role == Role::Write {
            let mapping = Arc::clone(&cell.mapping);
            let (_, end) = Leftover::make(|| {
                // `written` before `taken`: never may there be more written than taken.
                for word in [CLOSED, LENGTH, WRITTEN, TAKEN] {
                    store(&mapping, word, 0);
                }
                mapping.check()?;
                Ok(((), move || store(&mapping, CLOSED, 1)))
            })?;
            cell._end = Some(end);
        }
        Ok(cell)
    }

    /// Nobody wakes us: the format has no futex. The other side often answers within microseconds, so first only give
    /// the processor away, and then sleep for longer and longer.
    fn wait(&self, deadline: Deadline, is_ready: impl Fn(&Mapping) -> bool) -> Result<()> {
        let mut sleep = Duration::ZERO;
        for turn in 0u64.. {
            let is_ready = is_ready(&self.mapping);
            self.mapping.check()?;
            if is_ready {
                break;
            }
            deadline.check()?;
            if turn < YIELDS.into() {
                thread::yield_now();
            } else {
                sleep = (sleep + SLEEP_STEP).min(LONGEST_SLEEP);
                waiting::for_peer(|| thread::sleep(sleep));
            }
        }
        Ok(())
    }

    /// Copies the message out, if there is one, and gives the cell back to the writer.
    fn take(&mut self) -> Result<()> {
        let (mapping, limit) = (&self.mapping, self.limit);
        let (has_message, length) = (has_message(mapping), load(mapping, LENGTH));
        mapping.check()?;
        if !has_message {
            return Ok(());
        }
        if length > MOST as u64 {
            let problem = format!("the cell announces {length} bytes and holds {MOST}");
            return fail(Kind::Malformed, format!("{problem}; check what its writer stores"));
        }
        if length > limit as u64 {
            return too_large("the message in the cell", length, limit);
        }
        self.message.resize(length as usize, 0);
        mapping.copy_out(CONTENT, &mut self.message);
        mapping.check()?;
        self.has_message = true;
        // Last: from here on the writer may overwrite it.
        store(mapping, TAKEN, load(mapping, TAKEN).wrapping_add(1));
        Ok(())
    }
}

fn has_message(mapping: &Mapping) -> bool {
    load(mapping, WRITTEN) > load(mapping, TAKEN)
}

impl Carrier for Cell {
    fn receive(&mut self, deadline: Deadline) -> Result<Option<&[u8]>> {
        if !self.has_message {
            // Whether the writer has gone first: the other way round it could write its last message between the two
            // looks, and that would be lost.
            self.wait(deadline, |cell| load(cell, CLOSED) != 0 || has_message(cell))?;
            self.take()?;
        }
        Ok(if self.has_message { Some(&self.message) } else { None })
    }

    fn consume(&mut self) {
        self.has_message = false;
    }

    fn send(&mut self, message: &[u8]) -> Result<()> {
        if message.len() > MOST {
            return too_large("the message", message.len() as u64, MOST);
        }
        self.wait(Deadline::NEVER, |cell| load(cell, TAKEN) == load(cell, WRITTEN))?;
        self.mapping.copy_in(CONTENT, message);
        store(&self.mapping, LENGTH, message.len() as u64);
        // Last: from here on the message is the reader's.
        store(&self.mapping, WRITTEN, load(&self.mapping, WRITTEN).wrapping_add(1));
        self.mapping.check()
    }
}
