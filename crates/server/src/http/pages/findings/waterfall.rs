//! The evidence of a finding as a waterfall: from how common such a thing is to how probable this one is.
//!
//! Invariant: each bar begins where the one before ended.

use domain::finding::Evidence;

use crate::http::pages::format::prose;

/// One reason as a bar, in hundredths of the width.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Bar {
    pub(crate) words: String,
    pub(crate) bits: String,
    pub(crate) class: &'static str,
    pub(crate) x: String,
    pub(crate) width: String,
}

/// All of them, and where nothing is for or against.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Waterfall {
    pub(crate) bars: Vec<Bar>,
    pub(crate) zero: String,
}

/// Thinner bars are not seen.
const WIDTH_MIN: f64 = 0.8;

/// The waterfall of the evidence; without a probability the signs stand each for itself.
pub(crate) fn waterfall(evidence: &[Evidence], probability: Option<&str>) -> Option<Waterfall> {
    if evidence.is_empty() {
        return None;
    }
    let (prior, reasons): (Vec<&Evidence>, Vec<&Evidence>) =
        evidence.iter().partition(|reason| reason.field == Evidence::PRIOR);
    let mut steps: Vec<(&Evidence, f64, f64)> = Vec::new();
    let mut sum = 0.0;
    for reason in prior.into_iter().chain(reasons) {
        steps.push((reason, sum, sum + reason.bits));
        sum += reason.bits;
    }
    let ends = || steps.iter().map(|(_, _, end)| *end).chain([0.0]);
    let (low, high) =
        (ends().fold(f64::INFINITY, f64::min), ends().fold(f64::NEG_INFINITY, f64::max));
    let place = |bits: f64| if high > low { (bits - low) / (high - low) * 100.0 } else { 0.0 };
    let bar = |words: &str, bits: f64, class, from: f64, to: f64| {
        let (x, width) = (place(from.min(to)), place(from.max(to)) - place(from.min(to)));
        Bar {
            words: prose(words),
            bits: in_bits(bits),
            class,
            x: format!("{x:.1}"),
            width: format!("{:.1}", width.max(WIDTH_MIN)),
        }
    };
    let mut bars: Vec<Bar> = steps
        .iter()
        .map(|(reason, from, to)| bar(&reason.with_rates(), reason.bits, class(reason), *from, *to))
        .collect();
    if let Some(probability) = probability {
        bars.push(bar(&format!("All together: {probability}% probable"), sum, "sum", 0.0, sum));
    }
    Some(Waterfall { bars, zero: format!("{:.1}", place(0.0)) })
}

fn class(reason: &Evidence) -> &'static str {
    match reason.field.as_str() {
        Evidence::PRIOR => "prior",
        _ if reason.bits < 0.0 => "against",
        _ => "for",
    }
}

fn in_bits(bits: f64) -> String {
    let sign = if bits < 0.0 { '\u{2212}' } else { '+' };
    format!("{sign}{:.1}", bits.abs())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bars_follow_each_other_from_the_prior_to_the_sum() {
        let reason = |field: &str, bits| Evidence::new(field, field, bits);
        let evidence = [reason("amount", 8.0), reason("day", -1.0), reason(Evidence::PRIOR, -6.0)];
        let Waterfall { bars, zero } = waterfall(&evidence, Some("67")).unwrap();
        let drawn: Vec<_> = bars
            .iter()
            .map(|bar| {
                (
                    bar.words.as_str(),
                    bar.bits.as_str(),
                    bar.class,
                    bar.x.as_str(),
                    bar.width.as_str(),
                )
            })
            .collect();
        assert_eq!(
            drawn,
            [
                ("prior", "−6.0", "prior", "0.0", "75.0"),
                ("amount", "+8.0", "for", "0.0", "100.0"),
                ("day", "−1.0", "against", "87.5", "12.5"),
                ("All together: 67% probable", "+1.0", "sum", "75.0", "12.5"),
            ]
        );
        assert_eq!(zero, "75.0");
        assert_eq!(waterfall(&[], Some("1")), None);
        assert!(waterfall(&[reason("amount", 0.0)], Some("1")).is_some());
        assert_eq!(
            waterfall(&[reason("amount", 1.0)], None).map(|drawn| drawn.bars.len()),
            Some(1)
        );
    }
}
