//! The fields beside number, amount and day that two invoices share or do not.

use super::error_model;
use super::odds::{Ratio, Weights};
use super::party_ratios::Likeness;
use super::scorer::Scorer;
use super::{Pair, Subject};
use crate::days::Gap;
use crate::habits::{Field, SHARED_FIELDS, same};

impl Scorer<'_> {
    pub(super) fn add_shared(&self, pair: &Pair, party: u32, gap: Gap, to: &mut impl Weights) {
        for (place, field) in SHARED_FIELDS.into_iter().enumerate() {
            if self.habits.copied(field) >= 1.0 {
                continue;
            }
            let Some(same) = same(self.invoices, field, pair.a, pair.b) else {
                continue;
            };
            let Some(subject) = subject(field) else { continue };
            to.add_of_party(subject, party, Likeness::Shared(gap, place, same), || {
                let alike = self.habits.alike(party, gap, field);
                let [own, pooled] = [alike.own, alike.pooled].map(|usual| {
                    let shared = error_model::shared(field, usual, self.habits.copied(field));
                    if same { shared } else { shared.complement() }
                });
                Ratio::at_most(own, pooled, error_model::shared_at_most(field))
            });
        }
    }
}

pub(super) const fn subject(field: Field) -> Option<Subject> {
    Some(match field {
        Field::SameUser => Subject::User,
        Field::SamePaidDay => Subject::PaidDay,
        Field::SameEnteredDay => Subject::EnteredDay,
        Field::SameOrder => Subject::Order,
        Field::SameGroup => Subject::Group,
        Field::SameMeans => Subject::Means,
        Field::SameDescription => Subject::Description,
        Field::SameReference => Subject::Reference,
        Field::Amount(_) => return None,
    })
}
