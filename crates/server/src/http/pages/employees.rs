//! A unit's employees: the list, and one of them.
//!
//! Invariant: who may not see personal data is shown initials, and searches by Employee ID only: a search for
//! a name would say whose it is.

use askama::Template;
use axum::extract::{Path, State};
use domain::ledger_view::LedgerRow;
use domain::{FileType, MemberRole, Visibility};

use super::access::{Member, Unmasker, Viewer};
use super::error::PageError;
use super::filters;
use super::form::Form;
use super::layout::{Layout, Section};
use super::ledger::fields::{self, FieldText};
use super::ledger::{RelatedFindings, rows_by_id};
use super::respond::{PageResult, html};
use super::unmasking::{UnmaskForm, UnmaskOffer};
use crate::App;

const EMPLOYEES: FileType = FileType::Employees;

#[derive(Template)]
#[template(path = "employee.html")]
struct EmployeePage {
    page: Layout,
    here: String,
    is_active: Option<bool>,
    variations: Vec<Vec<FieldText>>,
    findings: RelatedFindings,
    sees_names: bool,
    role: MemberRole,
    unmask_offer: Option<UnmaskOffer>,
    is_whole: bool,
}

pub(crate) async fn get_employee(
    State(app): State<App>,
    viewer: Viewer,
    Path((_, _, id)): Path<(String, String, String)>,
) -> PageResult {
    let rows = rows_by_id(&app, &viewer, EMPLOYEES, &id).await?;
    show(&app, &viewer, &id, &rows, viewer.role.visibility()).await
}

/// Shows an employee with accounts in full; the audit log knows before anybody sees them.
pub(crate) async fn show_employee(
    State(app): State<App>,
    unmasker: Unmasker,
    Path((_, _, id)): Path<(String, String, String)>,
    Form(form): Form<UnmaskForm>,
) -> PageResult {
    let rows = rows_by_id(&app, &unmasker, EMPLOYEES, &id).await?;
    if rows.is_empty() {
        return Err(PageError::NotFound);
    }
    let visibility = unmasker.unmask(&app, ("employee.show", &id), &form).await?;
    show(&app, &unmasker, &id, &rows, visibility).await
}

async fn show(
    app: &App,
    member: &Member,
    id: &str,
    rows: &[LedgerRow],
    visibility: Visibility,
) -> PageResult {
    let newest = rows.iter().find(|row| row.is_active == Some(true)).or_else(|| rows.first());
    let newest = newest.ok_or(PageError::NotFound)?;
    let hides = rows.iter().any(|row| fields::hides_anything(EMPLOYEES, row, visibility));
    let title = match fields::person_name(newest, visibility) {
        name if name.is_empty() => id.to_owned(),
        name => name,
    };
    html(&EmployeePage {
        page: Layout::for_member(app, member, Section::Employees, &title).await?,
        here: member.row_path(EMPLOYEES, id),
        is_active: newest.is_active,
        variations: rows
            .iter()
            .map(|row| fields::field_texts(EMPLOYEES, row, visibility))
            .collect(),
        findings: member.related_findings(app, (EMPLOYEES, id, None), &title).await?,
        role: member.role,
        sees_names: visibility != Visibility::Masked,
        unmask_offer: hides
            .then(|| UnmaskOffer::to(member, member.row_path(EMPLOYEES, id)))
            .flatten(),
        is_whole: visibility == Visibility::Full,
    })
}
