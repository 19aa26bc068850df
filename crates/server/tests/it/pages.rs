//! The pages over HTTP, as a browser without script uses them.

mod audit;
mod below_a_path;
mod check_settings;
mod columns;
mod desk_work;
mod findings;
mod help;
mod kept_form;
mod ledgers;
mod oidc;
mod overview;
mod retention;
mod sign_in;
mod strangers;
mod tokens;
mod tryouts;
mod typed_amounts;
mod units;
mod uploads;
mod users;
