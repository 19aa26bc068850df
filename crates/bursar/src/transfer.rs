//! Files on their way: planned, noted in the outbox, sent, tried again, settled; and questions to a server.

pub mod attempt;
pub mod client;
pub mod delivery;
pub mod outbox_folder;
pub mod pipeline;
pub mod plan;
mod request;
mod resumption;
pub mod retry;
pub mod route;
pub mod vet;
