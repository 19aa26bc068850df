//! Filters of the templates.
//!
//! Invariant: whatever a page leads to goes through [`href`], which a test of all templates holds; so every
//! link and form stays below the path that the server is reached by.

#![expect(
    unreachable_pub,
    clippy::inline_always,
    clippy::unused_self,
    clippy::unnecessary_wraps,
    reason = "the macro of filters makes its methods so"
)]

use std::any::Any;
use std::fmt::Display;

use crate::site::Site;

/// The name under which a template finds the site that it is rendered for.
const SITE: &str = "site";

impl askama::Values for Site {
    fn get_value<'a>(&'a self, key: &str) -> Option<&'a dyn Any> {
        (key == SITE).then_some(self as &dyn Any)
    }
}

/// A path of this server as a browser asks for it; `#part`, `?query` and addresses elsewhere stay as they
/// are.
#[askama::filter_fn]
pub(crate) fn href(path: impl Display, values: &dyn askama::Values) -> askama::Result<String> {
    let path = path.to_string();
    // A document that stands alone is rendered for no site.
    Ok(askama::get_value::<Site>(values, SITE).map_or(path.clone(), |site| site.href(&path)))
}

#[cfg(test)]
mod tests {
    use std::fs;

    use askama::Template;

    use super::*;
    use crate::http::pages::filters;
    use crate::site::SiteParts;

    #[derive(Template)]
    #[template(source = "<a href=\"{{ path|href }}/x\">", ext = "html")]
    struct Links {
        path: &'static str,
    }

    #[test]
    fn a_link_stays_below_the_site() {
        let public_url = Some("https://h/bursar".parse().unwrap());
        let site = Site::new(SiteParts { public_url, ..SiteParts::default() });
        for (path, link) in [("/me", "/bursar/me"), ("//a", "//a"), ("/\"<", "/bursar/&#34;&#60;")]
        {
            let page = Links { path }.render_with_values(&site).unwrap();
            assert_eq!(page, format!("<a href=\"{link}/x\">"));
        }
        assert_eq!(Links { path: "/me" }.render().unwrap(), "<a href=\"/me/x\">");
    }

    /// Attributes that lead somewhere.
    const LEADING: [&str; 8] = [
        " href=\"",
        " action=\"",
        " formaction=\"",
        " src=\"",
        " hx-get=\"",
        " hx-post=\"",
        " hx-put=\"",
        " hx-delete=\"",
    ];
    /// Expressions that are addresses elsewhere.
    const ELSEWHERE: [&str; 1] = ["{{ scan.href }}"];

    #[test]
    fn every_link_of_a_template_goes_through_the_filter() {
        let mut found = 0;
        for entry in fs::read_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/templates")).unwrap() {
            let path = entry.unwrap().path();
            let text = fs::read_to_string(&path).unwrap();
            for value in LEADING.iter().flat_map(|name| text.split(name).skip(1)) {
                let expression =
                    value.starts_with("{{").then(|| value.split_inclusive("}}").next());
                let is_led = match expression.flatten() {
                    Some(expression) => {
                        expression.ends_with("|href }}") || ELSEWHERE.contains(&expression)
                    }
                    None => !value.starts_with(['/', '{']),
                };
                let value = value.get(..60).unwrap_or(value);
                assert!(is_led, "{}: write {{{{ …|href }}}} for {value}", path.display());
                found += 1;
            }
        }
        assert!(found > 150, "{found}");
    }
}
