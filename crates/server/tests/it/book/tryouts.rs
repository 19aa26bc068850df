//! The same ledgers for files that are tried: names tell what they hold.

use std::path::PathBuf;
use std::sync::Arc;

use domain::FileType;
use server::ledgers::LedgersError;
use server::tryout::{GivenFile, Input, InputRefusal, OpenLedgers, RulesByType, TryoutLedgers};
use store::Store;

use super::Book;

impl TryoutLedgers for Book {
    fn examine(
        &self,
        file: GivenFile,
        _label: String,
        _rules: &RulesByType,
    ) -> Result<Input, InputRefusal> {
        let by_name = || FileType::guess(&file.name);
        let file_type = file.file_type.or_else(by_name).ok_or(InputRefusal::TypeUnknown)?;
        Ok(Input {
            path: file.path,
            name: file.name,
            file_type,
            type_told: "by its name".to_owned(),
            mapping: None,
            numbered_as: None,
            assumed: vec!["supplier_id".to_owned()],
        })
    }

    fn open(&self, _store: &Store, _spill: PathBuf) -> Result<OpenLedgers, LedgersError> {
        let book = || Arc::new(self.clone());
        Ok(OpenLedgers { reader: book(), checker: book(), browser: book() })
    }
}
