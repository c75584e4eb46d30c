//! A message from a file, a message into a file.

use crate::addresses;
use crate::failures::{cannot, fail, reserve, too_large, Kind, Result};
use crate::system::O_NONBLOCK;
use crate::waiting;
use std::fs::{self, File, Metadata};
use std::io::{Read, Write};
use std::os::unix::fs::OpenOptionsExt;

pub fn read(name: &[u8], limit: usize) -> Result<Vec<u8>> {
    let path = addresses::path(name)?;
    // Looked at before it is opened: opening a device can have effects, and the writer of a FIFO would find a reader.
    // If the path has become one since, O_NONBLOCK does not wait for it.
    check_regular(fs::metadata(path).map_err(cannot(format_args!("examine {}", path.display())))?)?;
    let file = File::options().read(true).custom_flags(O_NONBLOCK).open(path);
    let file = file.map_err(cannot(format_args!("open {}", path.display())))?;
    let length = check_regular(file.metadata().map_err(cannot("examine the file"))?)?;
    if length > limit as u64 {
        return too_large("the file", length, limit);
    }
    let mut content = Vec::new();
    reserve(&mut content, length as usize)?;
    file.take(length).read_to_end(&mut content).map_err(cannot("read the file"))?;
    Ok(content)
}

fn check_regular(file: Metadata) -> Result<u64> {
    if !file.is_file() {
        return fail(Kind::Usage, "the path is not that of a regular file; only such can be sent");
    }
    Ok(file.len())
}

/// Makes the file, or replaces what is in it.
pub fn write(name: &[u8], message: &[u8]) -> Result<()> {
    let path = addresses::path(name)?;
    let mut options = File::options();
    options.write(true).create(true).truncate(true).mode(0o600);
    // If it is a FIFO, its reader has to come, and has to read.
    let mut file = waiting::for_peer(|| options.open(path)).map_err(cannot(format_args!("make {}", path.display())))?;
    let written = match file.metadata() {
        // A disk is never waited for long, and nobody has to know.
        Ok(status) if status.is_file() => file.write_all(message),
        _ => waiting::for_peer(|| file.write_all(message)),
    };
    written.map_err(cannot(format_args!("write {}", path.display())))
}
