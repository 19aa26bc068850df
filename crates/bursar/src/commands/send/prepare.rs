//! A file before it is sent: opened or kept, named, typed, and read as a server would when that was
//! asked for.
//!
//! Invariant: what is changed or guessed is said.

use std::path::Path;

use super::Sender;
use super::report::Report;
use crate::explain::explain_source;
use crate::inputs::examination::ReadingPlan;
use crate::journal::Origin;
use crate::report::exit_code::ExitCode;
use crate::report::failure::Failure;
use crate::source::{
    STANDARD_INPUT, Source, SourceFault, Spooler, discard_spooled, is_piped, open_pipe, own_name,
};
use crate::transfer::plan::NamedFile;
use crate::transfer::vet::vet;

/// A file that can be sent.
pub(super) struct PreparedFile {
    pub(super) source: Source,
    pub(super) origin: Origin,
    pub(super) named: NamedFile,
    pub(super) path: String,
}

impl Sender<'_> {
    pub(super) fn prepare(
        &self,
        file: &Path,
        report: &mut Report,
    ) -> Result<PreparedFile, Failure> {
        let own = own_name(file);
        let named = self.context.plan.name_file(&own, (self.system.now)())?;
        let (source, origin) = self.open(file).map_err(|fault| explain_unopened(file, &fault))?;
        let NamedFile { file_type, is_guess, name, notes, .. } = &named;
        if !notes.is_empty() {
            let notes = notes.join("; ");
            self.note(file, report, format!("will be called {name} ({notes})"));
        }
        if *is_guess {
            let text = format!("taken as {file_type}, by its name (say --type if it is not)");
            self.note(file, report, text);
        }
        if let Some(warning) = source.content_warning(name.name().format()) {
            self.output.warn(&format!("{}: {warning}", file.display()));
            report.note(warning);
        }
        let path = self.context.route.address.upload_path(*file_type, name);
        Ok(PreparedFile { source, origin, named, path })
    }

    /// Opens a file; what can be read only once is kept in the outbox first.
    fn open(&self, file: &Path) -> Result<(Source, Origin), SourceFault> {
        let is_input = file == Path::new(STANDARD_INPUT);
        let Some(journal) = self.context.journal.as_ref().filter(|_| is_piped(file)) else {
            let whole = std::path::absolute(file).unwrap_or_else(|_odd| file.to_owned());
            return Ok((Source::open(if is_input { file } else { &whole })?, Origin::InPlace));
        };
        let spooler =
            Spooler::begin(&journal.spool(), &journal.spool_name(&(self.system.new_id)()))?;
        let spooled = if is_input {
            spooler.take(std::io::stdin().lock())?
        } else {
            spooler.take(open_pipe(file)?)?
        };
        let source = Source::open(&spooled.path).inspect_err(|_| discard_spooled(&spooled.path))?;
        Ok((source, Origin::Spooled(spooled.sha256)))
    }

    /// Reads the file as a server would, when that was asked for.
    pub(super) async fn check(
        &self,
        file: &Path,
        prepared: &PreparedFile,
        report: &mut Report,
    ) -> Result<(), Failure> {
        let Some(rules) = self.context.plan.check.clone() else { return Ok(()) };
        let NamedFile { file_type, name, .. } = &prepared.named;
        let (file_type, format, today) = (*file_type, name.name().format(), self.system.today());
        let plan = ReadingPlan { file_type, format, rules, today };
        let vet_report = vet(&prepared.source, plan, self.output).await?;
        if let Some(refusal) = vet_report.refusal {
            return Err(refusal);
        }
        if let Some(warning) = vet_report.warning {
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
