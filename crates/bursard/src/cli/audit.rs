//! `bursard audit …`, as typed.

use clap::Subcommand;

use super::Format;

#[derive(Debug, Subcommand)]
pub(crate) enum AuditCommand {
    /// Go over the whole chain and say whether it is as it was written
    Verify(Format),
    /// Write the log out as JSON lines, the oldest entry first, each with its place and hash
    Export {
        /// Only what follows this entry, as after an earlier export
        #[arg(long, default_value_t = 0, value_name = "SEQUENCE")]
        after: u64,
    },
}
