//! The requests that an upload costs: a file of the ledger's log is fetched once, however often the ledger is
//! opened.

use std::sync::Arc;

use analysis::{Ledgers, Retention};
use domain::FileType;

use crate::counting_store::CountingStore;
use crate::site::{Site, ledger, upload};

#[tokio::test]
async fn a_file_of_the_log_is_fetched_once_in_all_steps_of_all_uploads() {
    let counting = Arc::new(CountingStore::default());
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
    let mut fetches = counting.fetches();
    fetches.retain(|file, _| {
        file.split_once("/_delta_log/").is_some_and(|(_, name)| name.starts_with('0'))
    });
    assert!(fetches.len() > 24, "{fetches:?}");
    assert!(fetches.values().all(|count| *count == 1), "{fetches:?}");
}
