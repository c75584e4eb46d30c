//! The Rust endpoint: local channels on Linux with the standard library alone.
//!
//! It obeys the commands of ../PROTOCOL.md, one a line on standard input, and answers each with one line on standard
//! output. Every other file is one subject. To read from the bottom to the top: failures, system, waiting; framings,
//! content_length, channels; streams, packets, and mapping with slots and cells; leftovers and watcher; addresses,
//! socket_files, sockets, pipes, files; lines, commands, opening, layouts, verbs.

mod addresses;
mod cells;
mod channels;
mod commands;
mod content_length;
mod failures;
mod faults;
mod files;
mod framings;
mod layouts;
mod leftovers;
mod lines;
mod mapping;
mod opening;
mod packets;
mod pipes;
mod slots;
mod socket_files;
mod sockets;
mod streams;
mod system;
mod verbs;
mod waiting;
mod watcher;

use crate::failures::{fail, Kind};
use crate::lines::{reply_line, LONGEST_LINE};
use crate::waiting::{Patient, COMMANDS};
use std::fs::File;
use std::io::{self, BufRead, BufReader, Read, Write};
use std::mem::ManuallyDrop;
use std::os::unix::io::FromRawFd;
use std::process::ExitCode;
use std::sync::atomic::Ordering::Relaxed;

// Rust ignores SIGPIPE before `main` begins: writing to a peer that is gone is an error like any other. By default that
// signal kills.
fn main() -> ExitCode {
    match watcher::start().and_then(|()| obey_all()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            let _ = writeln!(io::stderr(), "the endpoint ends: {error}");
            ExitCode::FAILURE
        }
    }
}

/// Not `io::stdin` and `io::stdout`, which fail when somebody has made them non-blocking, nor `println!`, which panics
/// when nobody reads.
fn obey_all() -> io::Result<()> {
    // They are not ours to close.
    let [input, output] = [0, 1].map(|n| ManuallyDrop::new(unsafe { File::from_raw_fd(n) }));
    let mut input = BufReader::with_capacity(65536, Patient(&input));
    let mut session = verbs::Session::default();
    let mut line = Vec::new();
    loop {
        line.clear();
        // One byte more than a line may have, its line feed.
        (&mut input).take(LONGEST_LINE as u64 + 1).read_until(b'\n', &mut line)?;
        let is_too_long = line.len() > LONGEST_LINE && !line.ends_with(b"\n");
        if is_too_long {
            skip_line(&mut input, &mut line)?;
        }
        if line.pop() != Some(b'\n') {
            return Ok(()); // What has no line feed is not obeyed.
        }
        COMMANDS.fetch_add(1, Relaxed);
        let result = match is_too_long {
            true => fail(Kind::Usage, "the line is too long; send a long message with file="),
            false => session.obey(&line),
        };
        COMMANDS.fetch_add(1, Relaxed); // Whoever reads the reply may take their time.
        Patient(&output).write_all(reply_line(result).as_bytes())?;
    }
}

/// Reads to the end of a line that is too long, and keeps only its last part.
fn skip_line(input: &mut impl BufRead, line: &mut Vec<u8>) -> io::Result<()> {
    while !line.is_empty() && !line.ends_with(b"\n") {
        line.clear();
        input.take(LONGEST_LINE as u64).read_until(b'\n', line)?;
    }
    Ok(())
}
