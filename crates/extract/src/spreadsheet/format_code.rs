//! What a number format makes of a number: a date, a time, a padded number, or itself.
//!
//! Not for: fonts, colours, currency signs and decimal places; they change the look, not the value.
//!
//! Invariant: a format that is not understood leaves the number as it is.

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum NumberFormat {
    Plain,
    /// Days since the epoch, shown with a year, a month or a day.
    Date,
    /// A time of day.
    Time,
    /// Hours, minutes or seconds that go on beyond a day.
    Elapsed,
    /// Zeros in front up to this many digits: `00000` for references such as supplier numbers.
    Padded(u8),
}

/// A format code as it is kept: few depend on the number.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum FormatCode {
    Always(NumberFormat),
    ByValue(ConditionalFormat),
}

/// `[<1]h:mm;d/m/yyyy`: the first section whose condition holds.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct ConditionalFormat {
    sections: Vec<(Condition, NumberFormat)>,
    otherwise: NumberFormat,
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum Condition {
    Below(f64),
    AtMost(f64),
    Equal(f64),
    Unequal(f64),
    AtLeast(f64),
    Above(f64),
}

/// Sections of a code that have a say on numbers; the fourth is for texts.
const SECTIONS_MAX: usize = 3;

impl ConditionalFormat {
    pub(super) fn for_value(&self, value: f64) -> NumberFormat {
        let section = self.sections.iter().find(|(condition, _)| condition.holds(value));
        section.map_or(self.otherwise, |(_, format)| *format)
    }
}

impl Condition {
    fn holds(self, value: f64) -> bool {
        match self {
            Self::Below(bound) => value < bound,
            Self::AtMost(bound) => value <= bound,
            #[expect(clippy::float_cmp, reason = "a spreadsheet compares so")]
            Self::Equal(bound) => value == bound,
            #[expect(clippy::float_cmp, reason = "a spreadsheet compares so")]
            Self::Unequal(bound) => value != bound,
            Self::AtLeast(bound) => value >= bound,
            Self::Above(bound) => value > bound,
        }
    }

    /// `<=100`; none for a colour or a locale.
    fn parse(text: &str) -> Option<Self> {
        let digits = text.trim_start_matches(['<', '>', '=']);
        let sign = &text[..text.len() - digits.len()];
        let bound = digits.trim().parse().ok()?;
        match sign {
            "<" => Some(Self::Below(bound)),
            "<=" => Some(Self::AtMost(bound)),
            "=" => Some(Self::Equal(bound)),
            "<>" => Some(Self::Unequal(bound)),
            ">=" => Some(Self::AtLeast(bound)),
            ">" => Some(Self::Above(bound)),
            _ => None,
        }
    }
}

/// Reads a code; without conditions only the first section counts: it is the one for positive numbers.
pub(super) fn from_code(code: &str) -> FormatCode {
    let mut sections = Vec::new();
    let mut rest = Some(code);
    while let Some(code) = rest
        && sections.len() < SECTIONS_MAX
    {
        let (section, behind) = read_section(code);
        sections.push(section);
        rest = behind;
    }
    let conditions = sections.iter().filter(|(condition, _)| condition.is_some()).count();
    let (_, first) = sections[0];
    if conditions == 0 || sections.iter().all(|(_, format)| *format == first) {
        return FormatCode::Always(first);
    }
    // As spreadsheets do: the third is for the rest only where both before it have a condition.
    let rest = if conditions > 1 { 2 } else { 1 };
    let otherwise = sections.get(rest).map_or(NumberFormat::Plain, |(_, format)| *format);
    let sections =
        sections.into_iter().filter_map(|(condition, format)| Some((condition?, format))).collect();
    FormatCode::ByValue(ConditionalFormat { sections, otherwise })
}

/// The signs of a section that say what it shows.
#[derive(Debug, Default)]
#[expect(clippy::struct_excessive_bools, reason = "each is met or not, whatever the others")]
struct Signs {
    day: bool,
    time: bool,
    elapsed: bool,
    months: bool,
    digits: bool,
    zeros: u8,
    others: bool,
}

/// The first section, and what stands behind its `;`.
fn read_section(code: &str) -> ((Option<Condition>, NumberFormat), Option<&str>) {
    let mut signs = Signs::default();
    let mut condition = None;
    let mut characters = code.chars();
    let mut behind = None;
    while let Some(character) = characters.next() {
        match character {
            ';' => {
                behind = Some(characters.as_str());
                break;
            }
            '"' => while characters.next().is_some_and(|quoted| quoted != '"') {},
            '\\' | '_' | '*' => {
                characters.next();
                signs.others = true;
            }
            // `[Red]`, `[$-409]`, `[<1]`; but `[h]` counts hours beyond the day.
            '[' => {
                let inside: String = characters.by_ref().take_while(|&c| c != ']').collect();
                let unit = inside.to_ascii_lowercase();
                signs.elapsed |= ["h", "hh", "m", "mm", "s", "ss"].contains(&unit.as_str());
                condition = condition.or_else(|| Condition::parse(&inside));
            }
            _ => {
                let rest = skip_word(character, characters.as_str(), &mut signs);
                characters = rest.chars();
            }
        }
    }
    ((condition, signs.format()), behind)
}

/// Takes in the sign `first`, and with it the word it begins; what is left of `rest`.
fn skip_word<'c>(first: char, rest: &'c str, signs: &mut Signs) -> &'c str {
    // `General`, by whatever name, says nothing; `AM/PM` is no month.
    const WORDS: [&str; 6] = ["general", "standard", "am/pm", "a/p", "e+", "e-"];
    for word in WORDS {
        let matches = first.eq_ignore_ascii_case(&char::from(word.as_bytes()[0]))
            && rest.get(..word.len() - 1).is_some_and(|rest| rest.eq_ignore_ascii_case(&word[1..]));
        if matches {
            signs.others = true;
            signs.digits |= !word.starts_with('a');
            return &rest[word.len() - 1..];
        }
    }
    match first.to_lowercase().next().unwrap_or(first) {
        // Years of eras (`e`, `g`) and of Buddha (`b`); German, French and Russian letters, which some
        // writers leave as a person typed them.
        'y' | 'd' | 'e' | 'g' | 'b' | 'j' | 't' | 'a' | 'д' | 'г' => signs.day = true,
        'h' | 's' => signs.time = true,
        'm' | 'м' => signs.months = true,
        // Behind `s.` zeros are parts of a second.
        '0' if signs.time || signs.elapsed => {}
        '0' => signs.zeros = signs.zeros.saturating_add(1),
        '#' | '?' | '@' => signs.digits = true,
        _ => signs.others = true,
    }
    rest
}

impl Signs {
    const fn format(&self) -> NumberFormat {
        let is_date = self.day || (self.months && !self.time && !self.elapsed);
        match self {
            Self { digits: true, .. } => NumberFormat::Plain,
            // Letters of a unit or currency that nobody quoted.
            Self { zeros: 1.., day, time, months, elapsed, .. }
                if *day || *time || *months || *elapsed =>
            {
                NumberFormat::Plain
            }
            _ if is_date => NumberFormat::Date,
            Self { elapsed: true, .. } => NumberFormat::Elapsed,
            Self { time: true, .. } => NumberFormat::Time,
            Self { zeros: 2.., others: false, .. } => NumberFormat::Padded(self.zeros),
            _ => NumberFormat::Plain,
        }
    }
}
