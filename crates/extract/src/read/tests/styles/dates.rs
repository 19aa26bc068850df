//! The ways to write a day.

use jiff::civil::Date;

use super::*;

/// One way, of all dates of a file.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum DateWriting {
    /// Days and months may have a zero in front, a time may stand behind.
    Numbers {
        order: DateOrder,
        sign: char,
        is_short: bool,
        is_padded: bool,
        behind: &'static str,
    },
    Iso(&'static str),
    Digits(DateOrder),
    /// Two for each part.
    SixDigits(DateOrder),
    /// The century from 1900, the year and its day, as JD Edwards keeps them: `124065`.
    Julian,
    /// `2024-Mar-05`
    YearThenName,
    /// Of a month with its name: the language's names, the signs round them, how they are written.
    Named {
        months: Vec<String>,
        sign: &'static str,
        is_short_year: bool,
        is_upper: bool,
    },
    /// `March 5, 2024`
    MonthFirst {
        is_short: bool,
    },
    DayNumber,
}

/// Languages of Europe and beyond; letters that an encoding lacks make the file one in UTF-8.
const LANGUAGES: [&str; 26] = [
    "en", "en", "de", "fr", "it", "es", "pt", "nl", "da", "sv", "nb", "fi", "pl", "cs", "sk", "hr",
    "sl", "hu", "ro", "tr", "ru", "uk", "el", "lt", "ca", "id",
];
const MONTHS: &str = include_str!("../../../dates/month_names.txt");

pub(super) fn date_writings() -> impl Strategy<Value = DateWriting> {
    let order = prop::sample::select(vec![
        DateOrder::DayFirst,
        DateOrder::MonthFirst,
        DateOrder::YearFirst,
    ]);
    let sign = prop::sample::select(vec!['/', '.', '-']);
    let behind = prop::sample::select(vec![
        "",
        "",
        "",
        " 00:00",
        " 00:00:00",
        " 12:00:00 AM",
        " 14:15:02",
        " 2:15 PM",
    ]);
    let numbers = (order.clone(), sign, any::<bool>(), any::<bool>(), behind).prop_map(
        |(order, sign, is_short, is_padded, behind)| DateWriting::Numbers {
            // A year in front has two digits, with zeros before the others; of four it is ISO's.
            is_short: is_short || order == DateOrder::YearFirst,
            is_padded: is_padded || order == DateOrder::YearFirst,
            order,
            sign,
            behind,
        },
    );
    let iso =
        prop::sample::select(vec!["", " 00:00:00", "T00:00:00", "T00:00:00Z", " 00:00:00.000"]);
    let language = prop::sample::select(LANGUAGES.to_vec());
    let sign = prop::sample::select(vec![" ", "-", ". ", "/"]);
    let named = (language, any::<bool>(), sign, any::<bool>(), any::<bool>()).prop_map(
        |(language, is_short, sign, is_short_year, is_upper)| DateWriting::Named {
            months: months(language, usize::from(is_short)),
            sign,
            is_short_year,
            is_upper,
        },
    );
    prop_oneof![
        5 => numbers,
        3 => iso.prop_map(DateWriting::Iso),
        1 => order.clone().prop_map(DateWriting::Digits),
        1 => order.prop_map(DateWriting::SixDigits),
        1 => Just(DateWriting::Julian),
        1 => Just(DateWriting::YearThenName),
        3 => named,
        1 => any::<bool>().prop_map(|is_short| DateWriting::MonthFirst { is_short }),
        1 => Just(DateWriting::DayNumber),
    ]
}

/// The language's names as they are, or the first other one of each: 0 or 1.
fn months(language: &str, which: usize) -> Vec<String> {
    let line = MONTHS.lines().find_map(|line| line.strip_prefix(language)?.strip_prefix(": "));
    let (months, _) = line.unwrap().split_once(';').unwrap();
    let name = |names: &str| {
        let chosen = names.split('/').nth(which).or(names.split('/').next());
        chosen.unwrap().to_owned()
    };
    months.split(' ').map(name).collect()
}

impl DateWriting {
    pub(super) fn write(&self, day: Date) -> String {
        let (year, month, date) = (day.year(), day.month(), day.day());
        let short = year % 100;
        match self {
            Self::Numbers { order, sign, is_short, is_padded, behind } => {
                let part = |number: i8| {
                    if *is_padded { format!("{number:02}") } else { number.to_string() }
                };
                let (date, month) = (part(date), part(month));
                let year = if *is_short { format!("{short:02}") } else { year.to_string() };
                let parts = match order {
                    DateOrder::DayFirst => [date, month, year],
                    DateOrder::MonthFirst => [month, date, year],
                    DateOrder::YearFirst => [year, month, date],
                };
                format!("{}{behind}", parts.join(&sign.to_string()))
            }
            Self::Iso(behind) => format!("{day}{behind}"),
            Self::Digits(DateOrder::DayFirst) => format!("{date:02}{month:02}{year}"),
            Self::Digits(DateOrder::MonthFirst) => format!("{month:02}{date:02}{year}"),
            Self::Digits(DateOrder::YearFirst) => format!("{year}{month:02}{date:02}"),
            Self::SixDigits(DateOrder::DayFirst) => format!("{date:02}{month:02}{short:02}"),
            Self::SixDigits(DateOrder::MonthFirst) => format!("{month:02}{date:02}{short:02}"),
            Self::SixDigits(DateOrder::YearFirst) => format!("{short:02}{month:02}{date:02}"),
            Self::Julian => format!("1{short:02}{:03}", day.day_of_year()),
            Self::YearThenName => {
                let name = &months("en", 1)[usize::from(month.unsigned_abs()) - 1];
                format!("{year}-{name}-{date:02}")
            }
            Self::Named { months, sign, is_short_year, is_upper } => {
                let name = &months[usize::from(month.unsigned_abs()) - 1];
                let name = if *is_upper { name.to_uppercase() } else { name.clone() };
                let between = if *sign == ". " { " " } else { sign };
                let year = if *is_short_year { format!("{short:02}") } else { year.to_string() };
                format!("{date}{sign}{name}{between}{year}")
            }
            Self::MonthFirst { is_short } => {
                let names = months("en", usize::from(*is_short));
                let name = &names[usize::from(month.unsigned_abs()) - 1];
                format!("{}{} {date}, {year}", name[..1].to_uppercase(), &name[1..])
            }
            Self::DayNumber => {
                let since = jiff::civil::date(1899, 12, 30).until(day).unwrap();
                since.get_days().to_string()
            }
        }
    }
}
