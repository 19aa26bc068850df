//! Where an object lies: `raw/<customer>/<unit>/<yyyy-mm>/<id>`, of an upload, of a file beside a finding,
//! or of a part of a file that is still on its way.
//!
//! Invariant: made of short names and an id only, so it is a safe path on any disk; a row leads to
//! its key without storing it, and a key to its row.

use std::fmt;

use domain::{AttachmentId, CustomerName, PartId, UnitName, Upload, UploadId};
use jiff::Timestamp;

/// The folder at the beginning of all keys.
pub(crate) const ROOT: &str = "raw";
/// Objects of the health check, which have no row.
const PROBE: &str = "probe";

/// The owner of an object.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ObjectId {
    Upload(UploadId),
    Attachment(AttachmentId),
    Part(PartId),
}

impl ObjectId {
    fn made_at(self) -> Timestamp {
        match self {
            Self::Upload(id) => id.made_at(),
            Self::Attachment(id) => id.made_at(),
            Self::Part(id) => id.made_at(),
        }
    }

    pub(crate) fn parse(text: &str) -> Option<Self> {
        let upload = text.parse().ok().map(Self::Upload);
        upload
            .or_else(|| text.parse().ok().map(Self::Attachment))
            .or_else(|| text.parse().ok().map(Self::Part))
    }
}

impl fmt::Display for ObjectId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Upload(id) => fmt::Display::fmt(id, f),
            Self::Attachment(id) => fmt::Display::fmt(id, f),
            Self::Part(id) => fmt::Display::fmt(id, f),
        }
    }
}

impl From<UploadId> for ObjectId {
    fn from(id: UploadId) -> Self {
        Self::Upload(id)
    }
}

impl From<AttachmentId> for ObjectId {
    fn from(id: AttachmentId) -> Self {
        Self::Attachment(id)
    }
}

impl From<PartId> for ObjectId {
    fn from(id: PartId) -> Self {
        Self::Part(id)
    }
}

/// The published name of an object.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ObjectKey(String);

impl ObjectKey {
    pub(crate) fn new(customer: &CustomerName, unit: &UnitName, of: impl Into<ObjectId>) -> Self {
        let of = of.into();
        let month = of.made_at().strftime("%Y-%m");
        Self(format!("{ROOT}/{customer}/{unit}/{month}/{of}"))
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

    /// The customer, unit and owner of a listed name; `None` for names that are not ours.
    pub(crate) fn parse(name: &str) -> Option<(CustomerName, UnitName, ObjectId)> {
        let mut parts = name.split('/');
        let (ROOT, customer, unit, _month, of, None) = (
            parts.next()?,
            parts.next()?.parse().ok()?,
            parts.next()?.parse().ok()?,
            parts.next()?,
            ObjectId::parse(parts.next()?)?,
            parts.next(),
        ) else {
            return None;
        };
        (Self::new(&customer, &unit, of).as_str() == name).then_some((customer, unit, of))
    }

    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_leads_to_its_row() {
        let now: Timestamp = "2026-11-23T10:00:00Z".parse().unwrap();
        let (customer, unit) = ("acme".parse().unwrap(), "uk".parse().unwrap());
        let upload = UploadId::new(now, [7; 10]);
        let key = ObjectKey::new(&customer, &unit, upload);
        assert_eq!(key.as_str(), format!("raw/acme/uk/2026-11/{upload}"));
        let owner = (customer.clone(), unit.clone(), ObjectId::Upload(upload));
        assert_eq!(ObjectKey::parse(key.as_str()), Some(owner));
        let attachment = AttachmentId::new(now, [7; 10]);
        let key = ObjectKey::new(&customer, &unit, attachment);
        let owner = (customer.clone(), unit.clone(), ObjectId::Attachment(attachment));
        assert_eq!(ObjectKey::parse(key.as_str()), Some(owner));
        let part = PartId::new(now, [7; 10]);
        let key = ObjectKey::new(&customer, &unit, part);
        assert_eq!(ObjectKey::parse(key.as_str()), Some((customer, unit, ObjectId::Part(part))));
        let key = ObjectKey::new(&"acme".parse().unwrap(), &"uk".parse().unwrap(), upload);
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
