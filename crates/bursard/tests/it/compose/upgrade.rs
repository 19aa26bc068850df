//! A filled deployment of the version before, replaced node by node while files arrive: two nodes and a
//! worker, the worker last, as docs/backup.md has it.
//!
//! Not for: databases of every earlier migration (`upgrades` of the store). The proof
//! `cargo xtask prove upgrade PROGRAM` names the `bursard` of before; without it both are the one that
//! was built, which is a rolling restart.

use std::path::PathBuf;

use super::{Compose, Deployment, Node};
use crate::deployment::{Network, WITHOUT_EMULATOR};
use crate::harness::CUSTOMER;

/// Names the program of the version before.
const BEFORE: &str = "BURSAR_PROGRAM_BEFORE";

fn program_before() -> Option<PathBuf> {
    let named = PathBuf::from(std::env::var_os(BEFORE)?);
    assert!(named.exists(), "{BEFORE} names {}, which is not there", named.display());
    Some(named)
}

/// Stops a node as a service manager does, and starts another in its place.
fn replace(deployment: &Deployment, service: &str, mut node: Node) -> Node {
    node.stop();
    drop(node);
    deployment.start(service)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_deployment_of_the_version_before_is_replaced_node_by_node() {
    let Some(network) = Network::start("network") else {
        println!("{WITHOUT_EMULATOR}");
        return;
    };
    let endpoint = format!("http://{}", network.store_address());
    let Some(compose) = Compose::read("two-nodes.yaml", &super::of_s3(&endpoint)) else { return };
    let (_name, database) = network.make_empty().await;
    let now = Deployment::new(compose, database);
    let before = Deployment { program: program_before(), ..now.clone() };

    let (first, second) = (before.start("node1"), before.start("node2"));
    let worker = before.start("worker");
    let (token, client) = (before.token(), before.client());
    first.send(&client, &token, "suppliers_1.csv").await;
    second.send(&client, &token, "suppliers_2.csv").await;
    second.shows_as_read(&client, &token, 2).await;
    let rows = |of: &Deployment| of.exported().lines().count();
    let filled = rows(&before);

    // What the database is now, those of before go on with.
    let first = replace(&now, "node1", first);
    first.send(&client, &token, "suppliers_3.csv").await;
    second.send(&client, &token, "suppliers_4.csv").await;
    for node in [&first, &second] {
        node.shows_as_read(&client, &token, 4).await;
    }
    let second = replace(&now, "node2", second);
    second.send(&client, &token, "suppliers_5.csv").await;
    first.shows_as_read(&client, &token, 5).await;
    let _worker = replace(&now, "worker", worker);
    first.send(&client, &token, "suppliers_6.csv").await;
    second.shows_as_read(&client, &token, 6).await;

    assert_eq!(rows(&now), filled, "the same rows were sent again and again");
    assert!(now.exported().contains("Globex"));
    now.run(&["audit", "verify"]);
    now.run(&["doctor", "--deep"]);
    let listed = now.run(&["upload", "list", "--customer", CUSTOMER]);
    let listed = String::from_utf8(listed.stdout).unwrap();
    for number in 1..=6 {
        assert!(listed.contains(&format!("suppliers_{number}.csv")), "{listed}");
    }
}
