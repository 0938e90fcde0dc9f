//! The network: DCMM, one layer per file.
