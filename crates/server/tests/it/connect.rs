//! The connect pages: who gets in, what they are shown, and what is kept.

mod consent;
mod doors;
mod keys;
mod proofs;
mod stage;
