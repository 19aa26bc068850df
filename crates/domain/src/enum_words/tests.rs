//! The words of every enum that has them, held against its JSON and read again.

use std::fmt::Debug;
use std::str::FromStr;

use serde::Serialize;

use crate::access_token::Role;
use crate::calendar::{DayOfWeek, HolidayRule};
use crate::check::InvoiceLines;
use crate::finding::{
    FindingState, HistoryWord, Lane, OutcomeGroup, PaymentHoldState, RecoveryStage,
};
use crate::formats::{DateFormat, NumberFormat};
use crate::notification::{NotificationKind, Timing};
use crate::payment_run::PaymentDecision;
use crate::reading::{DateOrder, DecimalStyle, InvoiceSign};
use crate::screening::{OddityKind, ScreeningWord};
use crate::statement::LineState;
use crate::user::MemberRole;

/// A word that no enum has.
const UNKNOWN: &str = "none of them";

fn assert_json<T: Serialize>(values: &[T], word: impl Fn(&T) -> &'static str) {
    for value in values {
        assert_eq!(serde_json::to_value(value).unwrap(), word(value));
    }
}

fn assert_read<T>(values: &[T], word: impl Fn(&T) -> &'static str)
where
    T: FromStr<Err: Debug> + PartialEq + Debug,
{
    for value in values {
        assert_eq!(word(value).parse::<T>().unwrap(), *value);
    }
    assert!(UNKNOWN.parse::<T>().is_err());
}

#[test]
fn words_are_those_of_json() {
    macro_rules! json {
        ($($name:ty),+ $(,)?) => { $(assert_json(&<$name>::ALL, |value| value.as_str());)+ };
    }
    json!(
        DateFormat,
        DateOrder,
        DayOfWeek,
        DecimalStyle,
        FindingState,
        HistoryWord,
        HolidayRule,
        InvoiceLines,
        InvoiceSign,
        Lane,
        LineState,
        MemberRole,
        NotificationKind,
        NumberFormat,
        OddityKind,
        OutcomeGroup,
        PaymentDecision,
        PaymentHoldState,
        RecoveryStage,
        Role,
        ScreeningWord,
        Timing,
    );
}

#[test]
fn words_are_read_again() {
    macro_rules! read {
        ($($name:ty),+ $(,)?) => { $(assert_read(&<$name>::ALL, |value| value.as_str());)+ };
    }
    read!(
        crate::AttachmentKind,
        crate::ContentCoding,
        DateOrder,
        DayOfWeek,
        DecimalStyle,
        FindingState,
        HistoryWord,
        HolidayRule,
        InvoiceLines,
        InvoiceSign,
        Lane,
        MemberRole,
        NotificationKind,
        OutcomeGroup,
        PaymentDecision,
        PaymentHoldState,
        RecoveryStage,
        Role,
        ScreeningWord,
        Timing,
    );
}
