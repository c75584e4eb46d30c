//! The header of the framing `content-length`, as language servers send it: lines that end with CR LF, of which an
//! empty one is the last.

use crate::failures::Result;
use crate::framings::malformed;

const LONGEST_HEADER: usize = 4096;

/// What is known of a header that may not have come in full.
#[derive(Default)]
pub struct Header {
    scanned: usize,
    line_start: usize,
    length: Option<u64>,
}

impl Header {
    /// Gives the lengths of the header and of the payload once the header is whole.
    pub fn decode(&mut self, bytes: &[u8]) -> Result<Option<(usize, u64)>> {
        let available = &bytes[..bytes.len().min(LONGEST_HEADER)];
        while self.scanned < available.len() {
            let place = self.scanned;
            self.scanned += 1;
            let before = &available[self.line_start..place];
            // A CR must come before a LF and nowhere else.
            if (available[place] == b'\n') != (before.last() == Some(&b'\r')) {
                return malformed("a header line does not end with CR LF");
            }
            if available[place] == b'\n' {
                let line = &before[..before.len() - 1];
                self.line_start = self.scanned;
                match (line.is_empty(), self.length) {
                    (false, _) => self.take(line)?,
                    (true, Some(length)) => return Ok(Some((self.scanned, length))),
                    (true, None) => return malformed("a header has no Content-Length"),
                }
            }
        }
        if available.len() == LONGEST_HEADER {
            return malformed("a header is longer than 4096 bytes");
        }
        Ok(None)
    }

    /// One line, without its CR LF.
    fn take(&mut self, line: &[u8]) -> Result<()> {
        let colon = match line.iter().position(|byte| *byte == b':') {
            Some(colon) => colon,
            None => return malformed("a header line has no colon"),
        };
        if !line[..colon].eq_ignore_ascii_case(b"Content-Length") {
            return Ok(());
        }
        // Other bytes than these two around the number make it malformed, so `trim` will not do.
        let value = String::from_utf8_lossy(&line[colon + 1..]);
        let digits = value.trim_matches(|letter| letter == ' ' || letter == '\t');
        // Nineteen digits always fit 64 bits.
        let is_number = (1..=19).contains(&digits.len()) && digits.bytes().all(|digit| digit.is_ascii_digit());
        match digits.parse() {
            Ok(length) if is_number && self.length.is_none() => self.length = Some(length),
            _ => return malformed("a Content-Length is the second, or is not 1 to 19 digits"),
        }
        Ok(())
    }
}
