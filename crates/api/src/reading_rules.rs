//! How a unit's files are read, as it is sent and answered.
//!
//! Not for: what the settings mean (`domain::reading`), or which fields a type has.

use domain::reading::{CONSTANT_CHARS_MAX, EMPTY_WORDS_MAX, empty_word, sheet_name};
use domain::{DateOrder, DecimalStyle, FieldSource, FileType, InvoiceSign, Mapping};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::OpenEnum;

/// Failed rows in 1,000 when every row may fail.
const PER_MILLE: u32 = 1_000;

/// The rules by which the files of one type are read; what is absent is as usual, or as each file tells.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct ReadingRules {
    /// The sources of fields whose columns are not known by their headers.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mapping: Option<Mapping>,
    /// The order of day and month where a file leaves it open.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub date_order: Option<DateOrder>,
    /// Failed rows in 1,000 above which a file is refused whole.
    #[schemars(range(max = PER_MILLE))]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub failed_per_mille: Option<u32>,
    /// The encoding of text by its name in the WHATWG Encoding Standard, or `cp850`, `cp437`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub encoding: Option<String>,
    /// The decimal sign of amounts where a file leaves it open.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub decimals: Option<DecimalStyle>,
    /// The sign that a file gives to the amounts of invoices.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub invoices: Option<InvoiceSign>,
    /// The name of the sheet of workbooks that is read.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sheet: Option<String>,
    /// Words that stand for nothing, beside those that always do.
    #[schemars(length(max = EMPTY_WORDS_MAX))]
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub empty_words: Vec<String>,
    /// Set when records that look like totals are rows nevertheless.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub keep_totals: bool,
    /// Set when a file that lacks a mandatory field is refused though it could be derived.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub strict: bool,
}

/// The rules of one file type of a unit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct TypeReadingRules {
    pub file_type: OpenEnum<FileType>,
    pub rules: ReadingRules,
}

/// The rules of every file type of a unit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct UnitReadingRules {
    pub items: Vec<TypeReadingRules>,
}

/// A value of a rule that cannot be kept.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{member}: {why}")]
pub struct InvalidRule {
    member: &'static str,
    why: String,
}

impl From<domain::ReadingRules> for ReadingRules {
    fn from(rules: domain::ReadingRules) -> Self {
        Self {
            mapping: rules.mapping,
            date_order: rules.date_order,
            failed_per_mille: rules.failed_per_mille_max,
            encoding: rules.encoding,
            decimals: rules.decimal_style,
            invoices: rules.invoice_sign,
            sheet: rules.sheet,
            empty_words: rules.empty_words,
            keep_totals: rules.keeps_totals,
            strict: rules.is_strict,
        }
    }
}

impl TryFrom<ReadingRules> for domain::ReadingRules {
    type Error = InvalidRule;

    /// Checks what can be told without the fields of the type.
    fn try_from(rules: ReadingRules) -> Result<Self, InvalidRule> {
        let invalid =
            |member, why: &dyn std::fmt::Display| InvalidRule { member, why: why.to_string() };
        if rules.failed_per_mille.is_some_and(|most| most > PER_MILLE) {
            return Err(invalid("failedPerMille", &format_args!("{PER_MILLE} is the most")));
        }
        if rules.empty_words.len() > EMPTY_WORDS_MAX {
            return Err(invalid("emptyWords", &format_args!("{EMPTY_WORDS_MAX} are the most")));
        }
        let constants = rules.mapping.iter().flat_map(|mapping| mapping.fields.values());
        for source in constants {
            if let FieldSource::Constant { constant } = source
                && constant.chars().count() > CONSTANT_CHARS_MAX
            {
                let why = format_args!("a constant has {CONSTANT_CHARS_MAX} characters at most");
                return Err(invalid("mapping", &why));
            }
        }
        let words = rules.empty_words.iter().map(|word| empty_word(word));
        let words: Result<Vec<String>, _> = words.collect();
        let sheet = rules.sheet.as_deref().map(sheet_name).transpose();
        Ok(Self {
            mapping: rules.mapping.filter(|mapping| *mapping != Mapping::default()),
            date_order: rules.date_order,
            failed_per_mille_max: rules.failed_per_mille,
            encoding: rules.encoding,
            decimal_style: rules.decimals,
            invoice_sign: rules.invoices,
            sheet: sheet.map_err(|why| invalid("sheet", &why))?,
            empty_words: words.map_err(|why| invalid("emptyWords", &why))?,
            keeps_totals: rules.keep_totals,
            is_strict: rules.strict,
            // For a first look alone, which nobody has through the API.
            numbered_as: None,
        })
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn every_rule_goes_there_and_comes_back() {
        let sent = json!({
            "mapping": {
                "columns": { "Rechnungsnummer": "invoice_number", "Reference": "" },
                "fields": {
                    "unique_id": ["Company", "Year", "Number"],
                    "base_amount": "Amount#2",
                    "entered_date": { "field": "invoice_date" },
                    "invoice_amount_currency": { "constant": "GBP" },
                },
            },
            "dateOrder": "month_first", "failedPerMille": 3, "encoding": "windows-1250",
            "decimals": "comma", "invoices": "negative", "sheet": "Ledger", "emptyWords": ["tbc"],
            "keepTotals": true, "strict": true,
        });
        let rules: ReadingRules = serde_json::from_value(sent.clone()).unwrap();
        let kept: domain::ReadingRules = rules.try_into().unwrap();
        assert_eq!(serde_json::to_value(ReadingRules::from(kept)).unwrap(), sent);
        let usual = ReadingRules::from(domain::ReadingRules::default());
        assert_eq!(serde_json::to_value(usual).unwrap(), json!({}));
    }

    #[test]
    fn what_cannot_be_kept_is_named() {
        let long = "x".repeat(300);
        for (sent, says) in [
            (json!({ "failedPerMille": 1_001 }), "failedPerMille: 1000 is the most"),
            (json!({ "emptyWords": [""] }), "emptyWords: expected a word"),
            (json!({ "emptyWords": vec!["x"; 51] }), "emptyWords: 50 are the most"),
            (json!({ "sheet": " " }), "sheet: expected the name"),
            (
                json!({ "mapping": { "fields": { "erp_id": { "constant": long } } } }),
                "mapping: a constant has 200 characters at most",
            ),
        ] {
            let rules: ReadingRules = serde_json::from_value(sent).unwrap();
            let why = domain::ReadingRules::try_from(rules).unwrap_err().to_string();
            assert!(why.starts_with(says), "{why}");
        }
        for wrong in [json!({ "colour": 1 }), json!({ "invoices": "both" })] {
            assert!(serde_json::from_value::<ReadingRules>(wrong).is_err());
        }
    }
}
