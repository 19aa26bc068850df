//! An organisation in which everything is there that a route may name, and somebody of each role.

mod contents;

use std::collections::BTreeMap;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64;
use domain::{
    AccessScope, AttachmentId, DeliveryId, InvitationId, MemberRole, OfferedRole, ResumableId,
    Role, SavedViewId, Secret, SessionId, TokenId, UnitName, UserId, VerdictId, WebhookId,
};
use http::Method;
use jiff::SignedDuration;
use server::http::Route;
use server::sign_in::{links, password_hash};
use store::{NewSession, NewUser, OperatorChange, SavedView, User};

use self::contents::{
    LETTER, attach, begin_resumable, decide, fill_ledgers, keep_check, keep_payments,
    keep_settings, keep_webhook, statement,
};
use super::bodies::api_body;
use crate::book::Act;
use crate::browser::{Browser, PASSWORD};
use crate::desk::{Answer, Desk, checked, key, now};
use crate::pages::scans::of_the_internet;
use crate::workplace::{acme, random, unit};

const FILE: &str = "a_20261123.csv";

pub(crate) struct Fixture {
    pub(crate) desk: Desk,
    password_hash: Secret<String>,
    upload: String,
    run: String,
    /// One for each of two who end one.
    verdicts: [VerdictId; 2],
    /// A member to whom things are done.
    spare: UserId,
    invitation: InvitationId,
    tokens: BTreeMap<String, TokenId>,
    assets: String,
    webhook: WebhookId,
    delivery: DeliveryId,
    attachment: AttachmentId,
    /// A file on its way in several requests.
    resumable: ResumableId,
}

/// Somebody with a browser, and what is theirs.
pub(crate) struct Person {
    /// The column of the table that says how far they come.
    pub(crate) column: &'static str,
    pub(crate) name: String,
    pub(crate) browser: Browser,
    view: SavedViewId,
    /// A session of theirs, which is not the one they walk with.
    session: SessionId,
}

/// A program with a token, or without.
pub(crate) struct TokenHolder {
    pub(crate) column: &'static str,
    /// The column of its role, wherever it may be used.
    pub(crate) role_column: &'static str,
    pub(crate) name: String,
    pub(crate) token: Option<String>,
    /// The number of what is there once for each that is theirs.
    pub(crate) place: usize,
}

fn uk() -> UnitName {
    "uk".parse().unwrap()
}

impl Fixture {
    pub(crate) async fn make() -> Self {
        let mut found = checked(3);
        // Nobody's address, so that whoever is let in is told so at once.
        let scan = ("scanned_image".to_owned(), "https://198.51.100.7/1.png".to_owned());
        found.findings[0].rows[0].fields.extend([scan]);
        let desk = Desk::fetching_by(of_the_internet(), &found).await;
        let (system, store) = (desk.app.store.system(), desk.app.store.customer(&acme()));
        system.add_unit(&acme(), &uk(), "operator", now()).await.unwrap();
        for customer in ["other", "bare"] {
            desk.add_customer(customer).await;
        }
        fill_ledgers(&desk);
        desk.book.next(FILE, Act::Refuse);
        keep_check(&desk).await;
        let (webhook, delivery) = keep_webhook(&desk).await;
        let upload = desk.receive(FILE, "SAP").await;
        desk.work().await;
        let attachment = attach(&desk).await;
        keep_settings(&desk).await;
        keep_payments(&desk, &upload).await;
        let runs = store.runs(&unit(), domain::page::PageSize::default(), None).await.unwrap();
        let verdicts = [decide(&desk, 1).await, decide(&desk, 2).await];
        let (_, new) =
            links::new_invitation(&desk.app.randomness, now(), SignedDuration::from_hours(24));
        let (guest, viewer) = ("guest@example.org".parse().unwrap(), MemberRole::Viewer);
        store.invite(new, Some(&guest), viewer, "ann@example.org", now()).await.unwrap();
        let page = Browser::default().get(&desk, "/sign-in").await;
        let assets = page.between("href=\"/assets/", "\"").unwrap().to_owned();
        let password = domain::NewPassword::new(PASSWORD.to_owned(), &[]).unwrap();
        let mut fixture = Self {
            password_hash: password_hash::hash(password, &desk.app.randomness).await.unwrap(),
            upload,
            run: runs.items[0].run_id.to_string(),
            verdicts,
            spare: UserId::new(now(), random()),
            invitation: new.id,
            tokens: BTreeMap::new(),
            assets,
            webhook,
            delivery,
            attachment,
            resumable: begin_resumable(&desk).await,
            desk,
        };
        fixture.spare = fixture.user("spare", Some(("acme", viewer.into()))).await.id;
        for unit in [unit(), uk()] {
            let scope = AccessScope { units: Some(vec![unit.clone()]), ..whole("acme") };
            fixture.desk.token_for(scope, Role::Viewer, unit.as_str()).await;
            fixture.desk.sftp_credential(unit, None).await;
        }
        for record in system.tokens(Some(&acme())).await.unwrap() {
            if record.scope.units.is_some() {
                fixture.tokens.insert(record.label, record.id);
            }
        }
        fixture
    }

    /// Somebody with an account, and a role where they have one.
    async fn user(&self, name: &str, role: Option<(&str, OfferedRole)>) -> User {
        let email = format!("{name}@example.org").parse().unwrap();
        let (customer, offered) = role.unwrap_or(("other", MemberRole::Viewer.into()));
        let store = self.desk.app.store.customer(&customer.parse().unwrap());
        let (_, new) =
            links::new_invitation(&self.desk.app.randomness, now(), SignedDuration::from_hours(24));
        store.invite(new, Some(&email), offered, "ann@example.org", now()).await.unwrap();
        let user = NewUser {
            id: UserId::new(now(), random()),
            email,
            name: name.parse().unwrap(),
            password_hash: Some(self.password_hash.clone()),
        };
        let system = self.desk.app.store.system();
        system.accept_invitation(new.secret_hash, user, now()).await.unwrap()
    }

    /// The cookie of a new session.
    async fn session(&self, user: &User) -> (SessionId, String) {
        let id = SessionId::new(now(), random());
        // As long as secrets are, and text, so that its digest is that of a text.
        let secret: String = format!("{id}{:>32}", user.name.as_str()).chars().take(32).collect();
        let new = NewSession {
            id,
            secret_hash: domain::audit::digest(&secret),
            address: "192.0.2.7".to_owned(),
            agent: "a test".to_owned(),
        };
        self.desk.app.store.system().begin_session(user, new, now()).await.unwrap();
        (id, BASE64.encode(secret))
    }

    async fn person(
        &self,
        column: &'static str,
        name: &str,
        role: Option<(&str, OfferedRole)>,
    ) -> Person {
        let is_operator = role.is_none();
        let user = self.user(name, role).await;
        let (system, view) = (self.desk.app.store.system(), SavedViewId::new(now(), random()));
        if is_operator {
            system.set_operator(&user, OperatorChange::Promote, "operator", now()).await.unwrap();
            let other = self.desk.app.store.customer(&"other".parse().unwrap());
            other.remove_member(user.id, "operator", now()).await.unwrap();
        }
        let saved =
            SavedView { id: view, name: name.to_owned(), query: String::new(), is_shared: false };
        let store = self.desk.app.store.customer(&acme());
        store.save_view(&unit(), &user, &saved, now()).await.unwrap();
        let (session, _) = self.session(&user).await;
        let (_, cookie) = self.session(&user).await;
        let mut browser = Browser::in_session(&cookie);
        let me = browser.get(&self.desk, "/me").await;
        assert_eq!(me.status, 200, "{name} {}", me.text);
        Person { column, name: name.to_owned(), browser, view, session }
    }

    /// Somebody in every column of the table, in some several.
    pub(crate) async fn people(&self) -> Vec<Person> {
        let mut people = vec![Person {
            column: "nobody",
            name: "nobody".to_owned(),
            browser: Browser::default(),
            view: SavedViewId::new(now(), random()),
            session: SessionId::new(now(), random()),
        }];
        for role in MemberRole::ALL {
            let name = format!("other{role}");
            people.push(self.person("foreign", &name, Some(("other", role.into()))).await);
        }
        for role in MemberRole::ALL {
            let column = if role == MemberRole::Admin { "beside-admin" } else { "beside" };
            let offered = OfferedRole { role, unit: Some(uk()) };
            let name = format!("uk{role}");
            people.push(self.person(column, &name, Some(("acme", offered))).await);
        }
        for role in MemberRole::ALL {
            people
                .push(self.person(role.as_str(), role.as_str(), Some(("acme", role.into()))).await);
        }
        let offered = OfferedRole { role: MemberRole::Admin, unit: Some(unit()) };
        people.push(self.person("unit-admin", "unitadmin", Some(("acme", offered))).await);
        people.push(self.person("operator", "operator", None).await);
        people
    }

    pub(crate) fn path(&self, route: &Route, person: &Person, of: (&str, &str)) -> String {
        let path = route.path.replace("{mark}/{name}", &self.assets);
        let path = self.filled(&path, of);
        // A letter is about something.
        let path = match route.operation {
            "get_letter_text" | "get_letter_pdf" | "get_letter_eml" | "get_claim" => {
                format!("{path}?finding={}", key(3))
            }
            "look_at_unit_erasure" => path + "?unit=uk",
            "look_at_person_erasure" => format!("{path}?user={}", self.spare),
            "look_at_customer_erasure" => path + "?customer=bare",
            _ => path,
        };
        let path = path
            .replace("{transaction}", "U1")
            .replace("{invoice}", "U1")
            .replace("{supplier}", "S1")
            .replace("{employee}", "E1")
            .replace("{line}", "2")
            .replace("{row}", "1")
            .replace("{entry}", "1")
            .replace("{secret}", "made-up")
            .replace("{provider}", "none")
            .replace("{verdict}", &self.verdicts[0].to_string())
            .replace("{tryout}", "try_01k00000000000000000000000")
            .replace("{attachment}", &self.attachment.to_string())
            .replace("{view}", &person.view.to_string());
        // The files of a check are named by the query.
        let names_a_check = path.contains("/own-checks/check.");
        let path = if names_a_check { path + "?unit=acme&name=cash" } else { path };
        assert!(!path.contains('{'), "{path}");
        path
    }

    fn filled(&self, path: &str, (customer, unit): (&str, &str)) -> String {
        path.replace("{customer}", customer)
            .replace("{unit}", unit)
            .replace("{upload}", &self.upload)
            .replace("{finding}", key(1).as_str())
            .replace("{type}", "APT")
            .replace("{statement}", &statement().to_string())
    }

    /// A form of a page, so far filled in that it names what is there.
    pub(crate) fn fields(&self, operation: &str, person: &Person) -> Vec<(&'static str, String)> {
        let text = |fields: &[(&'static str, &str)]| {
            fields.iter().map(|(name, value)| (*name, (*value).to_owned())).collect::<Vec<_>>()
        };
        let spare = ("user", self.spare.to_string());
        let of = if person.column == "beside-admin" { "uk" } else { "acme" };
        let token = |label: &str| self.tokens[label].to_string();
        match operation {
            "save_view" => text(&[("name", "mine"), ("queue", "state=open")]),
            "decide_findings_page" => text(&[("finding", key(3).as_str()), ("state", "duplicate")]),
            "decide_finding_page" => text(&[("state", "duplicate")]),
            "detach_file_page" => vec![("attachment", self.attachment.to_string())],
            "decide_credit_page" => text(&[("credit", "U9"), ("take", "no")]),
            "decide_payments_page" => text(&[("line", "2"), ("decision", "hold")]),
            "step_recovery_page" => text(&[("stage", "asked")]),
            "begin_letter_page" | "ask_by_letter_page" => text(&[("finding", key(3).as_str())]),
            "set_letter_template" | "set_named_letter" | "remove_named_letter" => text(&LETTER),
            "comment_on_finding_page" => text(&[("words", &person.name)]),
            "show_finding_page"
            | "show_finding_as_decided"
            | "show_transaction_page"
            | "show_unposted_invoice_page"
            | "show_supplier_page"
            | "show_employee_page" => text(&[("reason", "case 7")]),
            "issue_token" => text(&[("label", "x"), ("role", "viewer"), ("period", "30")]),
            "revoke_token" => vec![("token", token(of))],
            "add_sftp_credential" => text(&[("label", "x"), ("unit", of), ("period", "90")]),
            "revoke_sftp_credential" => vec![("credential", token(&format!("sftp-{of}")))],
            "invite_user" => {
                text(&[("email", "new@example.org"), ("role", "viewer"), ("days", "7")])
            }
            "withdraw_invitation" => vec![("invitation", self.invitation.to_string())],
            "make_password_link" | "turn_codes_off" | "remove_user" | "erase_person" => vec![spare],
            "erase_unit" => text(&[("unit", "uk")]),
            "erase_customer" => text(&[("customer", "bare")]),
            "set_role" => vec![spare, ("role", "analyst".to_owned())],
            "set_unit_role" => {
                vec![spare, ("unit", "uk".to_owned()), ("role", "viewer".to_owned())]
            }
            "retire_reason_code" => text(&[("code", "OLD")]),
            "add_unit" => text(&[("name", "de")]),
            "rename_unit" => text(&[("unit", "uk"), ("title", "Britain")]),
            "set_checks" => text(&[("unit", "acme")]),
            "read_uploads_again" => text(&[("type", "IMS")]),
            "take_back_setting" => {
                text(&[("unit", "acme"), ("type", "APT"), ("setting", "date-order")])
            }
            "set_own_check" => {
                text(&[("unit", "acme"), ("name", "cash"), ("version", "1"), ("action", "off")])
            }
            "set_notifications" => {
                let of = if person.column == "foreign" { "other" } else { "acme" };
                text(&[("customer", of)])
            }
            "add_webhook" => {
                text(&[("url", "https://hooks.example/b"), ("body", "slack"), ("kind", "assigned")])
            }
            "remove_webhook" | "switch_webhook" | "renew_webhook_secret" | "try_webhook" => {
                vec![("webhook", self.webhook.to_string())]
            }
            "redeliver_page" => vec![("delivery", self.delivery.to_string())],
            "end_session" => vec![("session", person.session.to_string())],
            "invite_first_admin" => text(&[("customer", "bare"), ("email", "first@example.org")]),
            _ => Vec::new(),
        }
    }

    pub(crate) async fn token(&self, units: Option<Vec<UnitName>>, role: Role) -> String {
        self.desk.token_for(AccessScope { units, ..whole("acme") }, role, "walk").await
    }

    pub(crate) async fn token_holders(&self) -> Vec<TokenHolder> {
        let (nobody, name) = ("nobody", "nobody".to_owned());
        let mut holders =
            vec![TokenHolder { column: nobody, role_column: nobody, name, token: None, place: 0 }];
        let mut add = |(column, role): (_, Role), name: String, token, place| {
            let role_column = role.as_str();
            holders.push(TokenHolder { column, role_column, name, token: Some(token), place });
        };
        for role in Role::ALL {
            let token = self.desk.token_for(whole("other"), role, "walk").await;
            add(("foreign", role), format!("a foreign {role}"), token, 0);
            let own = self.token(Some(vec![uk()]), role).await;
            add(("beside", role), format!("{role} of uk"), own, 0);
        }
        for (place, role) in Role::ALL.into_iter().enumerate() {
            let token = self.token(None, role).await;
            add((role.as_str(), role), role.to_string(), token, place % 2);
        }
        holders
    }

    pub(crate) async fn admin_cookie(&self) -> String {
        let user = self.user("cookie", Some(("acme", MemberRole::Admin.into()))).await;
        let (_, cookie) = self.session(&user).await;
        format!("__Host-bursar={cookie}")
    }

    pub(crate) fn api_path(&self, route: &Route, place: usize) -> String {
        let path = self
            .filled(route.path, ("acme", "acme"))
            .replace("{run}", &self.run)
            .replace("{verdict}", &self.verdicts[place].to_string())
            .replace("{*file}", "APT/b_20261123.csv")
            .replace("{delivery}", &self.delivery.to_string())
            .replace("{resumable}", &self.resumable.to_string())
            .replace("{code}", "busy");
        assert!(!path.contains('{'), "{path}");
        path
    }

    pub(crate) async fn request(&self, route: &Route, path: &str, token: Option<&str>) -> Answer {
        let bearer = token.map(|token| format!("Bearer {token}"));
        let is_upload = route.operation == "upload_file";
        let media = match route.operation {
            "append_to_resumable" => "application/partial-upload",
            _ if is_upload => "text/csv",
            _ => "application/json",
        };
        let mut headers = vec![("Content-Type", media)];
        if route.operation == "append_to_resumable" {
            headers.extend([("Upload-Offset", "0"), ("Upload-Complete", "?0")]);
        }
        headers.extend(bearer.as_deref().map(|bearer| ("Authorization", bearer)));
        let body = api_body(route.operation);
        let body = if route.method == Method::GET { "" } else { &body };
        self.desk.send(route.method.clone(), path, &headers, body).await
    }
}

fn whole(customer: &str) -> AccessScope {
    AccessScope { customer: customer.parse().unwrap(), units: None, types: None }
}
