//! Received bytes that have not been consumed yet.

use crate::failures::{reserve, Result};

/// What a pipe holds, so that one read empties it.
const SMALLEST: usize = 65536;

/// All bytes are initialised, because a read needs a place to write to. Those from `start` up to
/// `end` are content.
#[derive(Default)]
pub struct Buffer {
    bytes: Vec<u8>,
    start: usize,
    end: usize,
}

impl Buffer {
    pub fn content(&self) -> &[u8] {
        &self.bytes[self.start..self.end]
    }

    /// Room for at least one more byte, behind the content. The buffer grows up to `most` bytes.
    /// It doubles with what has come, however much is announced: who only announces gets no memory.
    pub fn room(&mut self, most: usize) -> Result<&mut [u8]> {
        if self.start == self.end {
            (self.start, self.end) = (0, 0);
        }
        if self.end == self.bytes.len() && self.start > 0 {
            // Only at the end, so that many small pieces do not copy quadratically.
            self.bytes.copy_within(self.start..self.end, 0);
            (self.start, self.end) = (0, self.end - self.start);
        }
        if self.end == self.bytes.len() {
            let length = (2 * self.end).min(most).max(self.end + 1).max(SMALLEST);
            reserve(&mut self.bytes, length - self.end)?;
            self.bytes.resize(length, 0);
        }
        Ok(&mut self.bytes[self.end..])
    }

    /// So many bytes of the room are content now.
    pub fn filled(&mut self, count: usize) {
        self.end += count;
    }

    pub fn consume(&mut self, count: usize) {
        self.start += count;
    }
}
