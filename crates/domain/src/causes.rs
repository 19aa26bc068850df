//! An error and what lay beneath it, as a person reads it: on one line, and each thing once.
//!
//! Not for: a log in JSON, which has causes one by one.

use std::error::Error;

/// The error and its causes, the nearest first, without those that only say again what was said: a client
/// of an object store repeats each of its causes in the sentence above it.
pub fn one_line(error: &dyn Error) -> String {
    let causes = std::iter::successors(Some(error), |error| (*error).source());
    causes.map(ToString::to_string).fold(String::new(), |said, cause| match () {
        () if said.is_empty() => cause,
        () if said.contains(&cause) => said,
        () => format!("{said}: {cause}"),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, thiserror::Error)]
    #[error("{words}")]
    struct Fault {
        words: &'static str,
        source: Option<Box<Fault>>,
    }

    #[test]
    fn what_a_cause_says_again_is_left_out() {
        let all = [
            "connection refused",
            "error sending request",
            "PUT http://h failed: error sending request",
            "the store cannot be reached",
        ];
        let beneath = all
            .into_iter()
            .fold(None, |beneath, words| Some(Box::new(Fault { words, source: beneath })));
        assert_eq!(
            one_line(&*beneath.expect("there are some")),
            "the store cannot be reached: PUT http://h failed: error sending request: connection refused"
        );
    }
}
