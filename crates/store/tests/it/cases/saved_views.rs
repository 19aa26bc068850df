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
        is_shared: false,
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
    let names: Vec<_> =
        kept.iter().map(|kept| (kept.view.name.as_str(), kept.view.query.as_str())).collect();
    assert_eq!(names, [("large", "min_amount=1"), ("mine", "assignee=ann")]);
    assert!(acme.saved_views(&unit(), bob.id).await.unwrap().is_empty());
    let not_his =
        acme.remove_view(&unit(), (&bob, MemberRole::Viewer), kept[0].view.id, now()).await;
    assert!(matches!(not_his, Err(Error::NotFound { what: "saved view" })));
    acme.remove_view(&unit(), (&ann, MemberRole::Admin), kept[0].view.id, now()).await.unwrap();
    assert_eq!(acme.saved_views(&unit(), ann.id).await.unwrap().len(), 1);
    let log = acme.audit_entries(&AuditFilter::default(), PageSize::default(), None).await.unwrap();
    let views =
        log.items.iter().map(|item| (item.entry.what.as_str(), &item.entry.details["name"]));
    let views: Vec<_> = views.filter(|(what, _)| what.starts_with("view.")).collect();
    assert_eq!(views.len(), 4, "the refused one has none: {views:?}");
    assert_eq!((views[0].0, views[0].1.as_str()), ("view.remove", Some("large")));
}

pub(crate) async fn shared_views_are_everybodys(site: Site) {
    let ann = ann(&site).await;
    let bob = member(&site, &ann, "bob", MemberRole::Analyst).await;
    let acme = site.acme();
    let shared = SavedView { is_shared: true, ..view("large", "min_amount=1") };
    acme.save_view(&unit(), &bob, &shared, now()).await.unwrap();
    acme.save_view(&unit(), &bob, &view("his", "state=open"), now()).await.unwrap();
    acme.save_view(&unit(), &ann, &view("large", "min_amount=9"), now()).await.unwrap();
    let hers = acme.saved_views(&unit(), ann.id).await.unwrap();
    let mut seen: Vec<_> =
        hers.iter().map(|seen| (seen.view.query.as_str(), seen.of.as_deref())).collect();
    seen.sort_unstable();
    assert_eq!(seen, [("min_amount=1", Some("bob")), ("min_amount=9", None)]);
    let here = unit();
    let remove = |who, role| acme.remove_view(&here, (who, role), shared.id, now());
    let as_analyst = remove(&ann, MemberRole::Analyst).await;
    assert!(matches!(as_analyst, Err(Error::NotFound { what: "saved view" })));
    remove(&ann, MemberRole::Admin).await.unwrap();
    assert_eq!(acme.saved_views(&unit(), ann.id).await.unwrap().len(), 1);
    let his = acme.saved_views(&unit(), bob.id).await.unwrap();
    assert_eq!(his.len(), 1, "what he keeps for himself is no admin's");
    let not_shared =
        acme.remove_view(&unit(), (&ann, MemberRole::Admin), his[0].view.id, now()).await;
    assert!(matches!(not_shared, Err(Error::NotFound { what: "saved view" })));
}
