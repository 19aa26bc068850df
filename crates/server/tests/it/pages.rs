//! The pages over HTTP, as a browser without script uses them.

mod across;
mod audit;
mod auditor;
mod below_a_path;
mod check_settings;
mod columns;
mod desk_work;
mod findings;
mod help;
mod kept_form;
mod ledgers;
mod oidc;
mod operator;
mod overview;
mod own_checks;
mod proposals;
mod refusals;
mod retention;
mod sign_in;
mod strangers;
mod tokens;
mod tryouts;
mod typed_amounts;
mod unit_roles;
mod units;
mod uploads;
pub(crate) mod users;
