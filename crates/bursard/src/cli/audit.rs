//! `bursard audit …`, as typed.

use clap::Subcommand;

use super::Format;

#[derive(Debug, Subcommand)]
pub(crate) enum AuditCommand {
    /// Verify the whole chain and the decisions it vouches for, and say whether anything was changed
    Verify {
        /// An entry that was noted elsewhere and that the log must still hold: its number, a colon and its
        /// hash, or a checkpoint, or a file of checkpoints; may be repeated
        #[arg(long, value_name = "SEQUENCE:HASH|CHECKPOINT|FILE")]
        holds: Vec<String>,
        #[command(flatten)]
        format: Format,
    },
    /// Print the end of the chain, signed by this server; kept elsewhere, it proves later that nothing before
    /// it was changed
    Checkpoint,
    /// Write the log out as JSON lines, the oldest entry first, each with its place and hash
    Export {
        /// Only entries after this one, such as the last of an earlier export
        #[arg(long, default_value_t = 0, value_name = "SEQUENCE")]
        after: u64,
    },
}
