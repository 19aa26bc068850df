//! A chart with its numbers, which stand in a table beside it for whoever reads no pictures.

use super::chart::Chart;

/// A chart with its numbers.
pub(crate) struct Picture {
    pub(crate) title: &'static str,
    /// The way to read it.
    pub(crate) words: String,
    pub(crate) chart: Chart,
    pub(crate) heads: [&'static str; 3],
    pub(crate) lines: Vec<[String; 3]>,
}

/// A number for a share; past 2^53 its last digits are not seen.
#[expect(clippy::cast_precision_loss, reason = "a share of it is drawn")]
pub(crate) const fn as_float(count: u64) -> f64 {
    count as f64
}
