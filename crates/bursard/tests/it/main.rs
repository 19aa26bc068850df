//! The server as its users meet it: the real program, a real TLS socket, real clients.
#![expect(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a test that meets the unexpected has failed"
)]

mod access;
mod agents;
mod answers;
mod api_tools;
mod backup;
mod chaos;
mod clients;
#[path = "../../../store/tests/it/cluster.rs"]
mod cluster;
mod command_reference;
mod commands;
mod compose;
mod containers;
mod crash;
mod deployment;
mod disk_faults;
mod fair;
mod harness;
mod holds;
mod hosts;
mod ledger_crash;
mod ledger_faults;
mod memory;
mod month_end;
mod moving;
mod nginx_config;
mod oidc;
mod openapi;
mod operating;
mod payment_runs;
mod pdf_process;
mod peers;
mod power_cut;
mod proxies;
mod reading;
mod refusals;
mod resumed;
mod reused_ids;
mod sample;
mod screening;
mod sent_again;
mod sentences;
mod sftp;
mod statements;
mod strangers;
mod table;
mod tls;
mod tokens;
mod traces;
mod tryout;
mod unposted;
mod uploads;
mod wire;
