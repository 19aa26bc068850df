//! A browser without script: it keeps cookies, follows redirects when told to, and sends the forms it sees.
//!
//! Not for: what a page looks like.

use std::collections::BTreeMap;

use http::{HeaderMap, Method, StatusCode};

use crate::desk::{Answer, Desk};

pub(crate) const PASSWORD: &str = "correct horse staple";

#[derive(Default, Clone)]
pub(crate) struct Browser {
    cookies: BTreeMap<String, String>,
    /// As the last page's forms carry it.
    pub(crate) csrf: String,
}

/// A page that was answered.
#[derive(Debug)]
pub(crate) struct Page {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) text: String,
}

impl Page {
    pub(crate) fn location(&self) -> &str {
        self.headers.get("location").map(|value| value.to_str().unwrap()).unwrap_or_default()
    }

    /// Its headline, which says what is wrong where something is.
    pub(crate) fn heading(&self) -> &str {
        self.between("<h1>", "</h1>").unwrap_or("no headline")
    }

    /// What stands between two texts.
    pub(crate) fn between(&self, from: &str, to: &str) -> Option<&str> {
        let (_, rest) = self.text.split_once(from)?;
        rest.split_once(to).map(|(found, _)| found)
    }
}

impl Browser {
    /// In a session that was begun already.
    pub(crate) fn in_session(cookie: &str) -> Self {
        let cookies = BTreeMap::from([("__Host-bursar".to_owned(), cookie.to_owned())]);
        Self { cookies, csrf: String::new() }
    }

    /// Its cookies, as a header has them.
    pub(crate) fn cookie_header(&self) -> String {
        let cookies: Vec<String> =
            self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
        cookies.join("; ")
    }

    pub(crate) async fn get(&mut self, desk: &Desk, path: &str) -> Page {
        self.ask(desk, Method::GET, path, &[], "same-origin").await
    }

    /// A page as `queue.js` asks for it, to stand beside the queue.
    pub(crate) async fn look_beside_queue(&self, desk: &Desk, path: &str) -> StatusCode {
        let cookies = self.cookie_header();
        let headers = [("Accept", "text/html"), ("Cookie", &*cookies), ("HX-Target", "pane")];
        desk.send(Method::GET, path, &headers, "").await.status
    }

    /// Sends a form, with the token of the page that was seen last.
    pub(crate) async fn post(&mut self, desk: &Desk, path: &str, fields: &[(&str, &str)]) -> Page {
        let csrf = self.csrf.clone();
        let fields: Vec<(&str, &str)> =
            [("csrf", csrf.as_str())].into_iter().chain(fields.iter().copied()).collect();
        self.ask(desk, Method::POST, path, &fields, "same-origin").await
    }

    /// A form with a file, its token in front as browsers send it.
    pub(crate) async fn send_file(
        &mut self,
        desk: &Desk,
        path: &str,
        file_type: &str,
        (name, content): (&str, &str),
    ) -> Page {
        let csrf = self.csrf.clone();
        self.send_form(desk, path, &csrf, file_type, (name, content)).await
    }

    pub(crate) async fn send_form(
        &mut self,
        desk: &Desk,
        path: &str,
        csrf: &str,
        file_type: &str,
        file: (&str, &str),
    ) -> Page {
        self.send_files(desk, path, (csrf, file_type), &[file]).await
    }

    /// A form with files, between a token and a type.
    pub(crate) async fn send_files(
        &mut self,
        desk: &Desk,
        path: &str,
        (csrf, file_type): (&str, &str),
        files: &[(&str, &str)],
    ) -> Page {
        let field = |name: &str, value: &str| {
            format!("--XX\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n")
        };
        let file = |(name, content): &(&str, &str)| {
            format!(
                "--XX\r\nContent-Disposition: form-data; name=\"file\"; filename=\"{name}\"\r\n\
                 Content-Type: text/csv\r\n\r\n{content}\r\n"
            )
        };
        let files: String = files.iter().map(file).collect();
        let body =
            format!("{}{}{files}--XX--\r\n", field("csrf", csrf), field("file_type", file_type));
        let media = "multipart/form-data; boundary=XX";
        self.send(desk, Method::POST, path, (media, &body), "same-origin").await
    }

    /// A form from anywhere, with nothing added.
    pub(crate) async fn ask(
        &mut self,
        desk: &Desk,
        method: Method,
        path: &str,
        fields: &[(&str, &str)],
        site: &str,
    ) -> Page {
        let body = form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
        let media = "application/x-www-form-urlencoded";
        self.send(desk, method, path, (media, &body), site).await
    }

    async fn send(
        &mut self,
        desk: &Desk,
        method: Method,
        path: &str,
        (media, body): (&str, &str),
        site: &str,
    ) -> Page {
        let cookies = self.cookie_header();
        let headers = [
            ("Accept", "text/html"),
            ("Content-Type", media),
            ("Cookie", &cookies),
            ("Sec-Fetch-Site", site),
        ];
        let Answer { status, headers, body } = desk.send(method, path, &headers, body).await;
        for cookie in headers.get_all("set-cookie") {
            let cookie = cookie.to_str().unwrap();
            assert!(
                cookie.contains("; Secure; HttpOnly; SameSite=Lax") && cookie.contains("; Path=/")
            );
            let (name, value) = cookie.split(';').next().unwrap().split_once('=').unwrap();
            self.cookies.insert(name.to_owned(), value.to_owned());
        }
        let text = String::from_utf8_lossy(&body).into_owned();
        let page = Page { status, headers, text };
        if let Some(csrf) = page.between("name=\"csrf\" value=\"", "\"") {
            csrf.clone_into(&mut self.csrf);
        }
        page
    }

    /// Takes a link as a new user.
    pub(crate) async fn accept(&mut self, desk: &Desk, link: &str, email: &str) -> Page {
        let page = self.get(desk, link).await;
        assert_eq!(page.status, 200, "{}", page.text);
        let name = email.split('@').next().unwrap();
        self.post(
            desk,
            link,
            &[
                ("name", name),
                ("email", email),
                ("new_password", PASSWORD),
                ("new_password_again", PASSWORD),
            ],
        )
        .await
    }

    pub(crate) async fn sign_in(&mut self, desk: &Desk, email: &str, password: &str) -> Page {
        self.get(desk, "/sign-in").await;
        self.post(desk, "/sign-in", &[("email", email), ("password", password)]).await
    }

    /// The first administrator of acme.
    pub(crate) async fn ann(desk: &Desk) -> Self {
        let mut browser = Self::default();
        let page = browser.accept(desk, &desk.welcome().await, "ann@example.org").await;
        assert_eq!(page.status, 303, "{}", page.text);
        browser.get(desk, "/me").await;
        browser
    }

    /// A member of acme, invited by Ann.
    pub(crate) async fn member(
        desk: &Desk,
        email: &str,
        role: impl Into<domain::OfferedRole> + Send,
    ) -> Self {
        let mut browser = Self::default();
        let page = browser.accept(desk, &desk.invitation("acme", role, email).await, email).await;
        assert_eq!(page.status, 303, "{}", page.text);
        browser.get(desk, "/me").await;
        browser
    }
}
