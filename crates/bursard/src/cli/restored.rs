//! `bursard restored …`, as typed.

use clap::Subcommand;

use super::Format;

#[derive(Debug, Subcommand)]
pub(crate) enum RestoredCommand {
    /// Show when the backup was made, and the access tokens that work again
    List(Format),
    /// Let the access tokens that work again go on working; sessions and links have ended
    KeepTokens,
    /// Revoke all access tokens, as nobody can tell which were revoked since the backup was made
    RevokeTokens,
}
