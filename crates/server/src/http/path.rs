//! The words of the vendor's path, in any case.
//!
//! Clients written for the vendor's ASP.NET service may rely on its paths matching in any case, so the
//! fixed words are brought to one form before routing. Customer, unit, type and file name stay as sent.

use http::Uri;
use http::uri::PathAndQuery;

/// The fixed words, by their place among the segments.
const WORDS: [(usize, &str); 4] = [(0, "customers"), (2, "units"), (4, "Uploads"), (5, "upload")];

/// Rewrites the fixed words of `/customers/…/units/…/Uploads/upload/…`; other paths stay.
pub(crate) fn canonicalise(uri: &mut Uri) {
    let Some(path) = canonical(uri.path()) else {
        return;
    };
    let path_and_query = match uri.query() {
        Some(query) => format!("{path}?{query}"),
        None => path,
    };
    let mut parts = std::mem::take(uri).into_parts();
    let path_and_query = PathAndQuery::try_from(path_and_query);
    parts.path_and_query = Some(path_and_query.expect("other words leave a path a path"));
    *uri = Uri::from_parts(parts).expect("nothing but the path is another");
}

fn canonical(path: &str) -> Option<String> {
    let mut segments: Vec<&str> = path.strip_prefix('/')?.split('/').collect();
    if !segments.first()?.eq_ignore_ascii_case(WORDS[0].1) {
        return None;
    }
    for (place, word) in WORDS {
        match segments.get_mut(place) {
            Some(segment) if segment.eq_ignore_ascii_case(word) => *segment = word,
            _ => break,
        }
    }
    Some(format!("/{}", segments.join("/")))
}

/// The raw segments of an upload's path behind `…/Uploads/upload/`: type and file name, still
/// percent-encoded.
pub(crate) fn upload_segments(path: &str) -> (&str, &str) {
    let rest = path.splitn(7, '/').nth(6).unwrap_or_default();
    let rest = rest.strip_prefix("upload").unwrap_or(rest);
    let rest = rest.strip_prefix('/').unwrap_or(rest);
    rest.split_once('/').unwrap_or((rest, ""))
}

/// The raw customer and unit segments of a path below `/customers/…/units/…`.
pub(crate) fn tenant_segments(path: &str) -> Option<(&str, &str)> {
    let mut segments = path.strip_prefix('/')?.split('/');
    let (_, customer) = (segments.next()?, segments.next()?);
    let (_, unit) = (segments.next()?, segments.next()?);
    Some((customer, unit))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_fixed_words_change() {
        for (sent, routed) in [
            (
                "/customers/a/units/b/Uploads/upload/APT/x.csv",
                "/customers/a/units/b/Uploads/upload/APT/x.csv",
            ),
            (
                "/Customers/A/UNITS/B/uploads/UPLOAD/apt/X.csv",
                "/customers/A/units/B/Uploads/upload/apt/X.csv",
            ),
            ("/CUSTOMERS/a/units/b/uploads?limit=2", "/customers/a/units/b/Uploads?limit=2"),
            ("/customers/units/units/b", "/customers/units/units/b"),
            ("/HealthZ", "/HealthZ"),
            ("/", "/"),
        ] {
            let mut uri: Uri = sent.parse().unwrap();
            canonicalise(&mut uri);
            assert_eq!(uri.to_string(), routed);
        }
    }

    #[test]
    fn the_segments_of_an_upload() {
        let base = "/customers/a/units/b/Uploads/upload";
        for (rest, expected) in [
            ("", ("", "")),
            ("/", ("", "")),
            ("/APT", ("APT", "")),
            ("/APT/", ("APT", "")),
            ("//APT", ("", "APT")),
            ("/APT/x%20y.csv", ("APT", "x%20y.csv")),
            ("/APT/x/y.csv", ("APT", "x/y.csv")),
        ] {
            assert_eq!(upload_segments(&format!("{base}{rest}")), expected, "{rest}");
        }
        assert_eq!(tenant_segments(base), Some(("a", "b")));
        assert_eq!(tenant_segments("/healthz"), None);
    }
}
