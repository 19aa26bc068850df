//! Agents that speak the Model Context Protocol: what a viewer's token reads, as tools with small
//! answers, and deciding under an analyst's.
//!
//! Not for: anything that the REST API or a page does not do. Off unless the operator has turned it on.
//!
//! Invariant: every call is in the audit log before it is answered, no answer shows more than the same token
//! reads elsewhere, and what an agent decides says so in its reason.

mod arguments;
mod statements;
mod suppliers;
mod tools;

use std::sync::Arc;

use axum::body::Body;
use axum::extract::{Request, State};
use axum::response::{IntoResponse as _, Response};
use domain::RefusalCode;
use http::StatusCode;
use http::header::{self, HeaderValue};
use rmcp::model::{
    CallToolRequestParams, CallToolResponse, CallToolResult, ContentBlock, Implementation,
    ListToolsResult, PaginatedRequestParams, ServerCapabilities, ServerConfig,
};
use rmcp::service::RequestContext;
use rmcp::transport::streamable_http_server::session::never::NeverSessionManager;
use rmcp::transport::{StreamableHttpServerConfig, StreamableHttpService};
use rmcp::{ErrorData, RoleServer, ServerHandler};

use crate::App;
use crate::http::access::Agent;
use crate::http::error::ApiError;
use crate::limits::SCREENING_BODY_BYTES_MAX;
use tools::Tools;

/// Words for an agent that does not know what this is.
const INSTRUCTIONS: &str = "Bursar looks for invoices that are paid twice and for signs of fraud in the \
    ledgers of accounts payable. Probabilities are of the claim of a finding; nothing here is certain, and a \
    person decides. Amounts are decimals as text. Lists are paged: pass next as after.";

/// One request of an agent, answered without a session: every one brings its token.
pub(crate) async fn serve_agent(
    State(app): State<App>,
    agent: Agent,
    request: Request,
) -> Response {
    if !app.serves_agents {
        return ApiError::new(RefusalCode::NotFound).into_response();
    }
    let tools = Tools::new(app, agent);
    let config = StreamableHttpServerConfig::default()
        .with_legacy_session_mode(false)
        .with_json_response(true)
        // A token is no cookie: who names another host has it or has nothing.
        .disable_allowed_hosts()
        .with_max_request_body_bytes(SCREENING_BODY_BYTES_MAX);
    let serve = move || Ok(AgentServer(tools.clone()));
    let sessions = Arc::new(NeverSessionManager::default());
    let response = StreamableHttpService::new(serve, sessions, config).handle(request).await;
    match refusal(response.status(), response.headers().get(header::CONTENT_TYPE)) {
        Some(error) => error.into_response(),
        None => response.map(Body::new),
    }
}

/// Why a request was refused before it was a message of the protocol: such an answer is plain text, and every
/// refusal of this server is problem details.
fn refusal(status: StatusCode, media_type: Option<&HeaderValue>) -> Option<ApiError> {
    if status.is_success() || media_type.is_some_and(|media| media == "application/json") {
        return None;
    }
    let (code, why) = match status {
        StatusCode::PAYLOAD_TOO_LARGE => {
            (RefusalCode::BodyTooLarge, "the message is too long; screen fewer invoices at once")
        }
        StatusCode::UNSUPPORTED_MEDIA_TYPE => (
            RefusalCode::MediaTypeUnsupported,
            "an agent sends one message of the Model Context Protocol at a time, with Content-Type: \
             application/json",
        ),
        StatusCode::NOT_ACCEPTABLE => (
            RefusalCode::RequestMalformed,
            "an agent takes both kinds of answers; send Accept: application/json, text/event-stream",
        ),
        status if status.is_server_error() => return Some(ApiError::new(RefusalCode::Internal)),
        _ => (
            RefusalCode::RequestMalformed,
            "the headers are not those of the Model Context Protocol; send an MCP-Protocol-Version that \
             server/discover or initialize answers with, or none",
        ),
    };
    Some(ApiError::saying(code, why))
}

/// The server that one request speaks to.
struct AgentServer(Tools);

impl ServerHandler for AgentServer {
    fn get_info(&self) -> ServerConfig {
        let capabilities = ServerCapabilities::builder().enable_tools().build();
        ServerConfig::new(capabilities)
            .with_server_info(Implementation::new("bursar", env!("CARGO_PKG_VERSION")))
            .with_instructions(INSTRUCTIONS)
    }

    async fn list_tools(
        &self,
        _page: Option<PaginatedRequestParams>,
        _context: RequestContext<RoleServer>,
    ) -> Result<ListToolsResult, ErrorData> {
        Ok(ListToolsResult::with_all_items(self.0.list()))
    }

    async fn call_tool(
        &self,
        call: CallToolRequestParams,
        _context: RequestContext<RoleServer>,
    ) -> Result<CallToolResponse, ErrorData> {
        let arguments = call.arguments.unwrap_or_default();
        let result = match self.0.call(&call.name, arguments).await {
            Ok(answer) => CallToolResult::success(vec![ContentBlock::text(answer.to_string())]),
            // A sentence that says what to do, which an agent can follow.
            Err(why) => CallToolResult::error(vec![ContentBlock::text(why)]),
        };
        Ok(result.into())
    }
}
