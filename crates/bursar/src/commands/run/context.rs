//! The things that every round of every job shares.

use std::rc::Rc;

use crate::args::RunArgs;
use crate::journal::Journal;
use crate::report::output::Output;
use crate::system::System;

/// The things that every round of every job shares.
pub(super) struct JobContext<'a> {
    pub(super) args: &'a RunArgs,
    pub(super) system: &'a System,
    pub(super) output: Output,
    pub(super) journal: Rc<Journal>,
}
