//! What must not stay behind when the process ends: socket files, and cells that still say that their writer is there.

use std::sync::{Mutex, MutexGuard};

type Removal = Box<dyn Fn() + Send>;

/// The watcher may end the process at any moment, and first removes all this. So whoever makes such a thing holds the
/// lock until it is noted.
static NOTED: Mutex<Vec<(usize, Removal)>> = Mutex::new(Vec::new());

fn noted() -> MutexGuard<'static, Vec<(usize, Removal)>> {
    NOTED.lock().expect("no thread panics while it holds the lock")
}

/// Something that is removed when this value is dropped.
pub struct Leftover {
    number: usize,
}

impl Leftover {
    /// Makes something. `make` gives it together with what removes it again.
    pub fn make<T, E, R: Fn() + Send + 'static>(make: impl FnOnce() -> Result<(T, R), E>) -> Result<(T, Leftover), E> {
        let mut noted = noted();
        let (made, remove) = make()?;
        let number = noted.last().map_or(0, |(last, _)| last + 1);
        noted.push((number, Box::new(remove)));
        Ok((made, Leftover { number }))
    }
}

impl Drop for Leftover {
    fn drop(&mut self) {
        let mut noted = noted();
        if let Some(place) = noted.iter().position(|(number, _)| *number == self.number) {
            let (_, remove) = noted.remove(place);
            remove();
        }
    }
}

/// Removes everything. The lock stays locked: the process has to end now.
pub fn remove_all() {
    let noted = noted();
    noted.iter().for_each(|(_, remove)| remove());
    std::mem::forget(noted);
}
