//! Settings of reading as people read them, set to a value by one button and taken back by another.
//!
//! Not for: the page on which all of them are set (`reading_rules`).

use domain::problem::Setting;
use domain::{DateOrder, DecimalStyle, InvoiceSign, ReadingRules};

use super::format;

/// A setting with one value of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum SettingValue {
    DateOrder(DateOrder),
    Decimals(DecimalStyle),
    Invoices(InvoiceSign),
    KeepTotals,
}

/// A setting that is not the usual one.
pub(crate) struct SetSetting {
    /// The word it is taken back by.
    pub(crate) word: &'static str,
    pub(crate) title: &'static str,
    pub(crate) value: String,
}

impl SettingValue {
    /// The value by its words, as they stand in addresses and forms; none where they are no such words.
    pub(crate) fn parse(setting: &str, value: &str) -> Option<Self> {
        let setting = Setting::ALL.into_iter().find(|known| known.word() == setting)?;
        match setting {
            Setting::DateOrder => value.parse().ok().map(Self::DateOrder),
            Setting::Decimals => value.parse().ok().map(Self::Decimals),
            Setting::Invoices => value.parse().ok().map(Self::Invoices),
            Setting::KeepTotals => (value == "yes").then_some(Self::KeepTotals),
            Setting::Mapping | Setting::Encoding | Setting::Sheet => None,
        }
    }

    /// The rules with it in them.
    pub(crate) fn set(self, rules: ReadingRules) -> ReadingRules {
        match self {
            Self::DateOrder(order) => ReadingRules { date_order: Some(order), ..rules },
            Self::Decimals(style) => ReadingRules { decimal_style: Some(style), ..rules },
            Self::Invoices(sign) => ReadingRules { invoice_sign: Some(sign), ..rules },
            Self::KeepTotals => ReadingRules { keeps_totals: true, ..rules },
        }
    }

    /// The words of a button that sets it.
    pub(crate) const fn deed(self) -> &'static str {
        match self {
            Self::DateOrder(DateOrder::DayFirst) => "The day comes first here: read dates so",
            Self::DateOrder(DateOrder::MonthFirst) => "The month comes first here: read dates so",
            Self::DateOrder(DateOrder::YearFirst) => "The year comes first here: read dates so",
            Self::Decimals(DecimalStyle::Point) => {
                "Amounts are written 1,234.56 here: read them so"
            }
            Self::Decimals(DecimalStyle::Comma) => {
                "Amounts are written 1.234,56 here: read them so"
            }
            Self::Invoices(InvoiceSign::Negative) => "Invoices are negative here: turn them",
            Self::Invoices(InvoiceSign::Positive) => "Invoices are positive here: turn none",
            Self::KeepTotals => "These are rows: take none for a total",
        }
    }
}

/// The settings beside the mapping that are not the usual ones, in words.
pub(crate) fn set_settings(rules: &ReadingRules) -> Vec<SetSetting> {
    let order = rules.date_order.map(|order| match order {
        DateOrder::DayFirst => "day first".to_owned(),
        DateOrder::MonthFirst => "month first".to_owned(),
        DateOrder::YearFirst => "year first".to_owned(),
    });
    let words = rules.empty_words.join(", ");
    let said = |is_set: bool, words: &str| is_set.then(|| words.to_owned());
    let refused = rules.failed_per_mille_max;
    [
        ("date-order", "Dates", order),
        (
            "decimals",
            "Amounts",
            rules.decimal_style.map(|style| format!("decimal {}", style.as_str())),
        ),
        ("invoices", "Invoices", rules.invoice_sign.map(|sign| sign.as_str().to_owned())),
        ("encoding", "Encoding", rules.encoding.clone()),
        ("sheet", "Sheet", rules.sheet.clone()),
        ("empty-words", "Words for nothing", Some(words).filter(|words| !words.is_empty())),
        ("keep-totals", "Totals", said(rules.keeps_totals, "no record is taken for one")),
        ("strict", "Required fields", said(rules.is_strict, "never derived")),
        (
            "numbered-as",
            "Unique IDs",
            rules.numbered_as.as_ref().map(|text| format!("lines of {text}")),
        ),
        (
            "refused-above",
            "Refused above",
            refused.map(|most| format!("{} failed rows in 1,000", format::count(most))),
        ),
    ]
    .into_iter()
    .filter_map(|(word, title, value)| Some(SetSetting { word, title, value: value? }))
    .collect()
}

/// The rules without a setting, by the word it is taken back by; `mapping` takes back the columns. None where
/// it is no such word.
pub(crate) fn taken_back(rules: ReadingRules, word: &str) -> Option<ReadingRules> {
    Some(match word {
        "mapping" => ReadingRules { mapping: None, ..rules },
        "date-order" => ReadingRules { date_order: None, ..rules },
        "decimals" => ReadingRules { decimal_style: None, ..rules },
        "invoices" => ReadingRules { invoice_sign: None, ..rules },
        "encoding" => ReadingRules { encoding: None, ..rules },
        "sheet" => ReadingRules { sheet: None, ..rules },
        "empty-words" => ReadingRules { empty_words: Vec::new(), ..rules },
        "keep-totals" => ReadingRules { keeps_totals: false, ..rules },
        "strict" => ReadingRules { is_strict: false, ..rules },
        "numbered-as" => ReadingRules { numbered_as: None, ..rules },
        "refused-above" => ReadingRules { failed_per_mille_max: None, ..rules },
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use domain::problem::Reason;
    use domain::{FieldSource, Mapping};

    use super::*;

    #[test]
    fn every_value_that_a_doubt_leaves_open_is_set_by_its_words() {
        for reason in Reason::ALL {
            let setting = reason.settled_by().map(Setting::word).unwrap_or_default();
            for value in reason.open_values() {
                let parsed = SettingValue::parse(setting, value);
                let rules = parsed.map(|value| value.set(ReadingRules::default()));
                let set = rules.map(|rules| set_settings(&rules)).unwrap_or_default();
                assert_eq!(set.len(), 1, "{reason:?} {value}");
                assert_eq!(set[0].word, setting);
            }
        }
        for (setting, value) in
            [("invoices", "both"), ("keep-totals", ""), ("mapping", "x"), ("", "")]
        {
            assert_eq!(SettingValue::parse(setting, value), None, "{setting} {value}");
        }
    }

    #[test]
    fn every_setting_is_taken_back_by_its_word() {
        let constant = FieldSource::Constant { constant: "GBP".to_owned() };
        let mapping = Mapping {
            fields: [("invoice_amount_currency".to_owned(), constant)].into(),
            ..Mapping::default()
        };
        let full = ReadingRules {
            mapping: Some(mapping),
            date_order: Some(DateOrder::MonthFirst),
            failed_per_mille_max: Some(3),
            encoding: Some("cp850".to_owned()),
            decimal_style: Some(DecimalStyle::Comma),
            invoice_sign: Some(InvoiceSign::Negative),
            sheet: Some("Ledger".to_owned()),
            empty_words: vec!["tbc".to_owned()],
            keeps_totals: true,
            is_strict: true,
            numbered_as: Some("list.csv".to_owned()),
        };
        let words = set_settings(&full).into_iter().map(|set| set.word).chain(["mapping"]);
        let left = words.fold(full, |rules, word| {
            let less = taken_back(rules.clone(), word).expect(word);
            assert_ne!(less, rules, "{word}");
            less
        });
        assert_eq!(left, ReadingRules::default());
        assert_eq!(taken_back(left, "all"), None);
    }
}
