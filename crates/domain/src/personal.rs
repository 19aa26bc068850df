//! Which columns of the ledgers are personal data or lead to money, and how their values are masked: the
//! same in ledgers, findings, files' lines and what is handed out.
//!
//! Not for: who is who (`user`).
//!
//! Invariant: an account is shown whole to nobody who did not just ask for it; of employees whatever is not
//! known to be harmless is personal, so a column that is new is masked.

use std::borrow::Cow;

use crate::access_token::Role;
use crate::file_type::FileType;
use crate::user::MemberRole;

/// How much of what is personal somebody is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Visibility {
    /// Names as initials, accounts by their end, nothing else.
    Masked,
    /// All but accounts, which are shown by their end.
    AccountsMasked,
    /// Everything: somebody pressed *Show*, and the audit log knows.
    Full,
}

/// What a value is to somebody who may not see it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sensitivity {
    Plain,
    /// A person's name.
    Name,
    /// Enough to pay to, or to pass for somebody.
    Account,
    /// Anything else about a person.
    Personal,
}

/// In the place of what is not shown.
pub const HIDDEN: &str = "hidden";
/// Before the end of an account.
const CUT: char = '…';
const SIGNS_SHOWN: usize = 4;
/// What stands in columns that no field is known for, as JSON.
const EXTRA: &str = "extra";

impl Visibility {
    pub fn for_member(role: MemberRole) -> Self {
        if role.sees_personal_data() { Self::AccountsMasked } else { Self::Masked }
    }

    /// Of whoever holds an access token: as a person of the same role.
    pub const fn for_token(role: Role) -> Self {
        if role.may_decide() { Self::AccountsMasked } else { Self::Masked }
    }
}

impl Sensitivity {
    /// Of a column of a ledger, by its name there.
    pub fn of(file_type: FileType, column: &str) -> Self {
        match (file_type, column) {
            (_, "sort_code" | "account_number" | "iban")
            // They may hold anything, an account among it.
            | (FileType::Suppliers | FileType::Employees, EXTRA | "tax_number") => Self::Account,
            (_, "bank_account_name")
            | (FileType::Employees, "first_name" | "last_name" | "full_name") => Self::Name,
            (FileType::Transactions, EXTRA)
            // A supplier may be one person.
            | (FileType::Suppliers, "telephone" | "email" | "bic" | "tax_id") => Self::Personal,
            (FileType::Transactions | FileType::Suppliers, _)
            | (
                FileType::Employees,
                // By the id those who see nothing else find the row.
                "employee_id" | "department" | "start_date" | "leave_date" | "org_group_ref"
                | "erp_id",
            ) => Self::Plain,
            (FileType::Employees, _) => Self::Personal,
        }
    }

    /// The value as this visibility sees it. What is masked already is left as it is.
    pub fn masked(self, value: &str, visibility: Visibility) -> Cow<'_, str> {
        match (self, visibility) {
            _ if value.is_empty() => Cow::Borrowed(value),
            (Self::Plain, _)
            | (_, Visibility::Full)
            | (Self::Name | Self::Personal, Visibility::AccountsMasked) => Cow::Borrowed(value),
            (Self::Name, Visibility::Masked) => Cow::Owned(initials(value)),
            (Self::Personal, Visibility::Masked) => Cow::Borrowed(HIDDEN),
            (Self::Account, Visibility::Masked | Visibility::AccountsMasked) => end_of(value),
        }
    }
}

/// `…2491`: enough to tell two apart, not enough to pay to. What is not much longer shows nothing.
fn end_of(account: &str) -> Cow<'_, str> {
    let signs_of = |text: &str| text.chars().filter(|sign| sign.is_alphanumeric()).count();
    // Masked before: the checks keep no more than this of an account, and several accounts in a row.
    let is_end = |one: &str| one.starts_with(CUT) && (1..=SIGNS_SHOWN).contains(&signs_of(one));
    let signs: Vec<char> = account.chars().filter(|sign| sign.is_alphanumeric()).collect();
    if account.split(", ").all(is_end) || account == HIDDEN {
        return Cow::Borrowed(account);
    }
    // JSON ends in its last value, which may be short.
    if account.starts_with('{') || signs.len() <= SIGNS_SHOWN {
        return Cow::Borrowed(HIDDEN);
    }
    let end: String = signs[signs.len() - SIGNS_SHOWN..].iter().collect();
    Cow::Owned(format!("{CUT}{end}"))
}

/// `A. S.`
fn initials(name: &str) -> String {
    let letters = name.split_whitespace().filter_map(|word| word.chars().next());
    let initials: Vec<String> =
        letters.map(|letter| letter.to_uppercase().chain(['.']).collect()).collect();
    initials.join(" ")
}

#[cfg(test)]
mod tests;
