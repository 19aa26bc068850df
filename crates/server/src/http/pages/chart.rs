//! Charts of bars, with a line to hold them against, as the server draws them.
//!
//! Not for: the numbers in a table, which stand beside each chart (`picture`).
//!
//! Invariant: a chart needs no script, is readable at any width, and follows the colours of the page: it says
//! what is where, and the style says how that looks.

use domain::Amount;

use super::format;

/// The width of a bar's place, in the units of the drawing; its height is [`HEIGHT`].
const PLACE: usize = 10;
/// The part of its place that a bar leaves free.
const GAP: f64 = 2.0;
const HEIGHT: f64 = 100.0;
/// Labels below the bars: all of so few, and of more so many, or the fewer.
const LABELS_ALL: usize = 12;
const LABELS_OF_MORE: usize = 5;
const LABELS_FEW: usize = 3;
/// Characters of labels that stand beside one another on a telephone.
const LABEL_CHARS_MAX: usize = 36;

/// The numbers of a chart.
#[derive(Debug, Default)]
pub(crate) struct ChartParts {
    /// The name of the bars.
    pub(crate) bars_name: &'static str,
    /// The name of the bars that are marked; none where none are.
    pub(crate) marked_name: Option<&'static str>,
    pub(crate) bars: Vec<BarParts>,
    /// The name of the line and its values, one for each bar.
    pub(crate) line: Option<(&'static str, Vec<f64>)>,
    /// Written behind each number, such as `%`.
    pub(crate) unit: String,
}

/// A bar, and the words for its number.
#[derive(Debug)]
pub(crate) struct BarParts {
    pub(crate) label: String,
    pub(crate) value: f64,
    pub(crate) words: String,
    pub(crate) is_marked: bool,
}

/// A chart as a template draws it.
#[derive(Debug)]
pub(crate) struct Chart {
    pub(crate) bars_name: &'static str,
    pub(crate) marked_name: Option<&'static str>,
    pub(crate) line_name: Option<&'static str>,
    pub(crate) width: usize,
    pub(crate) bars: Vec<Bar>,
    /// The points of the line.
    pub(crate) line: String,
    /// The numbers at the top and at the foot.
    pub(crate) top: String,
    pub(crate) foot: String,
    /// Where nothing is, from the top.
    pub(crate) zero: String,
    /// Labels below, from the left to the right.
    pub(crate) axis: Vec<String>,
}

/// A bar in the units of the drawing.
#[derive(Debug)]
pub(crate) struct Bar {
    pub(crate) x: String,
    pub(crate) y: String,
    pub(crate) width: String,
    pub(crate) height: String,
    /// Its label and its number.
    pub(crate) words: String,
    pub(crate) is_marked: bool,
}

impl Chart {
    /// A chart; none without a bar.
    pub(crate) fn new(parts: &ChartParts) -> Option<Self> {
        if parts.bars.is_empty() {
            return None;
        }
        let line = parts.line.as_ref().map(|(_, values)| values.as_slice()).unwrap_or_default();
        let values = || parts.bars.iter().map(|bar| bar.value).chain(line.iter().copied());
        let highest = values().fold(0.0, f64::max);
        let lowest = values().fold(0.0, f64::min);
        let span = (highest - lowest).max(f64::MIN_POSITIVE);
        let from_top = |value: f64| (highest - value) / span * HEIGHT;
        let point = |(place, value): (usize, &f64)| {
            format!("{},{}", place * PLACE + PLACE / 2, written(from_top(*value)))
        };
        let points: Vec<String> = line.iter().enumerate().map(point).collect();
        let bars = parts.bars.iter().enumerate().map(|(place, bar)| {
            let (one, other) = (from_top(bar.value), from_top(0.0));
            Bar {
                x: format!("{}", place * PLACE + 1),
                y: written(one.min(other)),
                width: written(10.0 - GAP),
                height: written((one - other).abs()),
                words: format!("{}: {}", bar.label, bar.words),
                is_marked: bar.is_marked,
            }
        });
        Some(Self {
            bars_name: parts.bars_name,
            marked_name: parts.marked_name,
            line_name: parts.line.as_ref().map(|(name, _)| *name),
            width: parts.bars.len() * PLACE,
            bars: bars.collect(),
            line: points.join(" "),
            top: rounded(highest, &parts.unit),
            foot: rounded(lowest, &parts.unit),
            zero: written(from_top(0.0)),
            axis: axis(&parts.bars),
        })
    }
}

/// All labels where they fit, else some with the same distance between them.
fn axis(bars: &[BarParts]) -> Vec<String> {
    let all = bars.len();
    let some = |count: usize| -> Vec<String> {
        let at = |place: usize| bars[(all - 1) * place / (count - 1).max(1)].label.clone();
        (0..count).map(at).collect()
    };
    let most = if all <= LABELS_ALL { all } else { LABELS_OF_MORE };
    let fits = |labels: &Vec<String>| {
        labels.iter().map(|label| label.chars().count()).sum::<usize>() <= LABEL_CHARS_MAX
    };
    let counts = [most, LABELS_OF_MORE.min(all), LABELS_FEW.min(all)];
    counts.map(some).into_iter().find(fits).unwrap_or_else(|| some(LABELS_FEW.min(all)))
}

/// A number of the drawing, to the hundredth.
fn written(number: f64) -> String {
    format!("{number:.2}")
}

/// A number at an edge of the chart: in few digits.
fn rounded(number: f64, unit: &str) -> String {
    const STEPS: [(f64, &str); 3] = [(1e9, "bn"), (1e6, "m"), (1e3, "k")];
    let step = STEPS.into_iter().find(|(step, _)| number.abs() >= *step * 10.0);
    let figure = match step {
        Some((step, letter)) => format!("{:.0}{letter}", number / step),
        None if number.fract() == 0.0 => format!("{number:.0}"),
        None => format!("{number:.1}"),
    };
    format!("{}{unit}", format::reader::number(&figure))
}

/// An amount for a drawing; its last digits are not seen.
#[expect(clippy::cast_precision_loss, reason = "it is drawn")]
pub(crate) fn units(amount: Amount) -> f64 {
    amount.ten_thousandths() as f64 / 10_000.0
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parts(values: &[f64]) -> ChartParts {
        let bar = |(place, value): (usize, &f64)| BarParts {
            label: place.to_string(),
            value: *value,
            words: value.to_string(),
            is_marked: *value < 0.0,
        };
        ChartParts { bars: values.iter().enumerate().map(bar).collect(), ..ChartParts::default() }
    }

    #[test]
    fn bars_stand_on_nothing_and_hang_below_it() {
        assert!(Chart::new(&parts(&[])).is_none());
        let chart = Chart::new(&parts(&[30.0, -10.0])).unwrap();
        assert_eq!((chart.zero.as_str(), chart.width), ("75.00", 20));
        let told: Vec<_> =
            chart.bars.iter().map(|bar| (bar.y.as_str(), bar.height.as_str())).collect();
        assert_eq!(told, [("0.00", "75.00"), ("75.00", "25.00")]);
        assert_eq!((chart.top.as_str(), chart.foot.as_str()), ("30", "-10"));
        let flat = Chart::new(&parts(&[0.0])).unwrap();
        assert_eq!(flat.bars[0].height, "0.00", "nothing is drawn as nothing");
    }

    #[test]
    fn a_line_goes_through_the_middle_of_its_bars() {
        let line = Some(("Expected", vec![30.1, 17.6]));
        let unit = "%".to_owned();
        let chart = Chart::new(&ChartParts { line, unit, ..parts(&[15.05, 0.0]) }).unwrap();
        assert_eq!(chart.line, "5,0.00 15,41.53");
        assert_eq!((chart.top.as_str(), chart.bars[0].height.as_str()), ("30.1%", "50.00"));
    }

    #[test]
    fn labels_leave_room_for_one_another() {
        let many = Chart::new(&parts(&[1.0; 81])).unwrap();
        assert_eq!(many.axis, ["0", "20", "40", "60", "80"]);
        assert_eq!(Chart::new(&parts(&[1.0; 12])).unwrap().axis.len(), 12);
        let mut long = parts(&[1.0; 12]);
        long.bars.iter_mut().for_each(|bar| bar.label = format!("{},744.97", bar.label));
        let axis = Chart::new(&long).unwrap().axis;
        assert_eq!(axis, ["0,744.97", "5,744.97", "11,744.97"]);
        assert_eq!(rounded(1_234_567.0, ""), "1235k");
        assert_eq!(rounded(12_345_678.0, ""), "12m");
    }
}
