//! A program that touches a mapped file behind its end gets SIGBUS, which kills. To look at the length first does not
//! help: the file may be cut between the look and the touch. So the signal's handler puts empty memory where the file was,
//! the access goes on, and whoever made it asks afterwards what it was worth.

use crate::system::{self, MAP_ANONYMOUS, MAP_FIXED, MAP_PRIVATE, PROT_READ, PROT_WRITE};
use std::io;
use std::os::raw::{c_int, c_long, c_void};
use std::ptr;
use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};

const SIGBUS: c_int = 7;
/// Of the kinds of SIGBUS, the one for an address behind the end of a mapped file.
const BUS_ADRERR: c_int = 2;
const SIG_DFL: usize = 0;
const SA_SIGINFO: c_int = 4;
const SC_PAGESIZE: c_int = 30;

/// `siginfo_t`, as far as it is needed.
#[repr(C)]
struct Information {
    _signal: c_int,
    _error: c_int,
    code: c_int,
    address: usize,
}

/// `struct sigaction` of glibc.
#[repr(C)]
struct Action {
    handler: extern "C" fn(c_int, *const Information, *const c_void),
    blocked: [u64; 16],
    flags: c_int,
    restorer: usize,
}

extern "C" {
    fn sigaction(signal: c_int, action: *const Action, old: *mut Action) -> c_int;
    fn signal(number: c_int, handler: usize) -> usize;
    fn sysconf(name: c_int) -> c_long;
}

/// Where the last fault was. 0: nowhere.
static PLACE: AtomicUsize = AtomicUsize::new(0);
static PAGE_SIZE: AtomicUsize = AtomicUsize::new(0);

/// To be called before the first access to a mapped file.
pub fn survive() -> io::Result<()> {
    PAGE_SIZE.store(unsafe { sysconf(SC_PAGESIZE) } as usize, SeqCst);
    let action = Action { handler: put_empty_memory, blocked: [0; 16], flags: SA_SIGINFO, restorer: 0 };
    match unsafe { sigaction(SIGBUS, &action, ptr::null_mut()) } {
        0 => Ok(()),
        _ => Err(io::Error::last_os_error()),
    }
}

/// Only what a signal's handler may do: no memory of the heap, no lock.
extern "C" fn put_empty_memory(_: c_int, information: *const Information, _: *const c_void) {
    let Information { code, address, .. } = unsafe { ptr::read(information) };
    let page_size = PAGE_SIZE.load(SeqCst);
    let page = (address & !(page_size - 1)) as *mut c_void;
    let (protection, kind) = (PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED);
    let is_cut = code == BUS_ADRERR;
    if !is_cut || unsafe { system::mmap(page, page_size, protection, kind, -1, 0) } as isize == -1 {
        // Nothing that can be mended. The access is made again, and now the signal kills.
        unsafe { signal(SIGBUS, SIG_DFL) };
        return;
    }
    PLACE.store(address, SeqCst);
}

/// Whether an access to these bytes met empty memory instead of the file.
pub fn happened(start: *const u8, size: usize) -> bool {
    (start as usize..start as usize + size).contains(&PLACE.load(SeqCst))
}

/// To be called for each new mapping: an earlier one may have been at the same place.
pub fn forget(start: *const u8, size: usize) {
    if happened(start, size) {
        PLACE.store(0, SeqCst);
    }
}
