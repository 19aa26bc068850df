//! What is so of one file type and not of the others: its words, its columns, and how a file changes the
//! ledger.
//!
//! Not for: what each column is (`columns`). Invariant: whatever differs between file types stands here or
//! asks for it by name; a type that is added is a specification more.

use super::FileType;
use crate::columns::{
    self, Column, EXTRA, View, employees, payments, suppliers, transactions, unposted_invoices,
};
use crate::personal::Sensitivity;

/// A file type in all that it has of its own.
#[derive(Debug)]
pub struct FileTypeSpec {
    /// The word in the URL, exactly so.
    pub url_word: &'static str,
    /// The name of its ledger in SQL, folders, addresses of pages and other programs.
    pub table: &'static str,
    /// The column by which a row is known, and named in findings.
    pub key: &'static str,
    /// The columns that make a row of a snapshot a variation of its own: the site and where the money goes.
    /// Another telephone number is the same variation, another bank account is not.
    pub variation: &'static [&'static str],
    pub arrival: Arrival,
    pub words: TypeNouns,
    /// Words in a file's name that speak of the type.
    signs: &'static [&'static str],
    /// The type that bears the same columns under the same names: what others call them is said once.
    pub named_like: Option<FileType>,
    /// Set where the columns of a file tell that it is of this type; else its name or its sender does.
    pub is_told_by_columns: bool,
    /// In the order of the ledger.
    pub columns: &'static [Column],
    /// Columns that may stand for one another: one of the groups must be in a file and filled in a row. Empty
    /// where there are none.
    pub alternatives: &'static [&'static [&'static str]],
    /// All columns as the page of one row reads them.
    pub reading_order: &'static [&'static str],
    /// Lists of rows; the first column is the usual order.
    pub listed: View,
    /// Columns of a list that are ordered by another, or by none.
    pub ordered_otherwise: &'static [(&'static str, Option<&'static str>)],
    /// Columns that are read with a list and do not stand in it by themselves.
    pub beside: &'static [&'static str],
    /// Where a text is looked for.
    pub searched: View,
    /// The columns that a finding shows of a row.
    pub in_findings: View,
    /// Columns that a finding never shows of a row; it says of each whether there is something.
    pub withheld: &'static [&'static str],
    /// Columns that say where the money goes: shown of every variation.
    pub bank: &'static [&'static str],
    /// Columns shown of a variation when they were otherwise before.
    pub followed: View,
    /// The masking of a value whose column is not known.
    pub of_unknown: Sensitivity,
    /// The masking of what stands in [`EXTRA`], which may be anything.
    pub of_extra: Sensitivity,
}

/// The way in which a file of a type changes its ledger.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Arrival {
    /// A file has the rows that are new or changed; absence says nothing.
    Changes,
    /// A file is all there is; who is not in it is no longer there.
    Snapshot,
    /// A file is a batch of its own, read whole or not at all.
    Batch,
}

/// The nouns for the rows of a type.
#[derive(Debug, Clone, Copy)]
pub struct TypeNouns {
    /// Whom or what a row speaks of, such as `supplier`.
    pub one: &'static str,
    pub many: &'static str,
    /// A row itself, where one supplier may have several.
    pub row: &'static str,
    pub rows: &'static str,
}

const NOT_FOLLOWED: View =
    View { columns: &[], others: "its rows are not shown as variations over time" };

const TRANSACTIONS: FileTypeSpec = FileTypeSpec {
    url_word: "APT",
    table: "transactions",
    key: "unique_id",
    variation: &["unique_id"],
    arrival: Arrival::Changes,
    words: TypeNouns {
        one: "transaction",
        many: "transactions",
        row: "transaction",
        rows: "transactions",
    },
    signs: &["apt", "transaction", "invoice", "payable", "ledger"],
    named_like: None,
    is_told_by_columns: true,
    columns: transactions::COLUMNS,
    alternatives: &[],
    reading_order: transactions::READING_ORDER,
    listed: transactions::LISTED,
    ordered_otherwise: &[],
    beside: transactions::BESIDE,
    searched: transactions::SEARCHED,
    in_findings: transactions::IN_FINDINGS,
    withheld: &[],
    bank: &[],
    followed: NOT_FOLLOWED,
    of_unknown: Sensitivity::Plain,
    of_extra: Sensitivity::Personal,
};

const SUPPLIERS: FileTypeSpec = FileTypeSpec {
    url_word: "Suppliers",
    table: "suppliers",
    key: "supplier_ref",
    variation: &[
        "supplier_ref",
        "site_ref",
        "erp_id",
        "sort_code",
        "account_number",
        "iban",
        "bic",
    ],
    arrival: Arrival::Snapshot,
    words: TypeNouns {
        one: "supplier",
        many: "suppliers",
        row: "row of suppliers",
        rows: "rows of suppliers",
    },
    signs: &["supplier", "vendor", "creditor", "kreditor", "lfa1"],
    named_like: None,
    is_told_by_columns: true,
    columns: suppliers::COLUMNS,
    alternatives: &[],
    reading_order: suppliers::READING_ORDER,
    listed: suppliers::LISTED,
    ordered_otherwise: &[("vat_number", None)],
    beside: suppliers::BESIDE,
    searched: suppliers::SEARCHED,
    in_findings: suppliers::IN_FINDINGS,
    withheld: &[],
    bank: suppliers::BANK,
    followed: suppliers::FOLLOWED,
    of_unknown: Sensitivity::Plain,
    of_extra: Sensitivity::Account,
};

const EMPLOYEES: FileTypeSpec = FileTypeSpec {
    url_word: "Employees",
    table: "employees",
    key: "employee_id",
    variation: &["employee_id", "erp_id", "sort_code", "account_number", "iban"],
    arrival: Arrival::Snapshot,
    words: TypeNouns { one: "employee", many: "employees", row: "employee", rows: "employees" },
    signs: &["employee", "staff", "payroll", "personnel"],
    named_like: None,
    is_told_by_columns: true,
    columns: employees::COLUMNS,
    alternatives: employees::NAMES,
    reading_order: employees::READING_ORDER,
    listed: employees::LISTED,
    ordered_otherwise: &[("full_name", Some("last_name"))],
    beside: employees::BESIDE,
    searched: employees::SEARCHED,
    in_findings: employees::IN_FINDINGS,
    withheld: employees::WITHHELD,
    bank: employees::BANK,
    followed: NOT_FOLLOWED,
    // What is not known to be harmless is personal.
    of_unknown: Sensitivity::Personal,
    of_extra: Sensitivity::Account,
};

const UNPOSTED_INVOICES: FileTypeSpec = FileTypeSpec {
    url_word: "IMS",
    table: "unposted_invoices",
    key: "unique_id",
    variation: &["unique_id"],
    arrival: Arrival::Changes,
    words: TypeNouns {
        one: "unposted invoice",
        many: "unposted invoices",
        row: "unposted invoice",
        rows: "unposted invoices",
    },
    signs: &["ims", "unposted"],
    named_like: Some(FileType::Transactions),
    is_told_by_columns: false,
    columns: unposted_invoices::COLUMNS,
    alternatives: &[],
    reading_order: unposted_invoices::READING_ORDER,
    listed: unposted_invoices::LISTED,
    ordered_otherwise: &[],
    beside: unposted_invoices::BESIDE,
    searched: unposted_invoices::SEARCHED,
    in_findings: unposted_invoices::IN_FINDINGS,
    withheld: &[],
    bank: &[],
    followed: NOT_FOLLOWED,
    of_unknown: Sensitivity::Plain,
    of_extra: Sensitivity::Personal,
};

const PAYMENTS: FileTypeSpec = FileTypeSpec {
    url_word: "Payments",
    table: "payments",
    key: "payment_id",
    variation: &["payment_id"],
    arrival: Arrival::Batch,
    words: TypeNouns { one: "payment", many: "payments", row: "payment", rows: "payments" },
    // Lists of what was paid are transactions, whatever their names say.
    signs: &[
        "payrun",
        "pay-run",
        "payment-run",
        "payment_run",
        "pain001",
        "pain.001",
        "bacs",
        "nacha",
    ],
    named_like: None,
    is_told_by_columns: false,
    columns: payments::COLUMNS,
    alternatives: &[],
    reading_order: payments::READING_ORDER,
    listed: payments::LISTED,
    ordered_otherwise: &[],
    beside: payments::BESIDE,
    searched: payments::SEARCHED,
    in_findings: payments::IN_FINDINGS,
    withheld: &[],
    bank: payments::BANK,
    followed: NOT_FOLLOWED,
    of_unknown: Sensitivity::Plain,
    of_extra: Sensitivity::Account,
};

impl FileType {
    pub const fn spec(self) -> &'static FileTypeSpec {
        match self {
            Self::Transactions => &TRANSACTIONS,
            Self::Suppliers => &SUPPLIERS,
            Self::Employees => &EMPLOYEES,
            Self::UnpostedInvoices => &UNPOSTED_INVOICES,
            Self::Payments => &PAYMENTS,
        }
    }

    /// The column of this name; none where the ledger has no such column.
    pub fn column(self, name: &str) -> Option<&'static Column> {
        self.spec().columns.iter().find(|column| column.name == name)
    }

    /// The sensitivity of a column's values. A row of a finding may carry a column of another
    /// ledger: it is masked as there, where two have it as the milder says, and not milder than
    /// what is not known here.
    pub fn sensitivity(self, name: &str) -> Sensitivity {
        let spec = self.spec();
        if name == EXTRA {
            return spec.of_extra;
        }
        let own = self.column(name).map(|column| column.sensitivity);
        own.unwrap_or_else(|| {
            let others = Self::ALL.into_iter().filter_map(|other| other.column(name));
            let mildest = others.map(|column| column.sensitivity).min();
            mildest.unwrap_or(Sensitivity::Plain).max(spec.of_unknown)
        })
    }

    /// Why a check that needs rows of this type cannot run where there are none at all.
    pub fn none_sent(self) -> String {
        format!("no {} have been sent", self.spec().words.many)
    }

    /// The label of a column on pages, the same in every ledger; none for one that no ledger has.
    pub fn label_of(column: &str) -> Option<&'static str> {
        let known = Self::ALL.into_iter().find_map(|file_type| file_type.column(column));
        known.map(|column| column.label).or_else(|| columns::other_label(column))
    }

    /// Where a column stands among the others on the page of a row; what is not known stands behind them.
    pub fn reading_place(self, name: &str) -> usize {
        let order = self.spec().reading_order;
        order.iter().position(|known| *known == name).unwrap_or(order.len())
    }
}

impl Arrival {
    /// Says what a file holds, and what is so of rows that are not in it.
    pub const fn meaning(self) -> &'static str {
        match self {
            Self::Changes => {
                "Each file holds rows that are new or changed, or a full history; rows that are not in it \
                 stay as they are."
            }
            Self::Snapshot => {
                "Each file is a snapshot of all that are active; whoever is not in it becomes inactive."
            }
            Self::Batch => "Each file is a batch of its own, and is read whole or not at all.",
        }
    }
}

impl FileTypeSpec {
    /// The words that say that a file must have the column; empty where it need not.
    pub fn necessity(&self, column: &Column) -> String {
        let titled = |name| self.columns.iter().find(|other| other.name == name);
        match column.derived_from.and_then(titled) {
            Some(other) => {
                format!("yes; if missing, {} is taken unless the unit is strict", other.title)
            }
            None if column.is_mandatory => "yes".to_owned(),
            None => String::new(),
        }
    }

    /// The columns of which a file must have one group or the other, in words.
    pub fn either(&self) -> Option<String> {
        let title = |name: &&str| self.columns.iter().find(|column| column.name == *name);
        let group = |names: &&[&'static str]| {
            let titles = names.iter().filter_map(title).map(|column| column.title);
            titles.collect::<Vec<_>>().join(" and ")
        };
        let groups: Vec<String> = self.alternatives.iter().map(group).collect();
        (!groups.is_empty()).then(|| groups.join(", or "))
    }

    /// The column that a list is ordered by when its column of this name is chosen; none where it cannot be.
    pub fn order_of(&self, listed: &str) -> Option<&'static str> {
        let listed = self.listed.columns.iter().find(|column| **column == listed)?;
        let otherwise = self.ordered_otherwise.iter().find(|(column, _)| column == listed);
        otherwise.map_or(Some(*listed), |(_, order)| *order)
    }

    /// The columns that a list can be ordered by, the usual one first.
    pub fn orders(&self) -> impl Iterator<Item = &'static str> {
        self.listed.columns.iter().filter_map(|column| self.order_of(column))
    }

    /// Returns `true` when a word of a file's name, or the name itself in lower case, speaks of this
    /// type.
    pub(super) fn is_spoken_of(&self, words: &[&str], lower: &str) -> bool {
        // Three letters are too few to look for inside a word: "apt" hides in "captured".
        let is_there = |sign: &&str| {
            if sign.len() <= 3 { words.contains(sign) } else { lower.contains(*sign) }
        };
        self.signs.iter().any(is_there)
    }
}
