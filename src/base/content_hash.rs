//! Hashes of contents, the same on every machine.

/// BLAKE3 of a sequence of texts and numbers.
#[derive(Default)]
pub struct ContentHash(blake3::Hasher);

impl ContentHash {
    /// Adds a text, with its length, which distinguishes “ab” + “c” from “a” + “bc”.
    pub fn text(&mut self, text: &str) {
        self.number(text.len() as u64);
        self.0.update(text.as_bytes());
    }

    /// Adds a whole number.
    pub fn number(&mut self, number: u64) {
        self.0.update(&number.to_le_bytes());
    }

    /// Adds the number of some values, and their bits.
    pub fn values(&mut self, values: &[f32]) {
        self.number(values.len() as u64);
        let bytes: Vec<u8> = values.iter().flat_map(|value| value.to_le_bytes()).collect();
        self.0.update(&bytes);
    }

    /// Adds bytes as they are.
    pub fn bytes(&mut self, bytes: &[u8]) {
        self.0.update(bytes);
    }

    /// The first half of the hash.
    pub fn half(&self) -> u128 {
        let hash = self.0.finalize();
        hash.as_bytes()[..16].iter().fold(0, |number, &byte| number << 8 | u128::from(byte))
    }

    /// The hash in hexadecimal.
    pub fn finish(&self) -> String {
        self.0.finalize().to_hex().to_string()
    }
}
