//! Queues that a user keeps under a name, for themselves or for everybody of the unit.
//!
//! Invariant: whoever shares one decides here; a viewer keeps their own only.

use axum::extract::{Path, State};
use domain::SavedViewId;
use serde::Deserialize;
use store::SavedView;

use super::access::Viewer;
use super::error::PageError;
use super::field::Text;
use super::findings::filter::QueueFilter;
use super::flash::Flash;
use super::form::Form;
use super::respond::{PageResult, see_other};
use crate::App;
use crate::limits::VIEW_QUERY_BYTES_MAX;

/// Longer names do not fit beside each other.
const NAME_CHARS_MAX: usize = 40;

/// A queue and what it shall be called; its name is not asked for where it is removed.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct ViewForm {
    #[serde(deserialize_with = "QueueFilter::from_field")]
    queue: QueueFilter,
    name: Text,
    /// Anything: everybody of the unit shall see it.
    shared: Text,
}

pub(crate) async fn save_view(
    State(app): State<App>,
    viewer: Viewer,
    Form(form): Form<ViewForm>,
) -> PageResult {
    let (name, now) = (&*form.name, app.clock.now());
    if name.is_empty() || name.chars().count() > NAME_CHARS_MAX {
        let why = "A view is kept by a name of 1 to 40 characters. Go back and write one.";
        return Err(PageError::Impossible(why.to_owned()));
    }
    if form.queue.query().len() > VIEW_QUERY_BYTES_MAX {
        let why = "What is searched for is too long to be kept. Go back and shorten it.";
        return Err(PageError::Impossible(why.to_owned()));
    }
    let is_shared = !form.shared.is_empty();
    if is_shared && !viewer.role.may_decide() {
        let why = "Only those who decide here share views. Go back and keep it for yourself.";
        return Err(PageError::Impossible(why.to_owned()));
    }
    let view = SavedView {
        id: SavedViewId::new(now, app.randomness.bytes()),
        name: name.to_owned(),
        query: form.queue.query(),
        is_shared,
    };
    viewer.store.save_view(&viewer.unit, &viewer.current_user.user, &view, now).await?;
    see_other(&Flash::ViewSaved.on(&viewer.path(&format!("findings?{}", form.queue.query()))))
}

pub(crate) async fn remove_view(
    State(app): State<App>,
    viewer: Viewer,
    Path((_, _, view)): Path<(String, String, String)>,
    Form(form): Form<ViewForm>,
) -> PageResult {
    let view: SavedViewId = view.parse().map_err(|_no_id| PageError::NotFound)?;
    let (user, now) = (&viewer.current_user.user, app.clock.now());
    viewer.store.remove_view(&viewer.unit, (user, viewer.role), view, now).await?;
    see_other(&Flash::ViewRemoved.on(&viewer.path(&format!("findings?{}", form.queue.query()))))
}
