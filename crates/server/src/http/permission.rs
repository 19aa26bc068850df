//! Whom a route may be for.
//!
//! Not for: checking it (`access`, `web::access`).

/// The right to ask.
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
    /// Whoever has one to screen invoices with, or to read findings.
    Screener,
    /// Whoever has one to screen invoices with, or to decide.
    Acknowledger,
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
    /// To be a member: with any role in the unit of the path, or for all units where it has none.
    Viewer,
    /// To decide.
    Analyst,
    /// To be shown whole what is masked: an analyst, an admin, or an auditor who says why.
    Unmasker,
    /// To read the audit log.
    Auditor,
    /// To set up.
    Admin,
    /// To make access tokens: an admin of all units, or of one.
    TokenAdmin,
    /// To run the server.
    Operator,
}
