//! A file read before it is sent: whether a server would refuse it, and whether it has rows enough.
//!
//! Not for: what becomes of one that is not sent (`round`).
//!
//! Invariant: the reading is done on a thread of its own, so that a large file keeps no other job waiting.

use std::io::{self, BufRead, BufReader};

use super::round::Round;
use crate::config::job::JobSource;
use crate::explain::explain_source;
use crate::inputs::examination::ReadingPlan;
use crate::journal::{OutboxEntry, UploadRequest};
use crate::report::exit_code::ExitCode;
use crate::report::failure::Failure;
use crate::report::format::{group_digits, plural};
use crate::source::Source;
use crate::transfer::plan::SendPlan;
use crate::transfer::vet::vet;

/// The fitness of a file to be sent.
#[derive(Debug, Default)]
pub(super) struct Fitness {
    /// Why it is not sent.
    pub(super) unfit: Option<Failure>,
    /// Set when the server would set some of its rows aside.
    pub(super) sets_aside: bool,
}

impl Round<'_> {
    /// Vets what a command or a query gave.
    pub(super) async fn vet_produced(
        &self,
        source: &Source,
        request: &UploadRequest,
        plan: &SendPlan,
    ) -> Result<Fitness, Failure> {
        if plan.check.is_some() {
            return self.examine(source, request, plan).await;
        }
        let least = self.job.min_rows;
        // A workbook is no text; with check it is read as one.
        if request.name.name().format().is_spreadsheet() {
            return Ok(Fitness::default());
        }
        let file = source.reopen().map_err(|fault| explain_source(&fault))?;
        let counted = lines_up_to(BufReader::new(file), least.saturating_add(1));
        let rows = counted.map_err(|fault| unreadable(&fault))?.saturating_sub(1);
        Ok(Fitness { unfit: (rows < least).then(|| self.too_few(rows)), sets_aside: false })
    }

    /// Vets a file that waits to be sent, when its job wants it read first; once while the program runs.
    pub(super) async fn vet_waiting(
        &self,
        entry: &OutboxEntry,
        plan: &SendPlan,
    ) -> Result<Fitness, Failure> {
        let is_read = entry.is_spooled || self.open_problems.borrow().is_known_fit(entry.id);
        if plan.check.is_none() || is_read {
            return Ok(Fitness::default());
        }
        // One that has changed meanwhile is not sent, and its sending says so.
        let Ok(source) = Source::open_unchanged(&entry.path, &entry.fingerprint) else {
            return Ok(Fitness::default());
        };
        let vet = self.examine(&source, &entry.request, plan).await?;
        if vet.unfit.is_none() {
            self.open_problems.borrow_mut().note_fit(entry.id);
        }
        Ok(vet)
    }

    async fn examine(
        &self,
        source: &Source,
        request: &UploadRequest,
        plan: &SendPlan,
    ) -> Result<Fitness, Failure> {
        let Some(rules) = plan.check.clone() else { return Ok(Fitness::default()) };
        let plan = ReadingPlan {
            file_type: request.file_type,
            format: request.name.name().format(),
            rules,
            today: self.context.system.today(),
        };
        let report = vet(source, plan, &self.context.output).await?;
        if let Some(refusal) = report.refusal {
            return Ok(Fitness { unfit: Some(refusal), sets_aside: false });
        }
        let rows = report.rows;
        if rows < self.job.min_rows {
            return Ok(Fitness { unfit: Some(self.too_few(rows)), sets_aside: false });
        }
        // Without rows, and allowed to be: nothing to speak of.
        let warning = report.warning.filter(|_| rows > 0);
        if let Some(warning) = &warning {
            let (job, name) = (&self.job.name, &request.own_name);
            self.context.output.warn(&format!("{job}: {name}: {warning}"));
        }
        Ok(Fitness { unfit: None, sets_aside: warning.is_some() })
    }

    fn too_few(&self, rows: u64) -> Failure {
        let what = match &self.job.source {
            JobSource::Files { .. } => "it has",
            JobSource::Command { .. } => "the command gave",
            JobSource::Sql { .. } => "the query gave",
        };
        Failure::new(
            ExitCode::NothingToSend,
            format!(
                "{what} {}, and min-rows is {}",
                plural(rows, "row"),
                group_digits(self.job.min_rows)
            ),
            "Look at what makes the extract. Where so few are right, set min-rows of the job: with 0 also a \
             file without rows is sent.",
        )
    }
}

/// Counts lines with something on them, those within quotation marks not counted, up to `most`.
fn lines_up_to(from: impl BufRead, most: u64) -> io::Result<u64> {
    let (mut lines, mut has_something, mut is_quoted, mut begins_cell) = (0, false, false, true);
    for byte in from.bytes() {
        let byte = byte?;
        if is_quoted {
            is_quoted = byte != b'"';
            continue;
        }
        match byte {
            b'\n' => {
                lines += u64::from(has_something);
                has_something = false;
                begins_cell = true;
                if lines >= most {
                    return Ok(lines);
                }
            }
            // A mark within a cell is a mark, such as that of inches.
            b'"' if begins_cell => (is_quoted, has_something) = (true, true),
            b',' | b';' | b'\t' | b'|' => begins_cell = true,
            // Blanks, and the halves of UTF-16 that say nothing.
            b' ' | b'\r' | 0 => {}
            _ => (begins_cell, has_something) = (false, true),
        }
    }
    Ok(lines + u64::from(has_something))
}

fn unreadable(fault: &io::Error) -> Failure {
    Failure::new(
        ExitCode::OutputFailed,
        format!("what was kept in the outbox cannot be read: {fault}"),
        "Look at the disk that the outbox is on.",
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_counted_as_rows_are() {
        for (text, expected) in [
            ("", 0),
            ("\n\r\n  \n", 0),
            ("a,b\n", 1),
            ("a,b", 1),
            ("a,b\n1,2\n", 2),
            ("a,b\n1,\"two\nlines\"\n", 2),
            ("a,b\n\"say \"\"no\"\"\n\",2\n3,4", 3),
            ("a\tb\n5\" pipe\t1\n6\t2\n", 3),
            ("a,b\n,,\n", 1),
            ("a\n1\n2\n3\n4\n5\n", 4),
        ] {
            assert_eq!(lines_up_to(text.as_bytes(), 4).unwrap(), expected, "{text:?}");
        }
    }

    #[test]
    fn utf_16_has_lines_too() {
        let bytes: Vec<u8> =
            "\u{feff}a,b\r\n1,2\r\n".encode_utf16().flat_map(u16::to_le_bytes).collect();
        assert_eq!(lines_up_to(&bytes[..], 9).unwrap(), 2);
    }
}
