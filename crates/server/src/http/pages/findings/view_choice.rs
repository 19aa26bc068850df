//! The filters that somebody may open by a name: their own, and those that colleagues share.

use domain::MemberRole;
use store::VisibleView;

use crate::http::pages::access::Member;
use crate::http::pages::error::PageError;

/// A kept filter to choose.
pub(super) struct ViewChoice {
    pub(super) id: String,
    pub(super) name: String,
    pub(super) query: String,
    /// The words on who shares it, also where that is oneself; empty of what nobody else sees.
    pub(super) shared: String,
    pub(super) may_remove: bool,
}

/// All that a member may open in the unit.
pub(super) async fn views(member: &Member) -> Result<Vec<ViewChoice>, PageError> {
    let kept = member.store.saved_views(&member.unit, member.current_user.user.id).await?;
    let is_admin = member.role == MemberRole::Admin;
    let choice = |VisibleView { view, of }: VisibleView| ViewChoice {
        id: view.id.to_string(),
        name: view.name,
        query: view.query,
        may_remove: of.is_none() || is_admin,
        shared: match of {
            Some(name) => format!("shared by {name}"),
            None if view.is_shared => "shared by you".to_owned(),
            None => String::new(),
        },
    };
    Ok(kept.into_iter().map(choice).collect())
}
