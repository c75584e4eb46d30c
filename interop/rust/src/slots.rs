//! `file-slot`: one text in a mapped file. The last write wins, and nobody waits for anybody.

use crate::channels::{Carrier, Role, Settings};
use crate::failures::{fail, too_large, Kind, Result};
use crate::mapping::Mapping;
use crate::waiting::Deadline;

const SIZE: usize = 1024;

pub struct Slot {
    mapping: Mapping,
    limit: usize,
    text: [u8; SIZE],
}

impl Slot {
    pub fn open(address: &[u8], settings: Settings) -> Result<Slot> {
        let mapping = Mapping::open(address, settings.role, SIZE, settings.role == Role::Write)?;
        Ok(Slot { mapping, limit: settings.limit, text: [0; SIZE] })
    }
}

impl Carrier for Slot {
    fn receive(&mut self, _: Deadline) -> Result<Option<&[u8]>> {
        // A copy: the writer may change the slot between the search for its end and the reply.
        self.mapping.copy_out(0, &mut self.text);
        self.mapping.check()?;
        let length = self.text.iter().position(|byte| *byte == 0).unwrap_or(SIZE);
        if length > self.limit {
            return too_large("the text in the slot", length as u64, self.limit);
        }
        Ok(Some(&self.text[..length]))
    }

    fn consume(&mut self) {}

    fn send(&mut self, message: &[u8]) -> Result<()> {
        if message.len() > SIZE {
            return too_large("the text", message.len() as u64, SIZE);
        }
        if message.contains(&0) {
            return fail(Kind::Malformed, "the text has a NUL byte, which would end it; remove it");
        }
        let mut whole = [0; SIZE];
        whole[..message.len()].copy_from_slice(message);
        self.mapping.copy_in(0, &whole);
        self.mapping.check()
    }
}
