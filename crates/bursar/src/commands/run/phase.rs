//! What the rounds of a service are told.

/// The phases of a service.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Phase {
    Run,
    Reload,
    Stop,
}
