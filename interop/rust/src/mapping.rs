//! A file that is mapped into memory, which Rust's standard library cannot do.

use crate::addresses;
use crate::channels::Role;
use crate::failures::{cannot, fail, Kind, Result};
use crate::faults;
use crate::system::{self, MAP_SHARED, PROT_READ, PROT_WRITE};
use std::fs::{self, File};
use std::io::{self, ErrorKind};
use std::os::unix::fs::OpenOptionsExt;
use std::os::unix::io::AsRawFd;
use std::ptr;
use std::sync::atomic::AtomicU64;

/// The file's first `size` bytes. Another process may change them at any moment, so there is never a Rust reference to
/// them, but for the words, which are atomic: bytes are copied in and out.
pub struct Mapping {
    file: File,
    start: *mut u8,
    size: usize,
}

// The pointer is the only reason why it would not be: the memory belongs to the whole process.
unsafe impl Send for Mapping {}
unsafe impl Sync for Mapping {}

impl Mapping {
    /// The writer makes a file that is missing. `is_stored_to` says whether this side changes it.
    pub fn open(address: &[u8], role: Role, size: usize, is_stored_to: bool) -> Result<Mapping> {
        let path = addresses::path(address)?;
        let writes = role == Role::Write;
        // Looked at before it is opened, which could wait for ever on a FIFO.
        match fs::metadata(path) {
            Ok(file) if !file.is_file() => {
                return fail(Kind::Usage, "the path is not that of a regular file; use another");
            }
            Err(error) if error.kind() == ErrorKind::NotFound && writes => {}
            Err(error) => return Err(cannot(format_args!("examine {}", path.display()))(error)),
            Ok(_) => {}
        }
        let mut options = File::options();
        options.read(true).write(is_stored_to).create(writes).mode(0o600);
        let file = options.open(path).map_err(cannot(format_args!("open {}", path.display())))?;
        if writes {
            reserve(&file, size)?;
        }
        let length = file.metadata().map_err(cannot("examine the file"))?.len();
        if length < size as u64 {
            let problem = format!("the file has {length} bytes instead of {size}");
            return fail(Kind::Malformed, format!("{problem}; let its writer open it first"));
        }
        let protection = if is_stored_to { PROT_READ | PROT_WRITE } else { PROT_READ };
        let descriptor = file.as_raw_fd();
        faults::survive().map_err(cannot("ask for the signal of a cut file"))?;
        let start = unsafe { system::mmap(ptr::null_mut(), size, protection, MAP_SHARED, descriptor, 0) };
        if start as isize == -1 {
            return Err(cannot("map the file")(io::Error::last_os_error()));
        }
        faults::forget(start, size);
        Ok(Mapping { file, start, size })
    }

    /// To be called after each access, whose bytes mean nothing when this fails. A mapping does not keep its file long:
    /// when the file has been cut, touching the mapping raises SIGBUS.
    pub fn check(&self) -> Result<()> {
        let length = self.file.metadata().map_err(cannot("examine the mapped file"))?.len();
        if length < self.size as u64 || faults::happened(self.start, self.size) {
            let problem = format!("the mapped file has been cut to {length} bytes");
            return fail(Kind::Truncated, format!("{problem}; let its writer open it anew"));
        }
        Ok(())
    }

    pub fn copy_out(&self, offset: usize, bytes: &mut [u8]) {
        assert!(offset + bytes.len() <= self.size);
        unsafe { ptr::copy_nonoverlapping(self.start.add(offset), bytes.as_mut_ptr(), bytes.len()) }
    }

    pub fn copy_in(&self, offset: usize, bytes: &[u8]) {
        assert!(offset + bytes.len() <= self.size);
        unsafe { ptr::copy_nonoverlapping(bytes.as_ptr(), self.start.add(offset), bytes.len()) }
    }

    /// The eight bytes at the offset, a multiple of eight. A mapping starts at a page.
    pub fn word(&self, offset: usize) -> &AtomicU64 {
        assert!(offset % 8 == 0 && offset + 8 <= self.size);
        unsafe { &*(self.start.add(offset) as *const AtomicU64) }
    }
}

impl Drop for Mapping {
    fn drop(&mut self) {
        unsafe { system::munmap(self.start, self.size) };
    }
}

/// Extends the file and reserves its blocks. `File::set_len` alone would leave a hole, and touching that on a full disk
/// is a SIGBUS.
fn reserve(file: &File, size: usize) -> Result<()> {
    system::retry(|| match unsafe { system::posix_fallocate(file.as_raw_fd(), 0, size as i64) } {
        0 => Ok(()),
        error => Err(io::Error::from_raw_os_error(error)), // It does not set errno.
    })
    .map_err(cannot("reserve the bytes of the file"))
}
