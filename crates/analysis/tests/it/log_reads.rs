//! What an upload costs in requests: a file of the ledger's log is fetched once, however often the ledger is
//! opened.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Arc, Mutex};

use analysis::{Ledgers, Retention};
use async_trait::async_trait;
use domain::FileType;
use futures_util::stream::BoxStream;
use object_store::memory::InMemory;
use object_store::path::Path;
use object_store::{
    CopyOptions, GetOptions, GetResult, ListResult, MultipartUpload, ObjectMeta, ObjectStore,
    PutMultipartOptions, PutOptions, PutPayload, PutResult, Result,
};

use crate::site::{Site, ledger, upload};

/// Counts fetches of files of logs.
#[derive(Debug, Default)]
struct Counting {
    files: InMemory,
    fetches: Mutex<BTreeMap<String, usize>>,
}

impl fmt::Display for Counting {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.files.fmt(f)
    }
}

#[async_trait]
impl ObjectStore for Counting {
    async fn put_opts(
        &self,
        location: &Path,
        payload: PutPayload,
        options: PutOptions,
    ) -> Result<PutResult> {
        self.files.put_opts(location, payload, options).await
    }

    async fn put_multipart_opts(
        &self,
        location: &Path,
        options: PutMultipartOptions,
    ) -> Result<Box<dyn MultipartUpload>> {
        self.files.put_multipart_opts(location, options).await
    }

    async fn get_opts(&self, location: &Path, options: GetOptions) -> Result<GetResult> {
        if let Some((_, name)) = location.as_ref().split_once("/_delta_log/")
            && name.starts_with('0')
        {
            *self.fetches.lock().unwrap().entry(name.to_owned()).or_default() += 1;
        }
        self.files.get_opts(location, options).await
    }

    fn delete_stream(
        &self,
        locations: BoxStream<'static, Result<Path>>,
    ) -> BoxStream<'static, Result<Path>> {
        self.files.delete_stream(locations)
    }

    fn list(&self, prefix: Option<&Path>) -> BoxStream<'static, Result<ObjectMeta>> {
        self.files.list(prefix)
    }

    async fn list_with_delimiter(&self, prefix: Option<&Path>) -> Result<ListResult> {
        self.files.list_with_delimiter(prefix).await
    }

    async fn copy_opts(&self, from: &Path, to: &Path, options: CopyOptions) -> Result<()> {
        self.files.copy_opts(from, to, options).await
    }
}

#[tokio::test]
async fn a_file_of_the_log_is_fetched_once_in_all_steps_of_all_uploads() {
    let counting = Arc::new(Counting::default());
    let site = Site {
        ledgers: Ledgers::new(Arc::clone(&counting) as _, Retention::default()),
        ..Site::new()
    };
    // Past the first checkpoint.
    for number in 1..=24_u8 {
        let content = format!(
            "Unique ID,Invoice Number,Invoice Amount,Base Amount,Invoice Date,Entered Date,Supplier \
             Name,Supplier Ref\n{number},I{number},1.00,1.00,2026-01-02,2026-01-02,Acme,S1\n"
        );
        let name = ledger(FileType::Transactions);
        // As the server does: asks whether it is there, reads, and shows and checks what there is.
        assert_eq!(site.ledgers.find_change(&name, upload(number)).await.unwrap(), None);
        let change = site.read(FileType::Transactions, number, &content).await;
        assert_eq!(site.open(FileType::Transactions).await.version(), change.version);
        assert_eq!(site.ledgers.summary(&name).await.unwrap().rows, u64::from(number));
    }
    let fetches = counting.fetches.lock().unwrap().clone();
    assert!(fetches.len() > 24, "{fetches:?}");
    assert!(fetches.values().all(|count| *count == 1), "{fetches:?}");
}
