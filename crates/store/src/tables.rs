//! Every table of the schema, and whose its rows are.
//!
//! Not for: what the rows mean; that stands with their nouns.
//!
//! Invariant: each table refers only to those before it, so rows are copied in this order and removed in the
//! reverse; a test holds the list against the schema.

/// A table and whose its rows are.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Table {
    pub(crate) name: &'static str,
    pub(crate) owner: Owner,
}

/// The owner of the rows of a table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Owner {
    /// The deployment's.
    Deployment,
    /// A customer's, which the column names.
    Customer(&'static str),
    /// A customer's, and about several of its units.
    Units,
    /// A unit's, which `customer` and the column name; of the whole customer where that is NULL.
    Unit(&'static str),
    /// Of an upload.
    Upload,
    /// Of a run.
    Run,
    /// Of a user, whom the column names.
    User(&'static str),
    /// Of a session.
    Session,
    /// Of the chain that is only added to.
    AuditLog,
}

const fn table(name: &'static str, owner: Owner) -> Table {
    Table { name, owner }
}

pub(crate) const TABLES: &[Table] = &[
    table("copies", Owner::Deployment),
    table("signing_keys", Owner::Deployment),
    table("sftp_host_keys", Owner::Deployment),
    table("sign_ins", Owner::Deployment),
    table("used_states", Owner::Deployment),
    table("audit_log", Owner::AuditLog),
    table("audit_end", Owner::Deployment),
    table("audit_verified", Owner::Deployment),
    table("customers", Owner::Customer("name")),
    table("units", Owner::Unit("name")),
    table("finding_versions", Owner::Unit("unit")),
    table("users", Owner::User("id")),
    table("identities", Owner::User("user_id")),
    table("sessions", Owner::User("user_id")),
    table("provider_sessions", Owner::Session),
    table("password_links", Owner::User("user_id")),
    table("recovery_codes", Owner::User("user_id")),
    table("memberships", Owner::Customer("customer")),
    table("unit_roles", Owner::Unit("unit")),
    table("invitations", Owner::Unit("unit")),
    table("tokens", Owner::Customer("customer")),
    table("saved_views", Owner::Unit("unit")),
    table("reading_rules", Owner::Unit("unit")),
    table("check_settings", Owner::Unit("unit")),
    table("check_previews", Owner::Unit("unit")),
    table("own_checks", Owner::Unit("unit")),
    table("across_runs", Owner::Units),
    table("letter_templates", Owner::Customer("customer")),
    table("named_letter_templates", Owner::Customer("customer")),
    table("reason_codes", Owner::Customer("customer")),
    table("scan_hosts", Owner::Customer("customer")),
    table("webhooks", Owner::Unit("unit")),
    table("notification_settings", Owner::Customer("customer")),
    table("notifications", Owner::Unit("unit")),
    table("deliveries", Owner::Unit("unit")),
    table("statements", Owner::Unit("unit")),
    table("statement_columns", Owner::Unit("unit")),
    table("uploads", Owner::Unit("unit")),
    table("idempotency_keys", Owner::Unit("unit")),
    table("problems", Owner::Upload),
    table("problem_counts", Owner::Upload),
    table("payment_runs", Owner::Upload),
    table("payments", Owner::Upload),
    table("runs", Owner::Unit("unit")),
    table("run_reports", Owner::Run),
    table("jobs", Owner::Unit("unit")),
    table("findings", Owner::Unit("unit")),
    table("credit_matches", Owner::Unit("unit")),
    table("finding_history", Owner::Unit("unit")),
    table("finding_rows", Owner::Unit("unit")),
    table("attachments", Owner::Unit("unit")),
    table("verdicts", Owner::Unit("unit")),
    table("screening_settings", Owner::Unit("unit")),
    table("holds", Owner::Unit("unit")),
    table("resumable_uploads", Owner::Unit("unit")),
    table("resumable_parts", Owner::Unit("unit")),
];
