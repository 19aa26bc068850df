//! What stands round every page: its head, the bar with units and sections, the way back, a word on what
//! was just done.
//!
//! Not for: what a page is about.
//!
//! Invariant: a section is shown when its route is in the table, and the cog to who may use it.

use std::sync::OnceLock;

use domain::MemberRole;
use store::ReachableUnit;

use super::PageError;
use super::access::{Member, SignedIn, Visitor};
use super::look::Look;
use crate::App;
use crate::http::routes;

/// The head of a document.
#[derive(Debug)]
pub(crate) struct Document {
    pub(crate) title: String,
    pub(crate) theme: &'static str,
    pub(crate) keys: &'static str,
    pub(crate) csrf: String,
}

/// A link with words.
#[derive(Debug)]
pub(crate) struct Link {
    pub(crate) label: String,
    pub(crate) href: String,
    pub(crate) is_current: bool,
}

/// What stands round a page of somebody who is signed in.
#[derive(Debug)]
pub(crate) struct Frame {
    pub(crate) doc: Document,
    pub(crate) name: String,
    pub(crate) initials: String,
    pub(crate) email: String,
    /// The unit that is open, in words; empty on pages that are about none.
    pub(crate) place: String,
    pub(crate) units: Vec<Link>,
    pub(crate) sections: Vec<Link>,
    /// Below the cog.
    pub(crate) settings: Vec<Link>,
    /// The help for those who send files to the open unit.
    pub(crate) help: Option<Link>,
    /// The way back: what stands above this page.
    pub(crate) crumbs: Vec<Link>,
    /// What was just done.
    pub(crate) said: Option<&'static str>,
}

/// A part of a unit, in the bar.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Section {
    Overview,
    Findings,
    Uploads,
    Transactions,
    Suppliers,
    Employees,
    /// Beside the cog.
    Help,
    /// One of those below the cog; which, its route tells.
    Settings(&'static str),
}

/// A section, its words and its route.
const SECTIONS: [(Section, &str, &str); 6] = [
    (Section::Overview, "Overview", "/at/{customer}/{unit}/overview"),
    (Section::Findings, "Findings", "/at/{customer}/{unit}/findings"),
    (Section::Uploads, "Uploads", "/at/{customer}/{unit}/uploads"),
    (Section::Transactions, "Transactions", "/at/{customer}/{unit}/transactions"),
    (Section::Suppliers, "Suppliers", "/at/{customer}/{unit}/suppliers"),
    (Section::Employees, "Employees", "/at/{customer}/{unit}/employees"),
];

/// Below the cog, Organisation settings.
const SETTINGS: [(&str, &str); 8] = [
    ("Access Tokens", "/settings/{customer}/tokens"),
    ("Units", "/settings/{customer}/units"),
    ("Users", "/settings/{customer}/users"),
    ("Checks", "/settings/{customer}/checks"),
    ("Mappings", "/settings/{customer}/mappings"),
    ("Calendar and limits", "/settings/{customer}/limits"),
    ("Retention", "/settings/{customer}/retention"),
    ("Audit log", "/settings/{customer}/audit"),
];

/// What was done, by the word that the address of the page after it holds.
const SAID: &[(&str, &str)] = &[
    ("signed-out", "You are signed out."),
    ("password", "Your password is changed, and all other sessions are ended."),
    ("session-ended", "The session is ended."),
    ("totp-on", "Two-step sign-in is on. You will be asked for a code next time."),
    ("totp-off", "Two-step sign-in is off."),
    ("look", "Saved for this browser."),
    ("joined", "You are a member now."),
    ("decided", "Decided; this is the next one."),
    ("several", "Decided on all that were ticked."),
    ("undone", "Taken back: the finding is as it was before."),
    ("assigned", "Assigned."),
    ("commented", "Your comment is kept."),
    ("recovered", "The recovered amount is kept."),
    ("view-kept", "The view is kept."),
    ("view-removed", "The view is removed."),
    ("last", "Decided. That was the last of this list."),
    ("token-revoked", "The token is revoked: it is refused from now on."),
    ("invitation-withdrawn", "The link works no more."),
    ("role-changed", "The role is changed, from their next page on."),
    ("user-removed", "Removed: they see nothing of this organisation any more."),
    ("unit-added", "The unit is added. Tokens for all units cover it."),
    ("unit-renamed", "Kept. Addresses, tokens and ledgers go on with the short name."),
    ("checks-set", "Kept. A new run of the checks waits for its turn."),
    ("retention-set", "Kept. Files whose time is over go within the hour."),
    ("nothing-changed", "Nothing differs from before, so nothing was changed."),
    ("audit-whole", "The audit log was gone over and is whole."),
    ("sent", "Received and safe. It is read by itself; this page follows it."),
    ("sent-before", "This very file was received before: here it is. Nothing was added."),
    ("released", "Released: it is read into the ledger in its turn."),
    ("held-out", "Refused: the ledger stays as it is."),
    ("read-again", "It is read again in its turn."),
    ("columns-kept", "The columns are kept for all files of this type that are read from now on."),
    ("nothing-chosen", "Nothing was ticked, so nothing was decided."),
];

impl Document {
    /// For a page that nobody need be signed in for.
    pub(crate) fn bare(title: &str, look: Look) -> Self {
        let keys = if look.are_keys_off { "off" } else { "on" };
        Self { title: title.to_owned(), theme: look.theme.as_str(), keys, csrf: String::new() }
    }

    pub(crate) fn of_visitor(title: &str, visitor: &Visitor) -> Self {
        Self { csrf: visitor.csrf.clone(), ..Self::bare(title, visitor.look) }
    }
}

impl Frame {
    /// Round a page of a unit, or of the settings of its customer.
    pub(crate) async fn of(
        app: &App,
        member: &Member,
        section: Section,
        title: &str,
    ) -> Result<Self, PageError> {
        let mut frame = Self::of_user(app, &member.signed_in, title).await?;
        let here = member.path("");
        for link in &mut frame.units {
            link.is_current = link.href == here;
        }
        let place = frame.units.iter().find(|link| link.is_current);
        frame.place = place.map(|link| link.label.clone()).unwrap_or_default();
        frame.sections = SECTIONS
            .into_iter()
            .filter(|(_, _, route)| is_there(route))
            .map(|(known, label, route)| Link {
                is_current: known == section,
                ..Link::new(label, member.fill(route))
            })
            .collect();
        if member.role >= MemberRole::Admin {
            frame.settings = SETTINGS
                .into_iter()
                .filter(|(_, route)| is_there(route))
                .map(|(label, route)| Link {
                    is_current: section == Section::Settings(route),
                    ..Link::new(label, member.fill(route))
                })
                .collect();
        }
        let is_current = section == Section::Help;
        frame.help = Some(Link { is_current, ..Link::new("Help", member.path("help")) });
        let named = SECTIONS.into_iter().find(|(known, _, _)| *known == section);
        let above = named.filter(|(_, label, _)| *label != title);
        frame.crumbs.extend(above.map(|(_, label, route)| Link::new(label, member.fill(route))));
        Ok(frame)
    }

    /// Round a page that is about no unit.
    pub(crate) async fn of_user(
        app: &App,
        user: &SignedIn,
        title: &str,
    ) -> Result<Self, PageError> {
        let units = app.store.system().reachable_units(user.user.id).await?;
        let document = Document::bare(title, user.look);
        Ok(Self {
            doc: Document { csrf: user.csrf.clone(), ..document },
            name: user.user.name.to_string(),
            initials: user.user.name.initials(),
            email: user.user.email.to_string(),
            place: String::new(),
            units: units.iter().map(unit_link).collect(),
            sections: Vec::new(),
            settings: Vec::new(),
            help: None,
            crumbs: Vec::new(),
            said: None,
        })
    }

    /// With something below the section on the way back.
    pub(crate) fn above(&mut self, label: &str, href: String) {
        self.crumbs.push(Link::new(label, href));
    }

    /// With what was just done above the page.
    #[must_use]
    pub(crate) fn saying(self, said: Option<&'static str>) -> Self {
        Self { said, ..self }
    }
}

impl Member {
    /// The path of a route, for this customer and unit.
    pub(crate) fn fill(&self, route: &str) -> String {
        route.replace("{customer}", self.customer.as_str()).replace("{unit}", self.unit.as_str())
    }

    /// The path of something in the open unit.
    pub(crate) fn path(&self, below: &str) -> String {
        format!("/at/{}/{}/{below}", self.customer, self.unit)
    }
}

/// The sentence for a word in an address.
pub(crate) fn said(word: &str) -> Option<&'static str> {
    SAID.iter().find_map(|(known, words)| (*known == word).then_some(*words))
}

/// Where somebody lands in a unit.
pub(crate) fn landing(unit: &ReachableUnit) -> String {
    format!("/at/{}/{}/", unit.customer, unit.unit.name)
}

fn unit_link(unit: &ReachableUnit) -> Link {
    Link::new(&place(unit.customer.as_str(), unit.unit.called()), landing(unit))
}

/// A customer with one unit uses its own name for it, until somebody calls it otherwise.
fn place(customer: &str, unit: &str) -> String {
    if customer == unit { customer.to_owned() } else { format!("{customer} / {unit}") }
}

impl Link {
    fn new(label: &str, href: String) -> Self {
        Self { label: label.to_owned(), href, is_current: false }
    }
}

fn is_there(route: &str) -> bool {
    static PATHS: OnceLock<Vec<&'static str>> = OnceLock::new();
    PATHS
        .get_or_init(|| routes::table().into_iter().map(|known| known.path).collect())
        .contains(&route)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_done_is_said_by_its_own_word() {
        let mut words: Vec<&str> = SAID.iter().map(|(word, _)| *word).collect();
        words.sort_unstable();
        words.dedup();
        assert_eq!(words.len(), SAID.len());
        assert_eq!(said("<script>"), None);
    }
}
