//! The readers through their public way in, with what a fuzzer begins from.
//!
//! Not for: single parts; their tests stand beside them. Invariant: what the fuzzer found once stays a seed
//! and is tried here with every change.

mod seeds;

#[path = "../../../../fuzz/src/lib.rs"]
#[expect(unreachable_pub, reason = "it is a library of its own, which the fuzzer links")]
mod targets;
