//! Where an upload's object lies: `raw/<customer>/<unit>/<yyyy-mm>/<upload id>`.
//!
//! Invariant: made of short names and an id only, so it is a safe path on any disk; a row leads to
//! its key without storing it, and a key to its row.

use domain::{CustomerName, UnitName, Upload, UploadId};

/// The folder at the beginning of all keys.
pub(crate) const ROOT: &str = "raw";
/// Objects of the health check, which have no row.
const PROBE: &str = "probe";

/// The published name of an object.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ObjectKey(String);

impl ObjectKey {
    pub(crate) fn new(customer: &CustomerName, unit: &UnitName, upload: UploadId) -> Self {
        let month = upload.made_at().strftime("%Y-%m");
        Self(format!("{ROOT}/{customer}/{unit}/{month}/{upload}"))
    }

    pub(crate) fn for_upload(upload: &Upload) -> Self {
        Self::new(&upload.customer, &upload.unit, upload.id)
    }

    /// The folder of all objects of a customer, or of a unit.
    pub(crate) fn folder(customer: &CustomerName, unit: Option<&UnitName>) -> String {
        match unit {
            None => format!("{ROOT}/{customer}"),
            Some(unit) => format!("{ROOT}/{customer}/{unit}"),
        }
    }

    pub(crate) fn probe(name: &str) -> Self {
        Self(format!("{PROBE}/{name}"))
    }

    /// The customer, unit and upload of a listed name; `None` for names that are not ours.
    pub(crate) fn parse(name: &str) -> Option<(CustomerName, UnitName, UploadId)> {
        let mut parts = name.split('/');
        let (ROOT, customer, unit, _month, upload, None) = (
            parts.next()?,
            parts.next()?.parse().ok()?,
            parts.next()?.parse().ok()?,
            parts.next()?,
            parts.next()?.parse().ok()?,
            parts.next(),
        ) else {
            return None;
        };
        (Self::new(&customer, &unit, upload).as_str() == name).then_some((customer, unit, upload))
    }

    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;

    use super::*;

    #[test]
    fn a_key_leads_to_its_row() {
        let now: Timestamp = "2026-11-23T10:00:00Z".parse().unwrap();
        let (customer, unit) = ("acme".parse().unwrap(), "uk".parse().unwrap());
        let upload = UploadId::new(now, [7; 10]);
        let key = ObjectKey::new(&customer, &unit, upload);
        assert_eq!(key.as_str(), format!("raw/acme/uk/2026-11/{upload}"));
        assert_eq!(ObjectKey::parse(key.as_str()), Some((customer, unit, upload)));
        for foreign in [
            format!("raw/acme/uk/2026-12/{upload}"),
            format!("raw/Acme/uk/2026-11/{upload}"),
            format!("{}/x", key.as_str()),
            format!("probe/acme/uk/2026-11/{upload}"),
            "raw/acme/uk/2026-11/notes.txt".to_owned(),
            "raw".to_owned(),
        ] {
            assert_eq!(ObjectKey::parse(&foreign), None, "{foreign}");
        }
    }
}
