//! Filters that users keep.

use domain::{MemberRole, SavedViewId};
use store::{Error, SavedView};

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
    acme.save_view(&unit(), ann.id, &view("mine", "state=open"), now()).await.unwrap();
    acme.save_view(&unit(), ann.id, &view("large", "min_amount=1"), now()).await.unwrap();
    acme.save_view(&unit(), ann.id, &view("mine", "assignee=ann"), now()).await.unwrap();
    let kept = acme.saved_views(&unit(), ann.id).await.unwrap();
    let names: Vec<_> = kept.iter().map(|view| (view.name.as_str(), view.query.as_str())).collect();
    assert_eq!(names, [("large", "min_amount=1"), ("mine", "assignee=ann")]);
    assert!(acme.saved_views(&unit(), bob.id).await.unwrap().is_empty());
    let not_his = acme.remove_view(&unit(), bob.id, kept[0].id).await;
    assert!(matches!(not_his, Err(Error::NotFound { what: "saved view" })));
    acme.remove_view(&unit(), ann.id, kept[0].id).await.unwrap();
    assert_eq!(acme.saved_views(&unit(), ann.id).await.unwrap().len(), 1);
}
