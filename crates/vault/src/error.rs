//! What can keep a key from being read or a record from being opened.

/// Why something could not be opened. No variant holds a secret, nor says where in the bytes the fault lies.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// The text is not a master key.
    #[error("a master key is 32 bytes, written as 64 hex characters or in base64")]
    BadMasterKey,
    /// No key stands where at least one has to, or more than [`crate::KeyRing::MOST`].
    #[error("there have to be 1 to 16 master keys, one a line: the first seals, the others open only")]
    BadKeyRing,
    /// None of the ring's keys is the one that sealed the record.
    #[error("sealed with a master key that is not in the key ring")]
    WrongKey,
    /// The bytes are not something that was sealed here, or are of a version that is not known.
    #[error("not a sealed record of a known version")]
    Malformed,
    /// The bytes were altered, or belong to another record than the one they were read for.
    #[error("altered, or sealed for another record")]
    Refused,
}
