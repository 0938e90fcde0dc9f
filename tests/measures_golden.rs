//! Measures against pytrec_eval's figures.
