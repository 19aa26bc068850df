//! An error and what lay beneath it, as a person reads it: on one line, and each thing once.
//!
//! Not for: the log, which has causes one by one.

/// Returns the error and its causes, the nearest first, without those that only say again what was
/// said: a client of an object store repeats each of its causes in the sentence above it.
pub(crate) fn one_line(error: &anyhow::Error) -> String {
    error.chain().map(ToString::to_string).fold(String::new(), |said, cause| match () {
        () if said.is_empty() => cause,
        () if said.contains(&cause) => said,
        () => format!("{said}: {cause}"),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_cause_says_again_is_left_out() {
        let error = anyhow::anyhow!("connection refused")
            .context("error sending request")
            .context("PUT http://h failed: error sending request")
            .context("the store cannot be reached");
        assert_eq!(
            one_line(&error),
            "the store cannot be reached: PUT http://h failed: error sending request: connection refused"
        );
    }
}
