//! The pages people work in: HTML made here, with forms that work without script.
//!
//! Not for: the API (`api`); pages and API call the same store.
//!
//! Invariant: every page goes out through `respond`, so each has the policy that lets no foreign script or
//! style run, and what people wrote is escaped by the templates.

pub(crate) mod access;
pub(crate) mod across;
pub(crate) mod appearance;
pub(crate) mod assets;
pub(crate) mod audit;
pub(crate) mod check_settings;
pub(crate) mod cookie;
pub(crate) mod derived_fields;
pub(crate) mod design;
pub(crate) mod document;
pub(crate) mod employees;
pub(crate) mod error;
pub(crate) mod error_page;
pub(crate) mod export;
pub(crate) mod field;
pub(crate) mod field_labels;
pub(crate) mod file_form;
pub(crate) mod filters;
pub(crate) mod findings;
pub(crate) mod flash;
pub(crate) mod form;
pub(crate) mod format;
pub(crate) mod guard;
pub(crate) mod help;
pub(crate) mod index;
pub(crate) mod invitations;
pub(crate) mod kept_form;
pub(crate) mod known_checks;
pub(crate) mod layout;
pub(crate) mod ledger;
pub(crate) mod letter_template;
pub(crate) mod letters;
pub(crate) mod limits;
pub(crate) mod local_path;
pub(crate) mod mappings;
pub(crate) mod me;
pub(crate) mod oidc;
pub(crate) mod operator;
pub(crate) mod overview;
pub(crate) mod own_checks;
pub(crate) mod password_links;
pub(crate) mod population;
pub(crate) mod query;
pub(crate) mod reading_rules;
pub(crate) mod reading_setting;
pub(crate) mod recovery;
pub mod report;
pub(crate) mod respond;
pub(crate) mod retention;
pub(crate) mod saved_views;
pub(crate) mod sign_in;
pub(crate) mod sign_in_form;
pub(crate) mod site;
pub(crate) mod suppliers;
pub(crate) mod tokens;
pub(crate) mod transactions;
pub(crate) mod tryout;
pub(crate) mod two_step;
pub(crate) mod units;
pub(crate) mod unmasking;
pub(crate) mod uploads;
pub(crate) mod users;
pub(crate) mod verdicts;
