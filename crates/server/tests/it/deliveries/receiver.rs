//! A program that webhooks are posted to, and answers as it is told.

use std::collections::VecDeque;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::extract::State;
use bytes::Bytes;
use http::{HeaderMap, StatusCode};
use serde_json::Value;
use tokio::net::TcpListener;

/// A request as it came.
#[derive(Debug, Clone)]
pub(crate) struct Post {
    headers: HeaderMap,
    pub(crate) body: String,
}

#[derive(Clone, Default)]
struct Desk {
    posted: Arc<Mutex<Vec<Post>>>,
    answers: Arc<Mutex<VecDeque<StatusCode>>>,
}

pub(crate) struct Receiver {
    pub(crate) address: SocketAddr,
    desk: Desk,
}

impl Post {
    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers[name].to_str().unwrap()
    }

    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap()
    }
}

impl Receiver {
    pub(crate) async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let desk = Desk::default();
        let router = Router::new().fallback(receive).with_state(desk.clone());
        tokio::spawn(async move { axum::serve(listener, router).await });
        Self { address, desk }
    }

    pub(crate) fn url(&self) -> String {
        format!("http://{}/hook?key=abc", self.address)
    }

    /// The answers to the next requests; 204 to all others.
    pub(crate) fn answers(&self, statuses: &[u16]) {
        let statuses = statuses.iter().map(|status| StatusCode::from_u16(*status).unwrap());
        self.desk.answers.lock().unwrap().extend(statuses);
    }

    /// All that was posted since somebody asked last.
    pub(crate) fn take(&self) -> Vec<Post> {
        std::mem::take(&mut *self.desk.posted.lock().unwrap())
    }
}

async fn receive(State(desk): State<Desk>, headers: HeaderMap, body: Bytes) -> StatusCode {
    let body = String::from_utf8(body.to_vec()).unwrap();
    desk.posted.lock().unwrap().push(Post { headers, body });
    desk.answers.lock().unwrap().pop_front().unwrap_or(StatusCode::NO_CONTENT)
}
