//! Letters to suppliers about money that is to come back: one for each supplier, about one finding or
//! several, as text, as PDF, as a draft of an e-mail, and with all that belongs to it in one ZIP.
//!
//! Not for: sending them, or what the template says (`letter_template`).
//!
//! Invariant: a letter is about findings that were decided to be true and whose money is outstanding, and
//! only an [`Analyst`] sees one.

mod draft;
mod eml;
mod item;
mod pack;
mod request;
mod same_money;
mod template_choice;

use api::FINDINGS_AT_ONCE_MAX;
use askama::Template;
use axum::body::Body;
use axum::extract::{RawQuery, State};
use axum::response::Response;
use domain::finding::{NewRecovery, ReceivedAmount, RecoveryRequest, RecoveryStage};
use domain::letter::DAYS_TO_ANSWER;
use domain::page::{PAGE_SIZE_MAX, PageSize};
use domain::{AuditEntry, FindingKey, text};
use http::HeaderValue;
use http::header;
use jiff::ToSpan as _;
use jiff::civil::Date;
use serde::Deserialize;
use serde_json::json;
use store::{FindingFilter, FindingOrder, Inclusion, MoneyBack, SeenFinding};

use super::access::Analyst;
use super::error::PageError;
use super::field::{Text, valid};
use super::filters;
use super::flash::Flash;
use super::form::Form;
use super::format;
use super::layout::{Layout, Section};
use super::respond::{PageResult, html, see_other};
use super::verdicts::ticked_findings;
use crate::App;
use draft::{Draft, drafts};
use template_choice::{TemplateChoice, TemplateOption};

const TEXT: HeaderValue = HeaderValue::from_static("text/plain; charset=utf-8");
const EML: HeaderValue = HeaderValue::from_static("message/rfc822");
const PDF: HeaderValue = HeaderValue::from_static("application/pdf");
const ZIP: HeaderValue = HeaderValue::from_static("application/zip");
/// The letters of a supplier's name that the name of its file has.
const NAMED_MAX: usize = 60;

#[derive(Template)]
#[template(path = "letter.html")]
struct LetterPage {
    page: Layout,
    drafts: Vec<Draft>,
    recovery: String,
    /// Why there is nothing to ask for in some of those that were named.
    left_out: Vec<String>,
    today: String,
    due: String,
    here: String,
    claim: String,
    /// The templates to choose from; empty where there is one only.
    templates: Vec<TemplateOption>,
    /// The fields of this address but for the template.
    asked: Vec<(&'static str, String)>,
    template: String,
    may_set_up: bool,
    /// The short name of the unit, where a letter is signed by it.
    short_name: Option<String>,
    units: String,
}

/// The findings that an address of a letter names, and the day by which an answer is asked for.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct LetterQuery {
    finding: Vec<String>,
    /// All that is to be asked for of the supplier with this reference, else all that is outstanding; with
    /// findings, which of their suppliers is asked.
    supplier: Text,
    #[serde(deserialize_with = "valid")]
    due: Option<Date>,
    /// The word of a template; empty: by what each letter is about.
    template: Text,
}

/// The findings of letters, whom they ask until when, and by which template.
struct LetterRequest {
    keys: Vec<FindingKey>,
    supplier: Text,
    due: Date,
    template: Text,
    /// The fields of the address but for the template.
    asked: Vec<(&'static str, String)>,
}

/// The form of those that are ticked in a list.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct SelectionForm {
    finding: Vec<String>,
}

/// A letter that was sent: the money of its findings is asked for from then on.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct RequestedForm {
    finding: Vec<String>,
    #[serde(deserialize_with = "valid")]
    on: Option<Date>,
    #[serde(deserialize_with = "valid")]
    due: Option<Date>,
    reference: Text,
}

impl LetterQuery {
    /// The fields but for the template.
    fn asked(&self) -> Vec<(&'static str, String)> {
        let findings = self.finding.iter().map(|key| ("finding", key.clone()));
        let supplier = Some(self.supplier.to_string()).filter(|supplier| !supplier.is_empty());
        let supplier = supplier.map(|supplier| ("supplier", supplier));
        findings.chain(supplier).chain(self.due.map(|due| ("due", due.to_string()))).collect()
    }
}

/// On to the letter about what is ticked.
pub(crate) async fn begin_letter(analyst: Analyst, Form(form): Form<SelectionForm>) -> PageResult {
    let ticked = ticked_findings(&form.finding)?;
    if ticked.is_empty() {
        return see_other(&Flash::NothingTicked.on(&analyst.path("recovery")));
    }
    let mut query = form_urlencoded::Serializer::new(String::new());
    for SeenFinding { key, .. } in &ticked {
        query.append_pair("finding", key.as_str());
    }
    see_other(&analyst.path(&format!("letter?{}", query.finish())))
}

pub(crate) async fn get_letter(
    State(app): State<App>,
    analyst: Analyst,
    RawQuery(query): RawQuery,
    flash: Option<Flash>,
) -> PageResult {
    let today = today(&app);
    let request = wanted(&analyst, query.as_deref(), today).await?;
    let LetterRequest { keys, supplier, due, template, asked } = request;
    let templates = analyst.store.letter_templates().await?;
    let choice = TemplateChoice::parse(&template, &templates)?;
    let (drafts, left_out) =
        drafts(&app, &analyst, (&keys, &supplier), &choice, (today, due)).await?;
    let page = Layout::for_member(&app, &analyst, Section::Recovery, "Letter").await?;
    let unit = analyst.unit.as_str();
    let short_name = drafts.iter().any(|draft| is_signed_by(&draft.letter.body, unit));
    html(&LetterPage {
        page: page.with_flash(flash),
        drafts,
        recovery: analyst.path("recovery"),
        left_out,
        today: today.to_string(),
        due: due.to_string(),
        here: analyst.path("letter"),
        claim: analyst.path("claim.zip"),
        templates: choice.options(),
        asked,
        template: analyst.fill(super::letter_template::PATH),
        may_set_up: analyst.role.may_set_up(),
        short_name: short_name.then(|| unit.to_owned()),
        units: analyst.fill(super::units::PATH),
    })
}

/// Returns `true` when a letter names nobody but a unit's short name as the organisation: in a line of its
/// own.
fn is_signed_by(body: &str, unit: &str) -> bool {
    body.lines().any(|line| line.trim() == unit)
}

/// The text of one letter.
pub(crate) async fn get_letter_text(
    State(app): State<App>,
    analyst: Analyst,
    RawQuery(query): RawQuery,
) -> PageResult {
    let draft = only_draft(&app, &analyst, query.as_deref()).await?;
    let name = file_name(&draft, "letter", "txt");
    Ok(file(draft.letter.body, TEXT, name))
}

/// One letter as a draft of an e-mail, which a mail program opens to be sent.
pub(crate) async fn get_letter_eml(
    State(app): State<App>,
    analyst: Analyst,
    RawQuery(query): RawQuery,
) -> PageResult {
    let draft = only_draft(&app, &analyst, query.as_deref()).await?;
    let message = eml::message(&draft.letter, &draft.to, app.clock.now());
    Ok(file(message, EML, file_name(&draft, "letter", "eml")))
}

/// One letter as pages to print or to attach.
pub(crate) async fn get_letter_pdf(
    State(app): State<App>,
    analyst: Analyst,
    RawQuery(query): RawQuery,
) -> PageResult {
    let draft = only_draft(&app, &analyst, query.as_deref()).await?;
    let written = pack::pdf(&draft.letter, app.clock.now()).map_err(PageError::internal)?;
    Ok(file(written, PDF, file_name(&draft, "letter", "pdf")))
}

/// One letter with its invoices and the reasons, to be sent together.
pub(crate) async fn get_claim(
    State(app): State<App>,
    analyst: Analyst,
    RawQuery(query): RawQuery,
) -> PageResult {
    let draft = only_draft(&app, &analyst, query.as_deref()).await?;
    let now = app.clock.now();
    let written = pack::zip(&draft, now).map_err(PageError::internal)?;
    let findings: Vec<&FindingKey> = draft.findings.iter().map(|finding| &finding.key).collect();
    let entry = AuditEntry {
        at: now,
        who: analyst.address().to_owned(),
        what: "finding.claim".to_owned(),
        about: analyst.unit.to_string(),
        customer: Some(analyst.customer.clone()),
        details: json!({ "unit": analyst.unit, "findings": findings }),
    };
    analyst.store.audit(entry).await?;
    Ok(file(written, ZIP, file_name(&draft, "claim", "zip")))
}

/// Notes that the letter was sent: the money of its findings is asked for.
pub(crate) async fn ask_by_letter(
    State(app): State<App>,
    analyst: Analyst,
    Form(form): Form<RequestedForm>,
) -> PageResult {
    let findings = ticked_findings(&form.finding)?;
    let recovery = analyst.path("recovery");
    if findings.is_empty() {
        return see_other(&Flash::NothingTicked.on(&recovery));
    }
    let request = RecoveryRequest {
        stage: RecoveryStage::Asked,
        amount: None,
        above: None,
        amount_is: ReceivedAmount::All,
        on: form.on,
        reference: form.reference.to_string(),
        due: form.due,
        words: String::new(),
    };
    let step = NewRecovery::new(request, today(&app)).map_err(PageError::impossible)?;
    analyst.store.step_recovery(&analyst.unit, findings, &step, analyst.decider(&app)).await?;
    see_other(&Flash::AskedFor.on(&format!("{recovery}?stage=asked")))
}

/// The one letter that an address names.
async fn only_draft(app: &App, analyst: &Analyst, query: Option<&str>) -> Result<Draft, PageError> {
    let today = today(app);
    let LetterRequest { keys, supplier, due, template, .. } = wanted(analyst, query, today).await?;
    let templates = analyst.store.letter_templates().await?;
    let choice = TemplateChoice::parse(&template, &templates)?;
    let (drafts, _) = drafts(app, analyst, (&keys, &supplier), &choice, (today, due)).await?;
    let mut drafts = drafts.into_iter();
    match (drafts.next(), drafts.next()) {
        (Some(draft), None) => Ok(draft),
        (None, _) => Err(PageError::NotFound),
        (Some(_), Some(_)) => Err(PageError::Impossible(
            "These findings are of several suppliers: each gets a letter of its own.".to_owned(),
        )),
    }
}

fn today(app: &App) -> Date {
    format::today(app.clock.now())
}

async fn wanted(
    analyst: &Analyst,
    query: Option<&str>,
    today: Date,
) -> Result<LetterRequest, PageError> {
    let query: LetterQuery = serde_html_form::from_str(query.unwrap_or_default())
        .map_err(|_no_letter| PageError::NotFound)?;
    if query.finding.len() > FINDINGS_AT_ONCE_MAX {
        return Err(PageError::FormTooLong);
    }
    let keys = query.finding.iter().map(|key| key.parse().map_err(|_no_key| PageError::NotFound));
    let due = query.due.unwrap_or_else(|| today.saturating_add(DAYS_TO_ANSWER.days()));
    let mut keys: Vec<FindingKey> = keys.collect::<Result<_, _>>()?;
    if keys.is_empty() && !query.supplier.is_empty() {
        let outstanding = FindingFilter {
            of_supplier: Some(query.supplier.to_string()),
            money_back: Some(MoneyBack::Outstanding),
            gone: Inclusion::Yes,
            suppressed: Inclusion::Yes,
            ..FindingFilter::default()
        };
        let to_ask = FindingFilter { recovery: Some(RecoveryStage::ToAsk), ..outstanding.clone() };
        let (store, order) = (&analyst.store, FindingOrder::Priority);
        let size = PageSize::fixed(PAGE_SIZE_MAX);
        // Where all was asked for, the letter is a reminder.
        for filter in [to_ask, outstanding] {
            if keys.is_empty() {
                let found = store.findings(&analyst.unit, &filter, order, size, None).await?;
                keys.extend(found.items.into_iter().map(|found| found.key));
            }
        }
    }
    let asked = query.asked();
    // All of a supplier is a choice of findings: whom each asks is settled by where its money went.
    let supplier = if query.finding.is_empty() { Text::default() } else { query.supplier };
    Ok(LetterRequest { keys, supplier, due, template: query.template, asked })
}

/// `letter_ALDER-SONS.pdf`: the letters in a folder are told apart by their suppliers.
fn file_name(draft: &Draft, what: &str, extension: &str) -> HeaderValue {
    let plain = text::fold(&draft.supplier);
    let words = plain.split(|letter: char| !letter.is_ascii_alphanumeric());
    let words: Vec<&str> = words.filter(|word| !word.is_empty()).collect();
    let whose: String = words.join("-").chars().take(NAMED_MAX).collect();
    let name = if whose.is_empty() { what.to_owned() } else { format!("{what}_{whose}") };
    HeaderValue::try_from(format!("attachment; filename=\"{name}.{extension}\""))
        .expect("letters and digits are a header")
}

fn file(content: impl Into<Body>, media: HeaderValue, name: HeaderValue) -> Response {
    let mut response = Response::new(content.into());
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, media);
    headers.insert(header::CONTENT_DISPOSITION, name);
    response
}
