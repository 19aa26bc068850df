//! Queues that a user keeps under a name.

use axum::extract::{Path, State};
use domain::SavedViewId;
use store::SavedView;

use super::access::Viewer;
use super::error::PageError;
use super::findings::filter::QueueFilter;
use super::form::Form;
use super::respond::{PageResult, see_other};
use crate::App;

/// Longer names do not fit beside each other.
const NAME_CHARS_MAX: usize = 40;

pub(crate) async fn save_view(State(app): State<App>, viewer: Viewer, form: Form) -> PageResult {
    let queue_filter = QueueFilter::parse(form.raw("queue"));
    let (name, now) = (form.text("name"), app.clock.now());
    if name.is_empty() || name.chars().count() > NAME_CHARS_MAX {
        let why = "A view is kept by a name of 1 to 40 characters. Go back and write one.";
        return Err(PageError::Impossible(why.to_owned()));
    }
    let view = SavedView {
        id: SavedViewId::new(now, app.randomness.bytes()),
        name: name.to_owned(),
        query: queue_filter.query(),
    };
    viewer.store.save_view(&viewer.unit, viewer.current_user.user.id, &view, now).await?;
    see_other(&viewer.path(&format!("findings?{}", queue_filter.query_with("said", "view-kept"))))
}

pub(crate) async fn remove_view(
    viewer: Viewer,
    Path((_, _, view)): Path<(String, String, String)>,
    form: Form,
) -> PageResult {
    let view: SavedViewId = view.parse().map_err(|_no_id| PageError::NotFound)?;
    viewer.store.remove_view(&viewer.unit, viewer.current_user.user.id, view).await?;
    let query = QueueFilter::parse(form.raw("queue")).query_with("said", "view-removed");
    see_other(&viewer.path(&format!("findings?{query}")))
}
