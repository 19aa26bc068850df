//! The same ledgers for files that are tried: names tell what they hold.

use std::path::PathBuf;
use std::sync::Arc;

use domain::{FieldSource, FileType, Mapping};
use server::ledgers::LedgersError;
use server::tryout::{GivenFile, InputFile, InputRefusal, OpenLedgers, RulesByType, TryoutLedgers};
use store::Store;

use super::Book;

impl TryoutLedgers for Book {
    fn examine(
        &self,
        file: GivenFile,
        _label: String,
        _rules: &RulesByType,
    ) -> Result<InputFile, InputRefusal> {
        let by_name = || FileType::guess(&file.name);
        let file_type = file.file_type.or_else(by_name).ok_or(InputRefusal::TypeUnknown)?;
        let paid = FieldSource::SameAs { field: "paid_date".to_owned() };
        Ok(InputFile {
            path: file.path,
            name: file.name,
            file_type,
            type_told: "by its name".to_owned(),
            mapping: (file_type == FileType::Transactions).then(|| Mapping {
                fields: [("invoice_date".to_owned(), paid)].into(),
                ..Mapping::default()
            }),
            numbered_as: None,
            assumed: vec!["supplier_id".to_owned()],
        })
    }

    fn open(&self, _store: &Store, _spill: PathBuf) -> Result<OpenLedgers, LedgersError> {
        let book = || Arc::new(self.clone());
        Ok(OpenLedgers { reader: book(), checker: book(), browser: book() })
    }
}
