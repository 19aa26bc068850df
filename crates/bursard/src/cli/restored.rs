//! `bursard restored …`, as typed.

use clap::Subcommand;

use super::Format;

#[derive(Debug, Subcommand)]
pub(crate) enum RestoredCommand {
    /// Show when the backup was made, and the access tokens that work again
    List(Format),
    /// All that works again may go on; sessions and links have ended
    KeepTokens,
    /// Revoke every access token: of those that were revoked since the backup was made nobody can tell
    RevokeTokens,
}
