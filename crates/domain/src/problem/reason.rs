//! Every reason of a problem: its code, its sentence, its advice and the setting that settles it, each
//! once.
//!
//! Not for: what a problem shows beside its reason (`problem`). Invariant: a code is never changed or
//! used for something else, as it is stored and answered.

use std::fmt;
use std::str::FromStr;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::InvalidProblemCode;
use super::setting::Setting;

/// Makes the reasons of a table: variant, code, sentence without the value, advice, and the setting that
/// settles it where one does.
macro_rules! reasons {
    (@setting) => { None };
    (@setting $setting:ident) => { Some(Setting::$setting) };
    ($($reason:ident $code:literal: $sentence:literal,
        $advice:literal $(, settled by $setting:ident)?;)*) => {
        /// The reason of a problem. `Display` is a sentence without the value, which the problem shows
        /// beside it.
        #[derive(
            Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize,
            JsonSchema,
        )]
        pub enum Reason {
            $(#[serde(rename = $code)] $reason,)*
        }

        impl Reason {
            pub const ALL: &[Self] = &[$(Self::$reason,)*];

            /// The code that is stored and answered, such as `not_a_date`.
            pub const fn code(self) -> &'static str {
                match self { $(Self::$reason => $code,)* }
            }

            /// The advice: how to mend it, or what was done about it.
            pub const fn advice(self) -> &'static str {
                match self { $(Self::$reason => $advice,)* }
            }

            /// The setting by which a unit settles it for all its files; none where only the extract can be
            /// mended.
            pub const fn settled_by(self) -> Option<Setting> {
                match self { $(Self::$reason => reasons!(@setting $($setting)?),)* }
            }

            const fn sentence(self) -> &'static str {
                match self { $(Self::$reason => $sentence,)* }
            }
        }
    };
}

reasons! {
    // A cell.
    Empty "empty": "must not be empty",
        "fill it in the ERP, or leave the row out";
    NotADate "not_a_date": "not a date",
        "write dates as 2026-11-23";
    NoSuchDay "no_such_day": "no such day",
        "correct the date in the ERP";
    OtherDateOrder "other_date_order": "day and month stand the other way round than in this column",
        "write all dates of a column in one order, best as 2026-11-23";
    RuinedDate "ruined_date": "a spreadsheet ruined this date: it shows hash signs, or minutes and seconds",
        "export it again without opening the file in a spreadsheet";
    MonthOfTwoLanguages "month_of_two_languages": "a month's name that is one month in Croatian and another in Polish or Czech",
        "write dates as 2026-11-23";
    UnlikelyYear "unlikely_year": "the year looks mistyped",
        "kept as written; correct it in the ERP";
    PlaceholderDate "placeholder_date": "a day that stands for none, such as 1900-01-01 or 9999-12-31",
        "read as empty";
    YearOutOfRange "year_out_of_range": "no plausible year",
        "correct the year; 1900 to 9999 are taken";
    NotANumber "not_a_number": "not a number",
        "write amounts as 1234.56";
    TwoDecimalPoints "two_decimal_points": "not a number: two decimal points",
        "write amounts as 1234.56";
    OtherDecimalStyle "other_decimal_style": "decimals are written another way than in this column",
        "write all amounts of a column in one way, best as 1234.56";
    ScientificAmount "scientific_amount": "a spreadsheet shortened this amount and lost digits",
        "export it again without opening the file in a spreadsheet";
    TooLarge "too_large": "too large for an amount",
        "amounts up to 14 digits before the point are taken";
    RuinedIdentifier "ruined_identifier": "a spreadsheet ruined this identifier, others look the same",
        "export it again without opening the file in a spreadsheet";
    MonthForNumber "month_for_number": "a month stands where a number is wanted, as a spreadsheet writes 3-24",
        "kept as written, and the number cannot be told from it; export again without a spreadsheet";
    PointZero "point_zero": "a whole number with .0 behind it, as a program writes what it took for an amount",
        "kept as written, and equal to no number without it; let the program keep the column as text";
    RuinedReference "ruined_reference": "a spreadsheet ruined this number",
        "kept, but never taken as equal to another; export again without a spreadsheet";
    SharedIdentifier "shared_identifier": "rows of the file share an identifier",
        "kept as lines of one invoice; send one row for an invoice, with its gross amount";
    OtherInvoiceReplaced "other_invoice_replaced": "took the place of a row of another invoice: supplier, amount and any number beside the Unique ID differ",
        "look at both; if they are two invoices, build the Unique ID of several columns",
        settled by Mapping;
    OtherInvoiceKept "other_invoice_kept": "has the Unique ID of a row of another invoice, with another supplier and amount: both are kept",
        "where such numbers begin again, say by month, build the Unique ID of several columns, so that every row is told from the others",
        settled by Mapping;
    OtherPaymentReplaced "other_payment_replaced": "took the place of the same invoice paid on another day",
        "look whether it was paid twice: the ledger keeps the later payment; if both are payments, build the Unique ID of several columns",
        settled by Mapping;
    NotACurrency "not_a_currency": "not a currency code",
        "kept as written; the ISO code, such as GBP, is understood";
    CurrencyNamed "currency_named": "a currency that is not written as its ISO code",
        "read as the code; send the code to leave no doubt";
    CurrencyWithAmount "currency_with_amount": "the currency stands with the amount and in no column of its own",
        "taken from there";
    SharedSymbol "shared_symbol": "a symbol that several currencies have stands with the amount, and no column says which",
        "the currency is left empty; send its ISO code, such as USD";
    OtherCurrency "other_currency": "another currency stands with the amount, or in its header, than in the currency's column",
        "the column's was kept; correct one of them in the extract";
    DecimalsOfCurrency "decimals_of_currency": "three digits behind the sign are decimals, as the currency of the row has three",
        "nothing needs to be done";
    DecimalsBeyondCurrency "decimals_beyond_currency": "three decimals in a currency that has none",
        "read as decimals, as the other amounts of the column are written so; check it";
    Overpunched "overpunched": "an amount with its sign in the last digit, as COBOL writes it",
        "read with as many decimals as its currency has; check one, as nothing in the file says how many";
    KeptFromSpreadsheet "kept_from_spreadsheet": "written so that a spreadsheet does not take it for a number, as =\"00123\" or '00123",
        "read without the signs round it";
    NoSide "no_side": "neither debit nor credit where the sign of the amounts comes from",
        "taken as an invoice; check it";
    NotInBaseCurrency "not_in_base_currency": "another currency than the base currency, and no base amount",
        "the base amount is empty and not compared with others; send Base Amount";
    RuinedCell "ruined_cell": "a spreadsheet left an error or hashes in place of the value",
        "widen the column or mend the formula, and export again; best without a spreadsheet";
    CellTooLong "cell_too_long": "longer than is kept of one cell",
        "cut after 32 KiB, or set aside where it identifies the row; shorten the text in the ERP";
    // A row.
    TooManyCells "too_many_cells": "more cells than there are headers",
        "quote text that holds the delimiter: \"Smith, Jones & Co\"";
    EmptyCellsBeyond "empty_cells_beyond": "empty cells beyond the last header",
        "passed over, as the columns before show that nothing was shifted; nothing needs to be done";
    CellsBeyond "cells_beyond": "text beyond the last header",
        "kept as text, as the dates before show that nothing was shifted; give its column a header";
    TooFewCells "too_few_cells": "fewer cells than the row needs",
        "a row must reach at least its last mandatory column";
    CellLost "cell_lost": "fewer cells than there are headers, though every other row has a value in the last column",
        "a delimiter is missing, and nothing shows which; correct the row in the extract";
    OtherHeader "other_header": "a row below another header, whose columns stand otherwise than those of the first",
        "send each table as a file of its own, or all with the same columns";
    RunsOverLines "runs_over_lines": "a quoted text runs over lines and the row does not fit",
        "look for a quote that is opened and not closed";
    RowsInText "rows_in_text": "a quoted text over lines holds what looks like rows of the file",
        "kept as one text; look for a quote that is opened and not closed, and quote texts that hold the delimiter";
    StrayQuote "stray_quote": "quotes that do not enclose the whole text",
        "taken as part of it; quote a whole text and double the quotes inside, or quote none";
    BlankRows "blank_rows": "rows without content",
        "skipped; nothing needs to be done";
    TotalRow "total_row": "a total, not a row",
        "skipped; nothing needs to be done",
        settled by KeepTotals;
    FooterRow "footer_row": "a footer or title, not a row",
        "skipped; nothing needs to be done";
    ErrorMessage "error_message": "an error message in place of a row: the extract may have broken off here",
        "look at what made the file, and send it again when it is whole";
    RepeatedHeader "repeated_header": "the header once more",
        "skipped; nothing needs to be done";
    // A column.
    UnknownColumn "unknown_column": "a column that is not one of ours",
        "kept as text; map it if it is one of ours",
        settled by Mapping;
    ColumnTwice "column_twice": "a second column for the same field",
        "the first is used, this one is kept as text; map the right one, where headers are equal as Amount#2",
        settled by Mapping;
    DatesOfOneColumn "dates_of_one_column": "one column is read as several dates",
        "the checks take each for a day of its own, so that two invoices of other days there differ in all of them at \
         once; give it to the field that it is, and no other than a mandatory one", settled by Mapping;
    DerivedField "derived_field": "the file has no column for this field; it is taken to be the same as the one shown",
        "send it if there is one: checks that need it cannot tell the two apart";
    BaseCurrencyAssumed "base_currency_assumed": "nothing says which currency the books are kept in; that of most rows was taken",
        "if it is another, give Base Amount Currency one text for every row", settled by Mapping;
    CurrencyOfHeader "currency_of_header": "the header of the amount names its currency, and no column does",
        "taken for every row that names no other";
    MappedColumnMissing "mapped_column_missing": "the mapping names a column that is not in the file",
        "the field is empty; add the column to the extract, or change the mapping", settled by Mapping;
    IdentifierMayRepeat "identifier_may_repeat": "such numbers often begin again by what other columns of the file hold",
        "if so, build the Unique ID of several columns, such as company, year and number",
        settled by Mapping;
    DateOrderFromOthers "date_order_from_others": "no day above 12 shows the order; that of the other dates was taken",
        "nothing needs to be done if the other dates are right",
        settled by DateOrder;
    DateOrderAssumed "date_order_assumed": "no day above 12 shows whether day or month comes first",
        "read as the unit says, and day first where nothing was said; check a date, or write dates as 2026-11-23",
        settled by DateOrder;
    YearPlaceAssumed "year_place_assumed": "years of two digits that could stand first or last",
        "the likelier was taken; check a date, or write dates as 2026-11-23",
        settled by DateOrder;
    DigitDates "digit_dates": "dates as digits without signs between",
        "read in the one way that fits the column; check a date, or write dates as 2026-11-23",
        settled by DateOrder;
    HalfSwappedDates "half_swapped_dates": "day and month seem swapped where both are up to 12, as a spreadsheet of another country does",
        "read as they stand; export again without opening the file in a spreadsheet";
    UtcEvenings "utc_evenings": "times in UTC that are midnight of the next day further east",
        "read as the day that is written; write dates without a time";
    UnixTimes "unix_times": "moments as seconds or milliseconds since 1970",
        "read as days in UTC";
    BuddhistYears "buddhist_years": "years of the Buddhist era",
        "read as 543 years earlier";
    MinguoYears "minguo_years": "years of the Minguo era",
        "read as 1911 years later";
    HijriDates "hijri_dates": "dates of the Islamic calendar",
        "read by the Umm al-Qura calendar; another may differ by a day";
    PersianDates "persian_dates": "dates of the Persian calendar",
        "converted";
    JapaneseEras "japanese_eras": "years of a Japanese era",
        "converted";
    DecimalStyleAssumed "decimal_style_assumed": "nothing shows whether three digits behind the sign are thousands; they were taken as such",
        "check the amounts; 1234.56 leaves no doubt",
        settled by Decimals;
    DecimalStyleSet "decimal_style_set": "nothing shows whether three digits behind the sign are thousands",
        "read as the unit says, where an earlier file may have said it; check the amounts",
        settled by Decimals;
    WholeAmounts "whole_amounts": "no amount of the column has decimals",
        "right if they are whole; if the last digits are decimals by agreement, as 1234 for 12.34, write the point";
    MostlyNegative "mostly_negative": "most amounts are negative: are invoices credits here?",
        "if so, say that invoices are negative (invoice_sign), as no duplicate is found among credit notes",
        settled by Invoices;
    AmountsTurned "amounts_turned": "the sign of all amounts was turned, as the unit's invoices are negative in its files",
        "nothing needs to be done if so many were negative in the file", settled by Invoices;
    CreditsAreInvoices "credits_are_invoices": "the file says debit and credit; credits were taken as invoices, debits as credit notes",
        "if it is the other way round, say that invoices are positive (invoice_sign)",
        settled by Invoices;
    DebitsAreInvoices "debits_are_invoices": "the file says debit and credit; debits were taken as invoices, credits as credit notes",
        "if it is the other way round, say that invoices are negative (invoice_sign)",
        settled by Invoices;
    CreditNotesPositive "credit_notes_positive": "rows that this column calls credit notes have the sign of invoices",
        "taken as invoices; give them the other sign, as -12.00, in the extract";
    ThreeDecimals "three_decimals": "amounts with three digits behind the decimal sign, which could be thousands",
        "read as decimals, as other amounts of the file show the sign; check one of them";
    NetAmounts "net_amounts": "amounts without tax are the only ones that the file has",
        "taken as the amounts of the invoices; send the gross amounts, which are what is paid";
    SidesUnused "sides_unused": "a column says debit or credit and was not used for the sign of the amounts",
        "right if the amounts have signs of their own; else some of its words are not known";
    EmptyWords "empty_words": "words that stand for nothing, such as N/A or 00000000",
        "read as empty";
    DayNumbers "day_numbers": "dates as a spreadsheet's day numbers",
        "read as days since 1899-12-30, as a spreadsheet counts them";
    Rounded "rounded": "amounts with more than four decimals",
        "rounded to four decimals";
    DashAsZero "dash_as_zero": "amounts that are only a dash",
        "read as zero";
    // The file.
    HeaderBelowTitle "header_below_title": "the header row is not the first line",
        "the lines above the header were skipped";
    HeaderInTwoLines "header_in_two_lines": "the header stands in two lines",
        "both were joined, such as Invoice and Number to Invoice Number; map what was taken wrongly", settled by Mapping;
    SystemHeaders "system_headers": "the headers are as this system writes them",
        "each column was taken for what the system means by it; map those that it is not";
    EncodedTwiceMark "encoded_twice_mark": "the byte order mark was encoded twice",
        "skipped; whatever made the file encoded it twice";
    MarksInside "marks_inside": "byte order marks inside the text, as where one file was put behind another",
        "left out; look whether every part has the columns of the first";
    EncodedTwice "encoded_twice": "letters that were encoded twice, such as \u{c3}\u{a9} for \u{e9}",
        "kept as written; what made the file took UTF-8 for a code page: let it write UTF-8 once";
    HtmlEntities "html_entities": "characters written as web pages have them, such as &amp; for &",
        "kept as written, and such a name is equal to no other; let the program write the characters themselves";
    UnseenCharacters "unseen_characters": "characters that nobody sees, such as a zero-width space",
        "kept as written, and such a number is equal to no other; remove them where the text comes from";
    Windows1252 "windows1252": "8-bit text that is not UTF-8",
        "read as Windows-1252; UTF-8 leaves no doubt",
        settled by Encoding;
    CodePageGuessed "code_page_guessed": "8-bit text that is not UTF-8; its encoding was guessed",
        "look at these names; if they are wrong, set the unit's encoding, or send UTF-8",
        settled by Encoding;
    MixedEncodings "mixed_encodings": "some lines are UTF-8, others 8-bit text whose encoding was guessed",
        "look at these names; UTF-8 throughout leaves no doubt",
        settled by Encoding;
    Utf32 "utf32": "the file is in UTF-32",
        "read all the same; UTF-8 leaves no doubt";
    LostLetters "lost_letters": "names with question marks where letters may have been",
        "kept as written; if so, what made the file lost them: write it as UTF-8";
    Utf16 "utf16": "the file is in UTF-16",
        "read all the same; UTF-8 leaves no doubt";
    DamagedCharacters "damaged_characters": "characters were damaged before the file came here",
        "shown as \u{fffd}; export the file again as UTF-8";
    OtherDelimiter "other_delimiter": "the delimiter is not the one the extension says",
        "read all the same";
    ReadFirstSheet "read_first_sheet": "the workbook has more sheets with content than the one that was read",
        "if it is the wrong one, name the sheet in the unit's rules of reading",
        settled by Sheet;
    NoRows "no_rows": "the file has a header and no rows",
        "right if there was nothing to send; otherwise look at what made it";
    WorkbookMacros "workbook_macros": "the workbook holds macros",
        "left alone; only the cells' own values were read";
    WorkbookLinks "workbook_links": "the workbook refers to other files or databases",
        "left alone; only the cells' own values were read";
    EmbeddedFiles "embedded_files": "other files are embedded in the workbook",
        "left alone; only the cells' own values were read";
    UnsavedFormulas "unsaved_formulas": "formulas whose values were not saved with the workbook",
        "read as empty; open the workbook where it came from and save it once";
    OtherKind "other_kind": "the file is of another kind than its name says",
        "read as what it is; name it so, or save it as .xlsx";
    HiddenRows "hidden_rows": "rows of the sheet that are hidden or filtered out",
        "read all the same; delete them in the workbook if they are no part of the extract";
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.sentence())
    }
}

impl FromStr for Reason {
    type Err = InvalidProblemCode;
    fn from_str(text: &str) -> Result<Self, InvalidProblemCode> {
        let mut known = Self::ALL.iter().copied();
        known.find(|known| known.code() == text).ok_or(InvalidProblemCode)
    }
}
