//! Whom a route may be for.
//!
//! Not for: checking it (`access`, `web::access`).

/// Who may ask.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Access {
    /// Anybody. The list of these may only shrink; a test holds it.
    Public,
    /// Whoever has an access token for the customer and unit in the path, to send files with.
    Uploader,
    /// Whoever has one to read findings with, an analyst's or an admin's too.
    Viewer,
    /// Whoever has one to decide with, an admin's too.
    Analyst,
    /// Whoever has one to set up with.
    Admin,
    /// A page, for people who sign in.
    Page(Permission),
}

/// The permission that a page requires.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Permission {
    /// Nothing: signing in, links, files of looks.
    Anybody,
    /// A session.
    SignedIn,
    /// To be a member of the customer, or more.
    Viewer,
    Analyst,
    Admin,
}
