//! The unit that a browser was in last: the pages that are about no unit keep its sections.
//!
//! Invariant: it is a name that a browser brings along; whoever may not open that unit is led to another.

use axum::response::Response;
use domain::{CustomerName, UnitName};
use http::{HeaderMap, Method};

use super::cookie::{self, CookieName};

const UNIT: CookieName = CookieName("bursar-unit");
/// A month: whoever was away for longer begins anew.
const LASTS_SECONDS: i64 = 30 * 24 * 60 * 60;

/// A page of a unit that somebody asks for, where the browser does not know that unit for its last.
#[derive(Debug)]
pub(crate) struct UnitVisit(String);

impl UnitVisit {
    pub(crate) fn of(method: &Method, path: &str, headers: &HeaderMap) -> Option<Self> {
        let mut segments = path.strip_prefix("/at/")?.split('/');
        // Names are parsed, so that nothing else of an address gets into a header.
        let customer: CustomerName = segments.next()?.parse().ok()?;
        let unit: UnitName = segments.next()?.parse().ok()?;
        let unit = format!("{customer}/{unit}");
        let is_known = UNIT.value(headers) == Some(unit.as_str());
        (*method == Method::GET && !is_known).then_some(Self(unit))
    }

    /// Lets the browser bring it along from now on, where the page was shown.
    pub(crate) fn keep(&self, response: &mut Response) {
        if response.status().is_success() {
            cookie::add(response.headers_mut(), &UNIT.set(&self.0, LASTS_SECONDS));
        }
    }
}

/// The address of the unit that a browser was in last.
pub(crate) fn last_unit(headers: &HeaderMap) -> Option<String> {
    UNIT.value(headers).map(|unit| format!("/at/{unit}/"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_browser_keeps_names_of_units_only() {
        let none = HeaderMap::new();
        let of = |path: &str| UnitVisit::of(&Method::GET, path, &none).map(|visit| visit.0);
        assert_eq!(of("/at/acme/uk/findings").as_deref(), Some("acme/uk"));
        for path in ["/me", "/at/acme", "/at/acme/u;k/findings", "/settings/acme/units"] {
            assert_eq!(of(path), None, "{path}");
        }
        assert!(UnitVisit::of(&Method::POST, "/at/acme/uk/undo", &none).is_none());
    }
}
