//! Seal and open, the key ring, token hashing: pure.
