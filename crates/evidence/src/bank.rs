//! Bank accounts: which are possible at all, and which are the same one.
