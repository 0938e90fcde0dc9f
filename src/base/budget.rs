//! A reader that gives up on values of unreasonable size, which would have to be held in memory as a whole.

use std::cell::Cell;
use std::io::{self, Read, Seek, SeekFrom};
use std::rc::Rc;

/// Bytes that a value may have.
const MOST: u64 = 16 << 20;

/// Reads at most so many bytes between two calls of [`Budget::renew`].
pub struct Within<R> {
    inner: R,
    budget: Budget,
}

/// What is left to read.
#[derive(Clone)]
pub struct Budget(Rc<Cell<u64>>);

impl Budget {
    /// Another value begins.
    pub fn renew(&self) {
        self.0.set(MOST);
    }

    /// What comes until the next renewal is not held in memory.
    pub fn lift(&self) {
        self.0.set(u64::MAX);
    }
}

impl<R: Read> Within<R> {
    /// A reader and its budget.
    pub fn new(inner: R) -> (Self, Budget) {
        let budget = Budget(Rc::new(Cell::new(MOST)));
        (Self { inner, budget: budget.clone() }, budget)
    }
}

impl<R: Read> Read for Within<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let left = self.budget.0.get();
        if left == 0 {
            return Err(io::Error::new(io::ErrorKind::InvalidData, "a value of more than 16 MB"));
        }
        let read = self.inner.read(buffer)?;
        self.budget.0.set(left.saturating_sub(read as u64));
        Ok(read)
    }
}

impl<R: Seek> Seek for Within<R> {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        self.inner.seek(to)
    }
}
