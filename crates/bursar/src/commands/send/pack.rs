//! A file before it is sent: opened or kept, named, typed, and read as a server would when that was
//! asked for.
//!
//! Invariant: what is changed or guessed is said.

use std::path::Path;

use domain::FileType;

use super::Sender;
use super::report::Report;
use crate::commands::check::{Manner, examine};
use crate::explain::explain_source;
use crate::journal::Kept;
use crate::net::target::SafeName;
use crate::report::exit_code::ExitCode;
use crate::report::failure::Failure;
use crate::source::{STANDARD_INPUT, Source, SourceFault, Spooler, is_piped, open_pipe};

/// One file on its way.
pub(super) struct Packed {
    pub(super) source: Source,
    pub(super) kept: Kept,
    pub(super) own_name: String,
    pub(super) file_type: FileType,
    pub(super) name: SafeName,
    pub(super) path: String,
}

impl Sender<'_> {
    pub(super) fn pack(&self, file: &Path, report: &mut Report) -> Result<Packed, Failure> {
        let plan = &self.ready.plan;
        let own = file.file_name().map(|name| name.to_string_lossy()).unwrap_or_default();
        let (file_type, is_guess) = plan.type_for(&own)?;
        let named = plan.name_for(&own, (self.machine.now)())?;
        let (source, kept) = self.open(file).map_err(|fault| explain_unopened(file, &fault))?;
        if !named.notes.is_empty() {
            let notes = named.notes.join("; ");
            self.say(file, report, format!("will be called {} ({notes})", named.name));
        }
        if is_guess {
            let text = format!("taken as {file_type}, by its name (say --type if it is not)");
            self.say(file, report, text);
        }
        if let Some(doubt) = source.doubt(named.name.name().format()) {
            self.output.warn(&format!("{}: {doubt}", file.display()));
            report.note(doubt);
        }
        Ok(Packed {
            path: self.ready.route.place.upload_path(file_type, &named.name),
            source,
            kept,
            own_name: plan.name.clone().unwrap_or_else(|| own.into_owned()),
            file_type,
            name: named.name,
        })
    }

    /// What can be read only once is kept in the outbox first.
    fn open(&self, file: &Path) -> Result<(Source, Kept), SourceFault> {
        let is_input = file == Path::new(STANDARD_INPUT);
        let Some(journal) = self.ready.journal.as_ref().filter(|_| is_piped(file)) else {
            let whole = std::path::absolute(file).unwrap_or_else(|_odd| file.to_owned());
            return Ok((Source::open(if is_input { file } else { &whole })?, Kept::InPlace));
        };
        let spooler =
            Spooler::begin(&journal.spool(), &journal.spool_name(&(self.machine.unique)()))?;
        let spooled = if is_input {
            spooler.take(std::io::stdin().lock())?
        } else {
            spooler.take(open_pipe(file)?)?
        };
        let source = Source::open(&spooled.path).inspect_err(|_| {
            // Left behind, it is swept when the outbox is opened again.
            std::fs::remove_file(&spooled.path).unwrap_or_else(|_swept_later| ());
        })?;
        Ok((source, Kept::Spooled(spooled.sha256)))
    }

    /// Reads the file as a server would, when that was asked for.
    pub(super) fn check(
        &self,
        file: &Path,
        packed: &Packed,
        report: &mut Report,
    ) -> Result<(), Failure> {
        let Some((mapping, date_order)) = &self.ready.plan.check else { return Ok(()) };
        let manner = Manner {
            file_type: packed.file_type,
            format: packed.name.name().format(),
            mapping: mapping.clone(),
            date_order: *date_order,
        };
        let examination = examine(&packed.source, &manner, 0, self.output)?;
        if let Some(mut failure) = examination.failure() {
            failure.next.push_str(" bursar check shows all that is wrong.");
            return Err(failure);
        }
        if let Some(warning) = examination.warning() {
            self.output.warn(&format!("{}: {warning}", file.display()));
            report.note(warning);
        }
        Ok(())
    }
}

fn explain_unopened(file: &Path, fault: &SourceFault) -> Failure {
    let mut failure = explain_source(fault);
    let is_pattern = file.to_string_lossy().contains(['*', '?']);
    if failure.exit == ExitCode::SourceUnreadable && is_pattern {
        // Where the shell leaves a pattern as it is, nothing matched it.
        failure.exit = ExitCode::NothingToSend;
        "no file matches this pattern".clone_into(&mut failure.what);
    }
    failure
}
