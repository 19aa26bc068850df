//! Lists in pages.

use domain::page::PageSize;
use jiff::ToSpan as _;
use store::Error;

use crate::site::{Site, file_name, now, unit};

pub(crate) async fn pages_follow_each_other_newest_first(site: Site) {
    let mut expected = Vec::new();
    for (place, second) in [0, 1, 1, 1, 2, 2, 3].into_iter().enumerate() {
        let mut new = site.new_upload("a.csv");
        new.file_name = file_name(&format!("{place}.csv"));
        new.received_at = now() + second.seconds();
        expected.push(site.try_receive(new, b"1").await.unwrap().into_upload());
    }
    expected.sort_by_key(|upload| (upload.received_at, upload.id));
    expected.reverse();

    for size in [1, 2, 3, 7, 8] {
        let (mut found, mut after) = (Vec::new(), None);
        loop {
            let size = PageSize::try_from(size).unwrap();
            let page = site.acme().uploads(&unit(), size, after).await.unwrap();
            assert!(page.items.len() <= size.get() as usize);
            found.extend(page.items);
            after = page.next;
            if after.is_none() {
                break;
            }
        }
        assert_eq!(found, expected, "in pages of {size}");
    }
    let unknown = site.new_upload("b.csv").id;
    let page = site.acme().uploads(&unit(), PageSize::default(), Some(unknown)).await;
    assert!(matches!(page, Err(Error::NotFound { what: "upload" })), "{page:?}");
}
