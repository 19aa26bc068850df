//! Every route as nobody, as another customer and with too narrow a token.

use crate::harness::{CUSTOMER, Server};
use server::http::{Access, Route, routes};

/// Routes anybody may call. This list may only shrink: a new route asks for permission.
const PUBLIC: [&str; 5] =
    ["/.well-known/jwks.json", "/healthz", "/openapi.json", "/problems/{code}", "/readyz"];

fn path(route: &Route, customer: &str, unit: &str) -> String {
    route
        .path
        .replace("{customer}", customer)
        .replace("{unit}", unit)
        .replace("{upload}", "upl_01k00000000000000000000000")
        .replace("{resumable}", "rsm_01k00000000000000000000000")
        .replace("{run}", "run_01k00000000000000000000000")
        .replace("{verdict}", "ver_01k00000000000000000000000")
        .replace("{type}", "APT")
        .replace("{finding}", "fnd_00000000000000000000000000000000")
        .replace("{*file}", "APT/a_20261123.csv")
        .replace("{code}", "busy")
}

async fn ask(server: &Server, route: &Route, path: &str, token: Option<&str>) -> reqwest::Response {
    let mut request = server
        .client()
        .request(route.method.clone(), server.url(path))
        .header("Content-Type", "text/csv")
        .body("Supplier\n");
    if let Some(token) = token {
        request = request.bearer_auth(token);
    }
    request.send().await.unwrap()
}

/// The body of a refusal; an answer to HEAD has none.
async fn problem(answer: reqwest::Response) -> serde_json::Value {
    let body = answer.bytes().await.unwrap();
    if body.is_empty() { serde_json::json!({}) } else { serde_json::from_slice(&body).unwrap() }
}

#[test]
fn the_public_routes_are_those_of_the_list() {
    let mut public: Vec<_> = routes()
        .into_iter()
        .filter(|route| route.access == Access::Public)
        .map(|route| route.path)
        .collect();
    public.sort_unstable();
    assert_eq!(public, PUBLIC);
}

#[tokio::test]
async fn every_other_route_refuses_strangers() {
    let server = Server::start();
    assert!(server.bursard(&["customer", "add", "other"]).status.success());
    assert!(server.bursard(&["unit", "add", CUSTOMER, "uk"]).status.success());
    let other = server.token_with(&["--customer", "other"]);
    let narrow = server.token_with(&["--customer", CUSTOMER, "--unit", CUSTOMER]);
    let roles = [
        ("uploader", Access::Uploader),
        ("viewer", Access::Viewer),
        ("analyst", Access::Analyst),
        ("admin", Access::Admin),
        ("screening", Access::Screener),
    ];
    let roles = roles.map(|(role, access)| {
        (server.token_with(&["--customer", CUSTOMER, "--role", role]), access)
    });
    let mut walked = 0;
    // Pages have a walk of their own, beside them in `server`.
    for route in routes().into_iter().filter(|route| !matches!(route.access, Access::Page(_))) {
        // It names no customer: whose it is stands in the token alone (`agents`).
        if route.path == "/mcp" {
            continue;
        }
        if route.access == Access::Public {
            assert_eq!(
                ask(&server, &route, &path(&route, "", ""), None).await.status(),
                200,
                "{}",
                route.path
            );
            continue;
        }
        walked += 1;
        let own = path(&route, CUSTOMER, CUSTOMER);
        let nobody = ask(&server, &route, &own, None).await;
        assert_eq!(nobody.status(), 401, "{} as nobody", route.path);
        let stranger = ask(&server, &route, &own, Some(&other)).await;
        assert_eq!(stranger.status(), 403, "{} as another customer", route.path);
        let unknown = ask(&server, &route, &path(&route, "nosuch", "nosuch"), Some(&other)).await;
        assert_eq!(unknown.status(), 403, "{} of nobody", route.path);
        // Whether the customer exists must not show.
        let text = async |answer: reqwest::Response| {
            let challenge = answer.headers()["www-authenticate"].clone();
            let mut problem = problem(answer).await;
            problem["requestId"].take();
            problem["instance"].take();
            (challenge, problem)
        };
        assert_eq!(text(stranger).await, text(unknown).await);
        for (token, role) in &roles {
            let may = match route.access {
                Access::Viewer => !matches!(role, Access::Uploader | Access::Screener),
                Access::Screener => *role != Access::Uploader,
                Access::Analyst => matches!(role, Access::Analyst | Access::Admin),
                Access::Acknowledger => {
                    matches!(role, Access::Analyst | Access::Admin | Access::Screener)
                }
                access => *role == access,
            };
            let answer = ask(&server, &route, &own, Some(token)).await;
            if may {
                assert_ne!(answer.status(), 403, "{} {} as {role:?}", route.method, route.path);
            } else {
                assert_eq!(answer.status(), 403, "{} {} as {role:?}", route.method, route.path);
                if route.method != reqwest::Method::HEAD {
                    let code = problem(answer).await["code"].take();
                    assert_eq!(code, "role_insufficient", "{}", route.path);
                }
            }
        }
        let elsewhere = ask(&server, &route, &path(&route, CUSTOMER, "uk"), Some(&narrow)).await;
        assert_eq!(elsewhere.status(), 403, "{} in another unit", route.path);
    }
    assert!(walked >= 20);
}

#[tokio::test]
async fn a_token_for_one_type_sends_no_other() {
    let server = Server::start();
    let token = server.token_with(&["--customer", CUSTOMER, "--type", "Suppliers"]);
    let send = |rest| server.post(&token, rest).body("Supplier\n").send();
    assert_eq!(send("Suppliers/a_20261123.csv").await.unwrap().status(), 201);
    assert_eq!(send("Employees/a_20261123.csv").await.unwrap().status(), 403);
}
