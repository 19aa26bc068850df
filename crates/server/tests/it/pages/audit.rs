//! The audit log: listed, filtered, taken out, gone over.

use domain::MemberRole;
use serde_json::Value;

use crate::browser::Browser;
use crate::desk::Desk;

const PATH: &str = "/settings/acme/audit";

#[tokio::test]
async fn what_was_done_is_found() {
    let desk = Desk::open().await;
    let mut ann = Browser::ann(&desk).await;
    desk.receive("a_1.csv", "<b>SAP</b>").await;
    desk.add_customer("other").await;
    let link = desk.invitation("other", MemberRole::Admin, "eve@example.org").await;
    Browser::default().accept(&desk, &link, "eve@example.org").await;

    let all = ann.get(&desk, PATH).await;
    for shown in
        ["created an access token", "sent a file", "signed in", "ann@example.org", "a_1.csv"]
    {
        assert!(all.text.contains(shown), "{shown} {}", all.text);
    }
    assert!(!all.text.contains("eve@example.org"), "another customer's");
    assert!(all.text.contains("&#60;b&#62;SAP") && !all.text.contains("<b>SAP"));
    for (query, here, not_here) in [
        ("what=upload", "sent a file", "signed in"),
        ("who=ANN", "signed in", "sent a file"),
        ("from=2026-11-23&to=2026-11-23", "sent a file", "No entries match"),
        ("from=2026-11-24", "No entries match", "sent a file"),
        ("to=2026-11-22", "No entries match", "sent a file"),
        ("who=%25", "No entries match", "sent a file"),
    ] {
        let page = ann.get(&desk, &format!("{PATH}?{query}")).await;
        assert!(page.text.contains(here) && !page.text.contains(not_here), "{query} {}", page.text);
    }
}

/// Somebody who reads it finds out without the details who was invited and what was taken out.
#[tokio::test]
async fn people_stand_by_their_addresses() {
    let desk = Desk::open().await;
    let mut ann = Browser::ann(&desk).await;
    let invited = [("role", "analyst"), ("email", "bob@example.org"), ("days", "7")];
    ann.post(&desk, "/settings/acme/users/invite", &invited).await;
    let page = ann.get(&desk, &format!("{PATH}?what=member")).await;
    for shown in [
        "<td data-label=\"About\">bob@example.org<span class=\"note below\">inv_",
        "<td data-label=\"About\">ann@example.org<span class=\"note below\">usr_",
    ] {
        assert!(page.text.contains(shown), "{shown} {}", page.text);
    }
    let cookie = ann.cookie_header();
    desk.send(http::Method::GET, "/at/acme/acme/outcomes.pdf", &[("Cookie", &cookie)], "").await;
    let page = ann.get(&desk, &format!("{PATH}?what=outcomes")).await;
    assert!(page.text.contains("exported a report"), "{}", page.text);
}

#[tokio::test]
async fn the_log_is_paged() {
    let desk = Desk::open().await;
    let mut ann = Browser::ann(&desk).await;
    for number in 0..30 {
        desk.receive(&format!("a_{number:02}.csv"), "SAP").await;
    }
    let first = ann.get(&desk, &format!("{PATH}?what=upload&who=tok")).await;
    assert!(!first.text.contains("rel=\"next\""));
    let first = ann.get(&desk, &format!("{PATH}?from=2026-11-01")).await;
    let next = first.between("rel=\"next\" href=\"", "\"").unwrap().replace("&#38;", "&");
    assert!(next.contains("from=2026-11-01"), "{next}");
    let second = ann.get(&desk, &next).await;
    assert!(second.text.contains("signed in") && !second.text.contains("rel=\"next\""));
}

#[tokio::test]
async fn the_log_is_taken_out() {
    let desk = Desk::open().await;
    let mut ann = Browser::ann(&desk).await;
    ann.post(&desk, "/settings/acme/units", &[("name", "uk")]).await;
    let lines = ann.get(&desk, &format!("{PATH}.jsonl")).await;
    let disposition = lines.headers["content-disposition"].to_str().unwrap();
    assert_eq!(disposition, "attachment; filename=\"audit_acme.jsonl\"");
    let lines: Vec<Value> =
        lines.text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let whats: Vec<_> = lines.iter().map(|line| line["entry"]["what"].as_str().unwrap()).collect();
    assert_eq!(whats[..2], ["audit.export", "unit.add"], "the newest first, this one among them");
    assert_eq!(lines[0]["sequence"].as_u64(), Some(lines[1]["sequence"].as_u64().unwrap() + 1));

    let csv = ann.get(&desk, &format!("{PATH}.csv?what=unit")).await;
    let rows: Vec<&str> = csv.text.lines().collect();
    assert_eq!(rows.len(), 2, "{}", csv.text);
    assert!(rows[0].starts_with("sequence,at,who,what,about,details,hash"), "{}", rows[0]);
    assert!(rows[1].contains("ann@example.org,unit.add,uk"), "{}", rows[1]);
}

#[tokio::test]
async fn the_chain_is_gone_over() {
    let desk = Desk::open().await;
    let mut ann = Browser::ann(&desk).await;
    assert!(ann.get(&desk, PATH).await.text.contains("Not verified yet"));
    let whole = ann.post(&desk, &format!("{PATH}/verify"), &[]).await;
    assert_eq!(whole.location(), "/settings/acme/audit?said=audit-whole");
    let page = ann.get(&desk, PATH).await;
    assert!(page.text.contains("Intact up to entry 4, on 23 Nov 2026, 10:00 UTC"), "{}", page.text);
}
