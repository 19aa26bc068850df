//! What the rounds of a service are told.

/// Whether rounds go on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Phase {
    Run,
    Reload,
    Stop,
}
