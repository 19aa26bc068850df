//! `bursard audit …`, as typed.

use clap::Subcommand;

use super::Format;

#[derive(Debug, Subcommand)]
pub(crate) enum AuditCommand {
    /// Go over the whole chain, and over the decisions it vouches for, and say whether all is as it was
    /// written
    Verify {
        /// An entry that was kept elsewhere and has to be there still: its number, a colon and its hash, or a
        /// checkpoint, or a file of checkpoints
        #[arg(long, value_name = "SEQUENCE:HASH|CHECKPOINT|FILE")]
        holds: Vec<String>,
        #[command(flatten)]
        format: Format,
    },
    /// Print the end of the chain, signed by this server: kept elsewhere, it proves later that nothing before
    /// it was changed
    Checkpoint,
    /// Write the log out as JSON lines, the oldest entry first, each with its place and hash
    Export {
        /// Only what follows this entry, as after an earlier export
        #[arg(long, default_value_t = 0, value_name = "SEQUENCE")]
        after: u64,
    },
}
