//! Every problem of a file, one by one, however many there are.
//!
//! Not for: reading a file into a ledger (`read`), of which the first problems are kept.
//!
//! Invariant: nothing is given out that is taken back, and memory does not grow with the file. What the whole
//! file tells of its formats may be another thing than its beginning told, so it is read to its end once
//! before anything is given out.

use std::io::{Read, Seek, SeekFrom};

use arrow_array::RecordBatch;
use domain::problem::Problem;

use crate::error::{ReadError, SinkError};
use crate::options::{Options, ProblemSelection};
use crate::read::read;
use crate::report::{Place, Sink};

/// Gives every problem to `take`, in the order in which a reading finds them; also those of a file that is
/// refused. [`ReadError::Sink`] when `take` ends it.
pub fn all_problems<R: Read + Seek>(
    mut source: R,
    options: &Options<'_>,
    take: &mut dyn FnMut(Problem) -> Result<(), SinkError>,
) -> Result<(), ReadError> {
    let options = Options { problems: ProblemSelection::All, ..options.clone() };
    let mut trial = ProblemSink { skips: false, restarts: false, take: &mut |_not_yet| Ok(()) };
    ended(read(&mut source, &options, &mut trial))?;
    let skips = trial.restarts;
    source.seek(SeekFrom::Start(0))?;
    ended(read(&mut source, &options, &mut ProblemSink { skips, restarts: false, take }))
}

/// The reading of a file that is refused has ended as well.
fn ended<T>(read: Result<T, ReadError>) -> Result<(), ReadError> {
    match read {
        Ok(_) | Err(ReadError::Refused(_)) => Ok(()),
        Err(error) => Err(error),
    }
}

/// Takes the problems of one reading.
struct ProblemSink<'t> {
    /// Set while what comes is taken back later.
    skips: bool,
    restarts: bool,
    take: &'t mut dyn FnMut(Problem) -> Result<(), SinkError>,
}

impl Sink for ProblemSink<'_> {
    fn batch(&mut self, _batch: RecordBatch) -> Result<(), SinkError> {
        Ok(())
    }

    fn problem(&mut self, problem: Problem, _place: Option<Place<'_>>) -> Result<(), SinkError> {
        if self.skips { Ok(()) } else { (self.take)(problem) }
    }

    fn restart(&mut self) -> Result<(), SinkError> {
        self.skips = false;
        self.restarts = true;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::fmt::Write as _;
    use std::io::Cursor;

    use domain::problem::Reason;
    use domain::{FileFormat, FileType};

    use super::*;
    use crate::limits::{INFERENCE_RECORDS, SHARED_IDENTIFIER_ROWS_MAX};

    const HEADER: &str = "Unique ID;Supplier Ref;Supplier Name;Invoice Number;Invoice Amount;Base Amount;\
                          Invoice Date;Entered Date\n";

    fn problems(text: &str) -> Vec<Problem> {
        let mut given = Vec::new();
        let options = Options::new(FileType::Transactions, FileFormat::Csv);
        let source = Cursor::new(text.as_bytes().to_vec());
        all_problems(source, &options, &mut |problem| {
            given.push(problem);
            Ok(())
        })
        .unwrap();
        given
    }

    fn of(reason: Reason, given: &[Problem]) -> Vec<u64> {
        given.iter().filter(|one| one.reason == reason).filter_map(|one| one.line).collect()
    }

    #[test]
    fn every_bad_row_is_given_out_though_the_file_is_refused() {
        let mut text = HEADER.to_owned();
        for number in 0..20_000 {
            writeln!(text, "U{number};S1;Acme;{number};much;7,00;2024-03-04;2024-03-05").unwrap();
        }
        let lines = of(Reason::NotANumber, &problems(&text));
        assert_eq!(lines, (2..20_002).collect::<Vec<u64>>());
    }

    #[test]
    fn every_row_that_shares_an_identifier_is_given_out() {
        let mut text = HEADER.to_owned();
        let rows = 2 * SHARED_IDENTIFIER_ROWS_MAX;
        for number in 0..rows {
            let id = number / 2;
            writeln!(text, "U{id};S1;Acme;{number};1.00;7.00;2024-03-04;2024-03-05").unwrap();
        }
        assert_eq!(of(Reason::SharedIdentifier, &problems(&text)).len(), rows);
    }

    #[test]
    fn what_the_beginning_took_for_something_else_is_not_given_out() {
        // Nothing in the beginning says that the month comes first.
        let mut text = HEADER.to_owned();
        for number in 0..INFERENCE_RECORDS + 10 {
            let day = if number > INFERENCE_RECORDS { "03/24/2024" } else { "03/04/2024" };
            writeln!(text, "U{number};S1;Acme;{number};1.00;7.00;{day};2024-03-05").unwrap();
        }
        let given = problems(&text);
        assert!(given.iter().all(|one| one.line.is_none()), "{:?}", given.first());
    }

    #[test]
    fn whoever_takes_them_ends_it() {
        let text = format!("{HEADER}U1;S1;Acme;1;much;7,00;2024-03-04;2024-03-05\n");
        let options = Options::new(FileType::Transactions, FileFormat::Csv);
        let ended = all_problems(Cursor::new(text.into_bytes()), &options, &mut |_problem| {
            Err(SinkError("enough".into()))
        });
        assert!(matches!(ended, Err(ReadError::Sink(_))), "{ended:?}");
    }
}
