//! Filters that users keep.

use domain::page::PageSize;
use domain::{MemberRole, SavedViewId};
use store::{AuditFilter, Error, SavedView};

use crate::cases::invitations::{ann, member};
use crate::site::{Site, now, random, unit};

fn view(name: &str, query: &str) -> SavedView {
    SavedView {
        id: SavedViewId::new(now(), random()),
        name: name.to_owned(),
        query: query.to_owned(),
    }
}

pub(crate) async fn views_are_each_users_own(site: Site) {
    let ann = ann(&site).await;
    let bob = member(&site, &ann, "bob", MemberRole::Viewer).await;
    let acme = site.acme();
    acme.save_view(&unit(), &ann, &view("mine", "state=open"), now()).await.unwrap();
    acme.save_view(&unit(), &ann, &view("large", "min_amount=1"), now()).await.unwrap();
    acme.save_view(&unit(), &ann, &view("mine", "assignee=ann"), now()).await.unwrap();
    let kept = acme.saved_views(&unit(), ann.id).await.unwrap();
    let names: Vec<_> = kept.iter().map(|view| (view.name.as_str(), view.query.as_str())).collect();
    assert_eq!(names, [("large", "min_amount=1"), ("mine", "assignee=ann")]);
    assert!(acme.saved_views(&unit(), bob.id).await.unwrap().is_empty());
    let not_his = acme.remove_view(&unit(), &bob, kept[0].id, now()).await;
    assert!(matches!(not_his, Err(Error::NotFound { what: "saved view" })));
    acme.remove_view(&unit(), &ann, kept[0].id, now()).await.unwrap();
    assert_eq!(acme.saved_views(&unit(), ann.id).await.unwrap().len(), 1);
    let log = acme.audit_entries(&AuditFilter::default(), PageSize::default(), None).await.unwrap();
    let views =
        log.items.iter().map(|item| (item.entry.what.as_str(), &item.entry.details["name"]));
    let views: Vec<_> = views.filter(|(what, _)| what.starts_with("view.")).collect();
    assert_eq!(views.len(), 4, "the refused one has none: {views:?}");
    assert_eq!((views[0].0, views[0].1.as_str()), ("view.remove", Some("large")));
}
