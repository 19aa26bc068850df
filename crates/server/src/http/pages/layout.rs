//! What stands round every page: its head, the bar with units and sections, the way back, a word on what
//! was just done.
//!
//! Not for: what a page is about.
//!
//! Invariant: every section has its route in the table, and the cog is shown to who may use it.

use std::borrow::Cow;

use domain::MemberRole;
use store::ReachableUnit;

use super::access::{CurrentUser, Member};
use super::document::{Document, Link};
use super::error::PageError;
use super::flash::Flash;
use crate::App;
use crate::http::permission::Permission;

/// The surroundings of a page of somebody who is signed in.
#[derive(Debug)]
pub(crate) struct Layout {
    pub(crate) doc: Document,
    pub(crate) name: String,
    pub(crate) initials: String,
    pub(crate) email: String,
    /// The unit that is open, in words; empty on pages that are about none.
    pub(crate) place: String,
    pub(crate) units: Vec<Link>,
    pub(crate) sections: Vec<Link>,
    /// The pages below the cog.
    pub(crate) settings: Vec<Link>,
    /// The help: first for those who send files to the open unit, or for those who read what was found.
    pub(crate) help: Option<Link>,
    /// The way back: what stands above this page.
    pub(crate) crumbs: Vec<Link>,
    /// Something that was just done.
    pub(crate) flash: Option<Cow<'static, str>>,
    /// Set when the page of all customers is theirs.
    pub(crate) is_operator: bool,
}

/// A part of a unit, in the bar.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Section {
    Overview,
    Findings,
    Recovery,
    Holds,
    Uploads,
    PaymentRuns,
    Transactions,
    Suppliers,
    Employees,
    /// The help, beside the cog.
    Help,
    /// One of those below the cog; which, its route tells.
    Settings(&'static str),
}

impl Section {
    /// The section that a path of a unit or of its customer's settings is in, whether there is such a page
    /// or not.
    pub(crate) fn of_path(path: &str) -> Self {
        let segment = |path: &str, place| path.split('/').nth(place).map(ToOwned::to_owned);
        let is_below = |route: &str, place| segment(route, place) == segment(path, place);
        if path.starts_with("/settings/") {
            let known = SETTINGS.iter().find(|(_, route, _)| is_below(route, 3));
            return Self::Settings(known.map_or("", |(_, route, _)| route));
        }
        let known = SECTIONS.iter().find(|(_, _, route)| is_below(route, 4));
        match known {
            Some((section, _, _)) => *section,
            None if path.split('/').nth(4) == Some("help") => Self::Help,
            None => Self::Settings(""),
        }
    }
}

/// The path of a unit, below which its sections are.
const UNIT: &str = "/at/{customer}/{unit}/";

/// A section, its words and its route.
pub(in crate::http) const SECTIONS: [(Section, &str, &str); 9] = [
    (Section::Overview, "Overview", "/at/{customer}/{unit}/overview"),
    (Section::Findings, "Findings", "/at/{customer}/{unit}/findings"),
    (Section::Recovery, "Recovery", "/at/{customer}/{unit}/recovery"),
    (Section::Holds, "Holds", "/at/{customer}/{unit}/holds"),
    (Section::Uploads, "Uploads", "/at/{customer}/{unit}/uploads"),
    (Section::PaymentRuns, "Payment runs", "/at/{customer}/{unit}/payment_runs"),
    (Section::Transactions, "Transactions", "/at/{customer}/{unit}/transactions"),
    (Section::Suppliers, "Suppliers", "/at/{customer}/{unit}/suppliers"),
    (Section::Employees, "Employees", "/at/{customer}/{unit}/employees"),
];

/// The pages below the cog, Organisation settings.
pub(in crate::http) const SETTINGS: [(&str, &str, Permission); 14] = [
    ("Access Tokens", "/settings/{customer}/tokens", Permission::TokenAdmin),
    ("SFTP", "/settings/{customer}/sftp", Permission::TokenAdmin),
    ("Units", "/settings/{customer}/units", Permission::Admin),
    ("Users", "/settings/{customer}/users", Permission::Admin),
    ("Checks", "/settings/{customer}/checks", Permission::Admin),
    ("Own checks", "/settings/{customer}/own-checks", Permission::Admin),
    ("Screening", "/settings/{customer}/screening", Permission::Admin),
    ("Across units", "/settings/{customer}/across", Permission::Admin),
    ("Mappings", "/settings/{customer}/mappings", Permission::Admin),
    ("Calendar and limits", "/settings/{customer}/limits", Permission::Admin),
    ("Letter to suppliers", "/settings/{customer}/letter", Permission::Admin),
    ("Webhooks", "/settings/{customer}/webhooks", Permission::Admin),
    ("Retention", "/settings/{customer}/retention", Permission::Admin),
    ("Audit log", "/settings/{customer}/audit", Permission::Auditor),
];

impl Layout {
    /// Round a page of a unit, or of the settings of its customer.
    pub(crate) async fn for_member(
        app: &App,
        member: &Member,
        section: Section,
        title: &str,
    ) -> Result<Self, PageError> {
        let mut layout = Self::for_user(app, &member.current_user, title).await?;
        let here = member.path("");
        for link in &mut layout.units {
            link.is_current = link.href == here;
        }
        let place = layout.units.iter().find(|link| link.is_current);
        layout.place = place.map(|link| link.label.clone()).unwrap_or_default();
        layout.sections = SECTIONS
            .into_iter()
            .map(|(known, label, route)| Link {
                is_current: known == section,
                ..Link::new(label, member.fill(route))
            })
            .collect();
        layout.settings = SETTINGS
            .into_iter()
            .filter(|(_, _, permission)| may_set(member, *permission))
            .map(|(label, route, _)| Link {
                is_current: section == Section::Settings(route),
                ..Link::new(label, member.fill(route))
            })
            .collect();
        let is_current = section == Section::Help;
        // Who decides nothing sends nothing either, and looks for what findings say.
        let help = if member.role.may_decide() { "help" } else { "help/findings" };
        layout.help = Some(Link { is_current, ..Link::new("Help", member.path(help)) });
        let named = SECTIONS.into_iter().find(|(known, _, _)| *known == section);
        let above = named.filter(|(_, label, _)| *label != title);
        layout.crumbs.extend(above.map(|(_, label, route)| Link::new(label, member.fill(route))));
        Ok(layout)
    }

    /// Round a page that is about no unit.
    pub(crate) async fn for_user(
        app: &App,
        user: &CurrentUser,
        title: &str,
    ) -> Result<Self, PageError> {
        let units = app.store.system().reachable_units(user.user.id).await?;
        let document = Document::bare(title, user.appearance);
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
            flash: None,
            is_operator: user.user.is_operator,
        })
    }

    /// Adds the sections of the unit that whoever reads was in last, else of their first, on a page that is
    /// in none of them.
    #[must_use]
    pub(crate) fn with_sections(mut self, user: &CurrentUser) -> Self {
        let is_last = |link: &Link| Some(&link.href) == user.last_unit.as_ref();
        let last = self.units.iter().position(is_last).unwrap_or_default();
        // The only one needs no name.
        let is_only = self.units.len() == 1;
        if let Some(unit) = self.units.get_mut(last) {
            if !is_only {
                unit.is_current = true;
                self.place.clone_from(&unit.label);
            }
            let link = |(_, label, route): (Section, &str, &str)| {
                let below = route.trim_start_matches(UNIT);
                Link::new(label, format!("{}{below}", unit.href))
            };
            self.sections = SECTIONS.into_iter().map(link).collect();
            self.help = Some(Link::new("Help", format!("{}help", unit.href)));
        }
        self
    }

    /// Adds something below the section to the way back.
    pub(crate) fn push_crumb(&mut self, label: &str, href: String) {
        self.crumbs.push(Link::new(label, href));
    }

    /// Puts what was just done above the page.
    #[must_use]
    pub(crate) fn with_flash(self, flash: Option<Flash>) -> Self {
        Self { flash: flash.map(|flash| Cow::Borrowed(flash.text())), ..self }
    }
}

/// Returns `true` when a page of the settings is for a member, by what they may for all units.
fn may_set(member: &Member, permission: Permission) -> bool {
    match permission {
        Permission::TokenAdmin => member.may_make_tokens(),
        Permission::Auditor => member.membership.everywhere.is_some_and(MemberRole::may_audit),
        _ => member.membership.everywhere.is_some_and(MemberRole::may_set_up),
    }
}

/// The page on which somebody lands in a unit.
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
