//! Eight ways in which programs of suppliers lay statements out: columns and their order, languages, dates,
//! numbers, signs, balances, ages, and what they put round their numbers.
//!
//! Not for: the files (`papers`, `printed`).

use jiff::civil::Date;

use super::books::{Entry, Kind, Listing};
use super::papers;
use super::printed;

/// A column of a statement.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Field {
    Number,
    Date,
    Kind,
    Amount,
    Debit,
    Credit,
    Balance,
    /// The day on which it is due.
    Due,
    /// The order of the customer.
    Order,
}

/// A cell before it is written.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Cell {
    Text(String),
    Money(i64),
    Day(Date),
}

/// The way amounts below zero are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Negative {
    Minus,
    MinusBehind,
    Brackets,
    Cr,
    /// The kind of document tells.
    Unsigned,
}

/// The file that a layout is in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Medium {
    Delimited(char),
    Workbook,
    Web,
    /// A PDF in one of the fonts that every reader has.
    Helvetica,
    /// A PDF with letters of its own font.
    Embedded,
}

/// A layout.
pub(super) struct Layout {
    pub(super) file_name: &'static str,
    pub(super) listing: Listing,
    medium: Medium,
    columns: &'static [(Field, &'static str)],
    day: &'static str,
    /// Signs between thousands and before decimals.
    signs: (&'static str, char),
    negative: Negative,
    /// Invoice, credit note, payment.
    kinds: [&'static str; 3],
    letterhead: &'static [&'static str],
    opening: &'static str,
    total: &'static str,
    ages: &'static [&'static str],
    footer: &'static [&'static str],
    number: fn(&str) -> String,
}

pub(super) static LAYOUTS: [Layout; 8] = [
    Layout {
        file_name: "a.csv",
        listing: Listing::OpenItems,
        medium: Medium::Delimited(','),
        columns: &[
            (Field::Date, "Date"),
            (Field::Number, "Invoice No"),
            (Field::Kind, "Type"),
            (Field::Amount, "Amount"),
        ],
        day: "%d/%m/%Y",
        signs: ("", '.'),
        negative: Negative::Minus,
        kinds: ["Sales Invoice", "Sales Credit", "Sales Receipt"],
        letterhead: &[],
        opening: "",
        total: "Total due",
        ages: &["Current", "30 days", "60 days", "90 days"],
        footer: &[],
        number: str::to_owned,
    },
    Layout {
        file_name: "b.csv",
        listing: Listing::Movements,
        medium: Medium::Delimited(';'),
        columns: &[
            (Field::Date, "Belegdatum"),
            (Field::Number, "Beleg-Nr."),
            (Field::Kind, "Buchungstext"),
            (Field::Debit, "Soll"),
            (Field::Credit, "Haben"),
            (Field::Balance, "Saldo"),
        ],
        day: "%d.%m.%Y",
        signs: (".", ','),
        negative: Negative::Minus,
        kinds: ["Rechnung", "Gutschrift", "Zahlungseingang, vielen Dank"],
        letterhead: &["Erle & Söhne GmbH", "Kontoauszug"],
        opening: "Saldovortrag",
        total: "Summe",
        ages: &[],
        footer: &["Alle Beträge in EUR"],
        number: |number| format!("RE-{number}"),
    },
    Layout {
        file_name: "c.csv",
        listing: Listing::OpenItems,
        medium: Medium::Delimited(','),
        columns: &[
            (Field::Number, "Document"),
            (Field::Date, "Doc Date"),
            (Field::Kind, "Details"),
            (Field::Due, "Due"),
            (Field::Order, "Your reference"),
            (Field::Amount, "Outstanding"),
        ],
        day: "%Y-%m-%d",
        signs: (",", '.'),
        negative: Negative::Cr,
        kinds: ["Invoice", "Credit note", "Cash on account"],
        letterhead: &["Supplier Ltd", "Statement of account", "Date,30 September 2026,Amount due"],
        opening: "",
        total: "Balance",
        ages: &["Not due", "1-30 days", "31-60 days", "61-90 days", "Over 90 days"],
        footer: &[],
        number: |number| format!("Invoice {number}"),
    },
    Layout {
        file_name: "d.txt",
        listing: Listing::Movements,
        medium: Medium::Delimited('\t'),
        columns: &[
            (Field::Date, "Transaction Date"),
            (Field::Number, "Reference"),
            (Field::Kind, "Transaction Type"),
            (Field::Amount, "Value"),
            (Field::Balance, "Balance"),
        ],
        day: "%d-%b-%Y",
        signs: (",", '.'),
        negative: Negative::Brackets,
        kinds: ["INV", "CRN", "RCP Receipt"],
        letterhead: &[],
        opening: "Balance brought forward",
        total: "Closing balance",
        ages: &[],
        footer: &["Printed by the accounts department on 30-Sep-2026"],
        number: |number| number.chars().filter(|c| c.is_alphanumeric()).collect(),
    },
    Layout {
        file_name: "e.xlsx",
        listing: Listing::OpenItems,
        medium: Medium::Workbook,
        columns: &[
            (Field::Date, "Invoice Date"),
            (Field::Due, "Due Date"),
            (Field::Kind, "Document Type"),
            (Field::Number, "Document No."),
            (Field::Amount, "Total"),
        ],
        day: "",
        signs: ("", '.'),
        negative: Negative::Minus,
        kinds: ["Invoice", "Credit memo", "Payment"],
        letterhead: &["Alder Works", "Open items"],
        opening: "",
        total: "Total",
        ages: &["Current", "1 - 30", "31 - 60", "61 - 90 days"],
        footer: &[],
        number: str::to_lowercase,
    },
    Layout {
        file_name: "f.pdf",
        listing: Listing::OpenItems,
        medium: Medium::Helvetica,
        columns: &[
            (Field::Date, "Date"),
            (Field::Number, "Invoice number"),
            (Field::Kind, "Type"),
            (Field::Amount, "Amount"),
        ],
        day: "%d %b %Y",
        signs: (",", '.'),
        negative: Negative::MinusBehind,
        kinds: ["Invoice", "Credit note", "Payment"],
        letterhead: &[
            "Alder Works and Sons Limited",
            "Statement of your account, all amounts in pounds",
        ],
        opening: "",
        total: "Total due",
        ages: &["Current", "30 days", "60 days", "90 days"],
        footer: &[
            "Please pay to sort code 20-00-00, account 12345678",
            "VAT number GB 123 4567 89",
        ],
        number: |number| format!("10482/{number}"),
    },
    Layout {
        file_name: "g.pdf",
        listing: Listing::Movements,
        medium: Medium::Embedded,
        columns: &[
            (Field::Date, "Date"),
            (Field::Number, "N° de pièce"),
            (Field::Kind, "Libellé"),
            (Field::Debit, "Débit"),
            (Field::Credit, "Crédit"),
            (Field::Balance, "Solde"),
        ],
        day: "%d/%m/%y",
        signs: (" ", ','),
        negative: Negative::Minus,
        kinds: ["Facture", "Avoir", "Règlement"],
        letterhead: &["Aulne et fils", "Relevé de compte au 30/09/2026"],
        opening: "Solde antérieur",
        total: "Total",
        ages: &["Non échu", "1 à 30 jours", "31 à 60 jours", "61 à 90 jours"],
        footer: &["IBAN FR76 3000 6000 0112 3456 7890 189"],
        number: str::to_owned,
    },
    Layout {
        file_name: "h.xls",
        listing: Listing::OpenItems,
        medium: Medium::Web,
        columns: &[
            (Field::Number, "Nº Factura"),
            (Field::Date, "Fecha"),
            (Field::Kind, "Concepto"),
            (Field::Amount, "Importe"),
        ],
        day: "%d-%m-%Y",
        signs: (".", ','),
        negative: Negative::Unsigned,
        kinds: ["Factura", "Abono", "Pago recibido"],
        letterhead: &[],
        opening: "",
        total: "Total",
        ages: &[],
        footer: &[],
        number: |number| format!("{number} - ES"),
    },
];

/// A statement laid out: rows above the header, the header, lines and what stands below.
pub(super) struct Sheet {
    pub(super) above: Vec<Vec<Cell>>,
    pub(super) header: Vec<Cell>,
    pub(super) lines: Vec<Vec<Cell>>,
    pub(super) below: Vec<Vec<Cell>>,
}

impl Layout {
    /// The statement as a file.
    pub(super) fn file(&self, entries: &[Entry]) -> Vec<u8> {
        let sheet = self.sheet(entries);
        match self.medium {
            Medium::Delimited(sign) => papers::delimited(self, &sheet, sign),
            Medium::Workbook => papers::workbook(&sheet),
            Medium::Web => papers::page_of_a_browser(self, &sheet),
            Medium::Helvetica => printed::helvetica(&printed::pages(self, &sheet)),
            Medium::Embedded => printed::embedded(&printed::pages(self, &sheet)),
        }
    }

    pub(super) fn fields(&self) -> impl Iterator<Item = Field> {
        self.columns.iter().map(|(field, _)| *field)
    }

    fn sheet(&self, entries: &[Entry]) -> Sheet {
        let text = |text: &str| Cell::Text(text.to_owned());
        let mut balance = 0;
        let mut lines = Vec::new();
        let mut below = Vec::new();
        if !self.opening.is_empty() {
            balance = 123_456;
            let first = entries[0].day;
            lines.push(self.row(&|field| match field {
                Field::Date => Cell::Day(first),
                Field::Kind => text(self.opening),
                Field::Balance => Cell::Money(balance),
                _ => text(""),
            }));
        }
        for entry in entries {
            balance += entry.pence;
            lines.push(self.row(&|field| self.cell(field, entry, balance)));
        }
        let sum: i64 = entries.iter().map(|entry| entry.pence).sum();
        below.push(self.row(&|field| match field {
            Field::Kind => text(self.total),
            Field::Amount | Field::Balance => Cell::Money(sum.abs()),
            _ => text(""),
        }));
        if !self.ages.is_empty() {
            below.push(self.ages.iter().map(|age| text(age)).collect());
            below.push(self.ages.iter().map(|_| Cell::Money(sum.abs() / 4)).collect());
        }
        below.extend(self.footer.iter().map(|words| vec![text(words)]));
        Sheet {
            above: self
                .letterhead
                .iter()
                .map(|words| words.split(',').map(text).collect())
                .collect(),
            header: self.columns.iter().map(|(_, header)| text(header)).collect(),
            lines,
            below,
        }
    }

    fn row(&self, cell: &dyn Fn(Field) -> Cell) -> Vec<Cell> {
        self.fields().map(cell).collect()
    }

    fn cell(&self, field: Field, entry: &Entry, balance: i64) -> Cell {
        let empty = Cell::Text(String::new());
        match field {
            Field::Number if entry.number.is_empty() => empty,
            Field::Number => Cell::Text((self.number)(&entry.number)),
            Field::Date => Cell::Day(entry.day),
            Field::Due => Cell::Day(entry.day.saturating_add(jiff::Span::new().days(30))),
            Field::Order => Cell::Text("PO 4500017".to_owned()),
            Field::Kind => Cell::Text(
                match entry.kind {
                    Kind::Invoice => self.kinds[0],
                    Kind::CreditNote => self.kinds[1],
                    Kind::Payment => self.kinds[2],
                }
                .to_owned(),
            ),
            Field::Amount if self.negative == Negative::Unsigned => Cell::Money(entry.pence.abs()),
            Field::Amount => Cell::Money(entry.pence),
            Field::Balance => Cell::Money(balance),
            Field::Debit if entry.pence >= 0 => Cell::Money(entry.pence),
            Field::Credit if entry.pence < 0 => Cell::Money(-entry.pence),
            Field::Debit | Field::Credit => empty,
        }
    }

    /// A cell as the layout writes it.
    pub(super) fn written(&self, cell: &Cell) -> String {
        match cell {
            Cell::Text(text) => text.clone(),
            Cell::Day(day) => day.strftime(self.day).to_string(),
            Cell::Money(pence) => self.money(*pence),
        }
    }

    fn money(&self, pence: i64) -> String {
        let (group, decimal) = self.signs;
        let mut whole = (pence.abs() / 100).to_string();
        let mut at = whole.len();
        while at > 3 {
            at -= 3;
            whole.insert_str(at, group);
        }
        let digits = format!("{whole}{decimal}{:02}", pence.abs() % 100);
        if pence >= 0 {
            return digits;
        }
        match self.negative {
            Negative::Minus | Negative::Unsigned => format!("-{digits}"),
            Negative::MinusBehind => format!("{digits}-"),
            Negative::Brackets => format!("({digits})"),
            Negative::Cr => format!("{digits} CR"),
        }
    }
}
