//! The files of one version of a ledger, as its log names them.

use object_store::ObjectMeta;
use object_store::path::Path;

use super::{Ledger, is_beside_log};
use crate::error::Error;
use crate::part::Part;

impl Ledger {
    /// The parts in the order of their names.
    pub(crate) fn parts(&self) -> Result<Vec<Part>, Error> {
        let parts = self.listed("")?;
        Ok(parts.into_iter().map(|(part, _)| part).collect())
    }

    /// The parts as a store lists them in whose folder `place` the ledger is, without asking it.
    pub(crate) fn listed_parts(&self, place: &str) -> Result<Vec<ObjectMeta>, Error> {
        let parts = self.listed(place)?;
        Ok(parts.into_iter().map(|(_, listed)| listed).collect())
    }

    fn listed(&self, place: &str) -> Result<Vec<(Part, ObjectMeta)>, Error> {
        let files = self.state()?.log_data();
        let mut parts: Vec<(Part, ObjectMeta)> = files
            .iter()
            .map(|file| {
                let rows = file.num_records();
                let path = file.path().into_owned();
                if !is_beside_log(&path) {
                    return Err(Error::storage("a part lies outside of the ledger's folder"));
                }
                let bytes = u64::try_from(file.size()).map_err(Error::storage)?;
                let listed = ObjectMeta {
                    location: Path::from(format!("{place}/{path}")),
                    last_modified: file.modification_datetime().map_err(Error::storage)?,
                    size: bytes,
                    e_tag: None,
                    version: None,
                };
                let rows =
                    rows.ok_or_else(|| Error::storage("a part does not say its rows"))? as u64;
                Ok((Part { path, bytes, rows }, listed))
            })
            .collect::<Result<_, Error>>()?;
        parts.sort_by(|(a, _), (b, _)| a.path.cmp(&b.path));
        Ok(parts)
    }
}
