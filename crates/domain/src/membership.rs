//! The roles that somebody has for a customer: one for all of its units, others for some of them.
//!
//! Not for: what a role may do (`user`), or who is a member (`store`).
//!
//! Invariant: a unit's own role goes before the one for all units, be it higher or lower; who has neither
//! may do nothing there.

use std::collections::BTreeMap;

use crate::short_name::UnitName;
use crate::user::MemberRole;

/// The roles of a user for one customer; without any they are no member.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Membership {
    /// For every unit that has no role of its own below, and for the settings of the customer.
    pub everywhere: Option<MemberRole>,
    /// For single units. Whoever is an admin everywhere has none.
    pub units: BTreeMap<UnitName, MemberRole>,
}

/// A role on offer, and where it is for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OfferedRole {
    pub role: MemberRole,
    /// One unit; none: all of them, and the settings of the customer.
    pub unit: Option<UnitName>,
}

impl From<MemberRole> for OfferedRole {
    /// For all units.
    fn from(role: MemberRole) -> Self {
        Self { role, unit: None }
    }
}

impl Membership {
    /// A role for every unit.
    pub fn everywhere(role: MemberRole) -> Self {
        Self { everywhere: Some(role), units: BTreeMap::new() }
    }

    /// Returns `true` when there is no role at all.
    pub fn is_empty(&self) -> bool {
        self.everywhere.is_none() && self.units.is_empty()
    }

    /// The role in a unit; none: not even its name is for them.
    pub fn in_unit(&self, unit: &UnitName) -> Option<MemberRole> {
        self.units.get(unit).copied().or(self.everywhere)
    }

    /// The role that a new one would take the place of: in a unit, or with none for all units.
    pub fn for_place(&self, unit: Option<&UnitName>) -> Option<MemberRole> {
        unit.map_or(self.everywhere, |unit| self.in_unit(unit))
    }

    /// The role that keeps somebody from accepting an offered one: they have as much already, or would lose
    /// something by it.
    pub fn role_against(&self, unit: Option<&UnitName>, offered: MemberRole) -> Option<MemberRole> {
        let has = self.for_place(unit);
        has.filter(|has| has.covers(offered) || !offered.covers(*has))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use MemberRole::{Admin, Analyst, Auditor, Viewer};

    fn unit(name: &str) -> UnitName {
        name.parse().unwrap()
    }

    #[test]
    fn a_units_own_role_goes_first() {
        let mut membership = Membership::default();
        assert!(membership.is_empty());
        assert_eq!(membership.in_unit(&unit("uk")), None);
        membership.units.insert(unit("uk"), Analyst);
        assert!(!membership.is_empty());
        assert_eq!(membership.in_unit(&unit("uk")), Some(Analyst));
        assert_eq!(membership.in_unit(&unit("fr")), None, "others are not theirs");
        assert_eq!(membership.for_place(None), None);
        membership.everywhere = Some(Viewer);
        assert_eq!(membership.in_unit(&unit("fr")), Some(Viewer));
        membership.units.insert(unit("fr"), Auditor);
        membership.everywhere = Some(Analyst);
        assert_eq!(membership.in_unit(&unit("fr")), Some(Auditor), "lower as well");
    }

    #[test]
    fn an_offer_takes_nothing_away() {
        let uk = unit("uk");
        for (has, offered, against) in [
            (None, Viewer, None),
            (Some(Viewer), Viewer, Some(Viewer)),
            (Some(Viewer), Analyst, None),
            (Some(Viewer), Auditor, None),
            (Some(Analyst), Auditor, Some(Analyst)),
            (Some(Auditor), Analyst, Some(Auditor)),
            (Some(Auditor), Admin, None),
            (Some(Admin), Auditor, Some(Admin)),
        ] {
            let everywhere = Membership { everywhere: has, units: BTreeMap::new() };
            assert_eq!(everywhere.role_against(None, offered), against, "{has:?} {offered}");
            let units = has.map(|role| (uk.clone(), role)).into_iter().collect();
            let one = Membership { everywhere: None, units };
            assert_eq!(one.role_against(Some(&uk), offered), against, "{has:?} {offered}");
            assert_eq!(one.role_against(None, offered), None, "for all units there is none yet");
        }
    }
}
