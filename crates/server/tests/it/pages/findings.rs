//! Findings as people work through them, without script.

use domain::finding::RunOutcome;
use domain::{MemberRole, Role};

use crate::browser::Browser;
use crate::desk::{Desk, checked, key};

const QUEUE: &str = "/at/acme/acme/findings";

fn path(number: usize) -> String {
    format!("{QUEUE}/{}", key(number))
}

/// Which of the first so many findings a page names by links of a queue.
pub(super) fn listed(text: &str, findings: usize) -> Vec<usize> {
    let mut found: Vec<(usize, usize)> = (1..=findings)
        .filter_map(|number| Some((text.find(&format!("value=\"{}@", key(number)))?, number)))
        .collect();
    found.sort_unstable();
    found.into_iter().map(|(_, number)| number).collect()
}

#[tokio::test]
async fn a_queue_is_filtered_sorted_and_kept() {
    let desk = Desk::with(&checked(60)).await;
    let mut ann = Browser::ann(&desk).await;
    let first = ann.get(&desk, QUEUE).await;
    assert_eq!(listed(&first.text, 60)[..3], [60, 59, 58], "the highest amounts first");
    assert!(first.text.contains("1–50 of 60"), "{}", first.text);
    assert!(first.text.contains("title=\"£1,830,000.00\">£1.8m<"), "{}", first.text);
    assert!(first.text.contains(">Invoices that came twice</option>"), "{}", first.text);
    let next = first
        .between("rel=\"next\" href=\"", "\"")
        .unwrap()
        .replace("&amp;", "&")
        .replace("&#38;", "&");
    let second = ann.get(&desk, &next).await;
    assert_eq!(listed(&second.text, 60), (1..=10).rev().collect::<Vec<_>>());
    assert!(second.text.contains("51–60 of 60"), "{}", second.text);
    let previous = second.between("rel=\"prev\" href=\"", "\"").unwrap();
    assert_eq!(previous, format!("{QUEUE}?"));
    for (query, numbers) in [
        ("amount=59%2C000", &[60, 59][..]),
        ("text=acme%2042", &[42]),
        ("what=duplicate_invoices%2Fsame_number&amount=60000", &[60]),
        ("what=duplicate_invoices%2Fexact", &[]),
        ("state=duplicate", &[]),
        ("shown=gone", &[]),
        ("shown=suppressed", &[61]),
    ] {
        let page = ann.get(&desk, &format!("{QUEUE}?{query}")).await;
        assert_eq!(listed(&page.text, 61), numbers, "{query}");
    }
    let wrong = ann.get(&desk, &format!("{QUEUE}?amount=much&state=paid")).await;
    assert!(wrong.status == 200 && wrong.text.contains("role=\"alert\""));
    let kept = ann
        .post(&desk, "/at/acme/acme/views", &[("name", "Large"), ("queue", "amount=59000&after=x")])
        .await;
    assert_eq!(kept.location(), format!("{QUEUE}?amount=59000&said=view-kept"));
    let page = ann.get(&desk, QUEUE).await;
    assert!(page.text.contains("findings?amount=59000\">Large</a>"), "{}", page.text);
    let remove = page.between("action=\"views/", "\"").unwrap().to_owned();
    let mut viv = Browser::member(&desk, "viv@example.org", MemberRole::Viewer).await;
    assert_eq!(viv.post(&desk, &format!("/at/acme/acme/views/{remove}"), &[]).await.status, 404);
    assert_eq!(ann.post(&desk, &format!("/at/acme/acme/views/{remove}"), &[]).await.status, 303);
    assert!(!ann.get(&desk, QUEUE).await.text.contains(">Large</a>"));
}

#[tokio::test]
async fn a_finding_is_decided_and_the_next_one_follows() {
    let desk = Desk::with(&checked(3)).await;
    let mut ann = Browser::ann(&desk).await;
    let page = ann.get(&desk, &format!("{}?amount=1000", path(3))).await;
    for words in [
        "Invoice 3 looks paid twice",
        "£3,000.00",
        "<h1>ACME 3 · Invoices that came twice</h1>",
        "50%: more likely than not it is one invoice.</b></p>\n<p class=\"next-step\">Ask for both papers.",
        "it is rent",
        "<span class=\"tag plain\">some</span> The same amount.",
        "+3.5",
        "ACME 3",
        "Invoices that came twice",
        "href=\"/at/acme/acme/transactions/3\">Transaction 3</a>",
    ] {
        assert!(page.text.contains(words), "{words} {}", page.text);
    }
    let fields = [("state", "duplicate"), ("queue", "amount=1000")];
    let decided = ann.post(&desk, &format!("{}/verdict", path(3)), &fields).await;
    assert_eq!(decided.location(), format!("{}?amount=1000&said=decided&last={}", path(2), key(3)));
    let page = ann.get(&desk, decided.location()).await;
    assert!(
        page.text.contains("duplicate: <a href=") && page.text.contains("data-key=\"u\""),
        "{}",
        page.text
    );
    let next = format!("{}?amount=1000&said=recovered&last={}", path(2), key(3));
    let form = format!("value=\"{}\"", next.replace('&', "&amp;"));
    assert!(page.text.contains(&form), "{form} {}", page.text);
    let fields = [("recovered", "2,500.50"), ("next", next.as_str())];
    let kept = ann.post(&desk, &format!("{}/recovered", path(3)), &fields).await;
    assert_eq!(kept.location(), next);
    // Which finding, and how much.
    let page = ann.get(&desk, &next).await;
    let words = format!("duplicate, £2,500.50 recovered: <a href=\"{}", path(3));
    assert!(page.text.contains(&words), "{words} {}", page.text);
    assert!(!page.text.contains("Recovered amount saved"), "said once");

    let rent = [
        ("state", "not_duplicate"),
        ("because", "rent"),
        ("remember", "pattern"),
        ("until", "2027-03-31"),
    ];
    ann.post(&desk, &format!("{}/verdict", path(2)), &rent).await;
    let token = desk.token(Role::Viewer, "").await;
    let kept = desk.get(&token, "verdicts").await.json();
    assert_eq!(
        (&kept["items"][0]["until"], &kept["items"][0]["by"]),
        (&"2027-04-01T00:00:00Z".into(), &"ann".into())
    );
    let last = ann
        .post(
            &desk,
            &format!("{}/verdict", path(1)),
            &[("state", "needs_information"), ("because", "asked")],
        )
        .await;
    assert_eq!(last.location(), format!("{QUEUE}?said=last&last={}", key(1)));
    assert!(ann.get(&desk, last.location()).await.text.contains("No open findings"));

    undo_in_the_queue(&desk, &mut ann).await;
    let undone = ann.post(&desk, &format!("{}/undo", path(2)), &[("queue", "amount=1000")]).await;
    assert_eq!(undone.location(), format!("{}?amount=1000&said=undone", path(2)));
    assert!(ann.get(&desk, &path(2)).await.text.contains("undid the verdict; it is open again"));
    assert_eq!(ann.post(&desk, &format!("{}/undo", path(2)), &[]).await.status, 409);
    let log = desk.audited().await;
    let of_findings: Vec<&str> =
        log.iter().filter_map(|what| what.strip_prefix("finding.")).collect();
    assert_eq!(of_findings, ["verdict", "recovered", "verdict", "verdict", "undo", "undo"]);
}

/// Of three decided ones the first, and back to the same queue.
async fn undo_in_the_queue(desk: &Desk, ann: &mut Browser) {
    let all = ann.get(desk, &format!("{QUEUE}?state=all")).await;
    assert_eq!(all.text.matches("/undo?seen=").count(), 3, "each may be undone there");
    let decided = ann.get(desk, &path(1)).await;
    assert!(decided.text.contains("Undo this decision"), "{}", decided.text);
    let fields = [("queue", "state=all"), ("from", "queue"), ("finding", "x")];
    let undone = ann.post(desk, &format!("{}/undo", path(1)), &fields).await;
    assert_eq!(undone.location(), format!("{QUEUE}?state=all&said=undone"));
    assert!(!ann.get(desk, &path(1)).await.text.contains("Undo this decision"));
}

#[tokio::test]
async fn work_is_shared() {
    let desk = Desk::with(&checked(2)).await;
    let mut ann = Browser::ann(&desk).await;
    Browser::member(&desk, "bob@example.org", MemberRole::Analyst).await;
    let page = ann.get(&desk, &path(1)).await;
    let option = "<option value=\"bob@example.org\">bob</option>";
    assert!(page.text.contains(option), "{}", page.text);
    let assign = format!("{}/assign", path(1));
    for stranger in ["bob", "eve@example.org", "Nobody Known <x>"] {
        let refused = ann.post(&desk, &assign, &[("assignee", stranger)]).await;
        assert_eq!(refused.status, 409, "{stranger}");
    }
    ann.post(&desk, &assign, &[("assignee", "bob@example.org")]).await;
    let his = ann.get(&desk, &format!("{QUEUE}?assignee=bob@example.org")).await;
    assert_eq!(listed(&his.text, 2), [1]);
    assert!(his.text.contains("<span class=\"sr\">bob</span></td>"), "{}", his.text);
    let nobodys = ann.get(&desk, &format!("{QUEUE}?assignee=-")).await;
    assert_eq!(listed(&nobodys.text, 2), [2]);
    ann.post(&desk, &format!("{}/comments", path(1)), &[("words", "Asked\nthem")]).await;
    let page = ann.get(&desk, &path(1)).await;
    assert!(
        page.text.contains("ann commented<blockquote>Asked\nthem</blockquote>"),
        "{}",
        page.text
    );
    for (words, said) in [
        ("again", "commented"),
        ("@bob, look; @ann", "commented-to-named"),
        ("@bob, @dee", "commented-to-unknown"),
    ] {
        let told = ann.post(&desk, &format!("{}/comments", path(1)), &[("words", words)]).await;
        assert!(told.location().ends_with(&format!("said={said}")), "{words} {}", told.location());
    }
    for (below, fields, said) in [
        ("comments", &[("words", " ")][..], "write some"),
        ("verdict", &[("state", "not_duplicate"), ("because", "")], "Say why"),
        ("verdict", &[("state", "paid"), ("because", "x")], "Not a state"),
        ("recovered", &[("recovered", "1")], "duplicate"),
        ("recovered", &[("recovered", "much")], "“much” is not an amount"),
        (
            "verdict",
            &[
                ("state", "not_duplicate"),
                ("because", "x"),
                ("remember", "rows"),
                ("until", "soon"),
            ],
            "no day",
        ),
    ] {
        let refused = ann.post(&desk, &format!("{}/{below}", path(1)), fields).await;
        assert_eq!(refused.status, 409, "{below} {fields:?}");
        assert!(refused.text.contains(said), "{said} {}", refused.text);
    }
}

#[tokio::test]
async fn what_is_filtered_leaves_as_a_file() {
    let desk = Desk::with(&checked(3)).await;
    let mut viv = {
        Browser::ann(&desk).await;
        Browser::member(&desk, "viv@example.org", MemberRole::Viewer).await
    };
    let csv = viv.get(&desk, &format!("{QUEUE}.csv?amount=2000&sort=amount")).await;
    assert_eq!((csv.status.as_u16(), csv.text.lines().count()), (200, 3), "{}", csv.text);
    assert!(csv.text.contains("'=Invoice 3"), "no cell is a formula");
    let xlsx = viv.get(&desk, &format!("{QUEUE}.xlsx")).await;
    assert!(xlsx.text.starts_with("PK"));
    assert_eq!(viv.get(&desk, &format!("{QUEUE}.parquet")).await.text, "PAR1 3");
    assert_eq!(desk.audited().await.iter().filter(|what| *what == "finding.export").count(), 3);
}

#[tokio::test]
async fn what_people_and_files_say_is_shown_as_text_and_masked() {
    let script = "<script>alert(1)</script>\"'&";
    let mut found: RunOutcome = checked(1);
    let finding = &mut found.findings[0];
    finding.title = script.to_owned();
    finding.kind = script.to_owned();
    finding.innocent_if = script.to_owned();
    finding.evidence[0].words = script.to_owned();
    finding.rows[0].fields.insert("supplier_name".to_owned(), script.to_owned());
    let mut person = finding.rows[0].clone();
    person.ledger = domain::FileType::Employees;
    person.fields = [("full_name".to_owned(), "Erika Mustermann".to_owned())].into();
    finding.rows.push(person);
    let desk = Desk::with(&found).await;
    let mut ann = Browser::ann(&desk).await;
    let token = desk.token(Role::Uploader, script).await;
    drop(token);
    ann.post(&desk, &format!("{}/comments", path(1)), &[("words", script)]).await;
    ann.post(&desk, "/at/acme/acme/views", &[("name", script), ("queue", "state=all")]).await;
    let queue = format!("{QUEUE}?text={}", "%3Cscript%3Ealert(1)%3C%2Fscript%3E%22");
    for path in [
        path(1),
        queue,
        format!("{QUEUE}?state=all"),
        format!("/sign-in?said={script}").replace(['<', '>', '"'], ""),
    ] {
        let page = ann.get(&desk, &path).await;
        assert!(!page.text.contains("<script>alert"), "{path} {}", page.text);
    }
    let page = ann.get(&desk, &path(1)).await;
    assert!(page.text.matches("&#60;script&#62;alert(1)").count() >= 6, "{}", page.text);
    assert!(page.text.contains("Erika Mustermann"));
    let mut viv = Browser::member(&desk, "viv@example.org", MemberRole::Viewer).await;
    let masked = viv.get(&desk, &path(1)).await;
    assert!(!masked.text.contains("Erika") && masked.text.contains("E. M."), "{}", masked.text);
    assert!(masked.text.contains("Hidden from your role, viewer: Name."), "{}", masked.text);
    assert!(!masked.text.contains("/verdict\""), "who may not decide is offered nothing to decide");
    for (role, name) in [(Role::Viewer, "E. M."), (Role::Analyst, "Erika Mustermann")] {
        let token = desk.token(role, "").await;
        let found = desk.get(&token, &format!("findings/{}", key(1))).await.json();
        assert!(found["rows"].to_string().contains(name), "{role} {found}");
    }
}

#[tokio::test]
async fn a_finding_that_is_none_is_not_there() {
    let desk = Desk::with(&checked(1)).await;
    let mut ann = Browser::ann(&desk).await;
    for finding in ["fnd_1", "fnd_00000000000000000000000000000000"] {
        assert_eq!(ann.get(&desk, &format!("{QUEUE}/{finding}")).await.status, 404);
        let fields = [("state", "duplicate")];
        assert_eq!(
            ann.post(&desk, &format!("{QUEUE}/{finding}/verdict"), &fields).await.status,
            404
        );
    }
    let empty = Desk::open().await;
    let mut ann = Browser::ann(&empty).await;
    assert!(ann.get(&empty, QUEUE).await.text.contains("No findings yet"));
}

#[tokio::test]
async fn a_finding_is_shown_as_it_was_when_it_was_decided() {
    let desk = Desk::with(&checked(1)).await;
    let mut ann = Browser::ann(&desk).await;
    let fields = [("state", "not_duplicate"), ("because", "it is <i>rent")];
    ann.post(&desk, &format!("{}/verdict", path(1)), &fields).await;
    ann.post(&desk, &format!("{}/comments", path(1)), &[("words", "asked twice")]).await;
    let mut later = checked(1);
    later.findings[0].title = "Invoice 1 looks paid three times".to_owned();
    later.findings[0].probability = Some(0.9);
    later.findings[0].evidence[0].words = "the same everything".to_owned();
    desk.run(&later).await;

    let now = ann.get(&desk, &path(1)).await;
    assert!(now.text.contains("looks paid three times"), "{}", now.text);
    let link = format!("href=\"{}/history/1\">as it was at the time</a>", path(1));
    assert!(now.text.contains(&link), "{}", now.text);
    assert_eq!(now.text.matches("as it was at the time").count(), 1, "a comment keeps no finding");
    let then = ann.get(&desk, &format!("{}/history/1", path(1))).await;
    for words in [
        "Invoice 1 looks paid twice",
        "As it was on 23 Nov 2026, 10:00",
        "ann decided: not a duplicate",
        "it is &#60;i&#62;rent",
        "50%: more likely than not it is one invoice.</b></p>\n<p class=\"next-step\">Ask for both papers.",
        "the same amount",
        "ACME 1",
        "<h3>Since then</h3>",
        "ann commented<blockquote>",
    ] {
        assert!(then.text.contains(words), "{words} {}", then.text);
    }
    let log = format!("/settings/acme/audit?about={}", key(1));
    assert!(now.text.contains(&log), "{log} {}", now.text);
    assert_eq!(ann.get(&desk, &log).await.text.matches("Details of entry").count(), 2);
    assert!(!then.text.contains("three times") && !then.text.contains("the same everything"));
    let noted = desk.audited().await;
    for entry in ["2", "9", "x"] {
        let at = format!("{}/history/{entry}", path(1));
        assert_eq!(ann.get(&desk, &at).await.status, 404, "{entry}");
        assert_eq!(ann.post(&desk, &at, &[]).await.status, 404, "{entry}");
    }
    assert_eq!(desk.audited().await, noted, "a look at nothing");
}

#[tokio::test]
async fn a_decision_is_made_on_what_was_seen() {
    let desk = Desk::with(&checked(2)).await;
    let mut ann = Browser::ann(&desk).await;
    let mut bob = Browser::member(&desk, "bob@example.org", MemberRole::Analyst).await;
    let seen = ann.get(&desk, &path(1)).await;
    assert!(seen.text.contains("name=\"seen\" value=\"0\""), "{}", seen.text);
    bob.get(&desk, &path(1)).await;
    let verdict = format!("{}/verdict", path(1));
    let rent = [("seen", "0"), ("state", "not_duplicate"), ("because", "It is the rent of May")];
    assert_eq!(bob.post(&desk, &verdict, &rent).await.status, 303);
    let late = [("seen", "0"), ("state", "needs_information"), ("because", "Asked for the note")];
    let refused = ann.post(&desk, &verdict, &late).await;
    assert_eq!(refused.status, 409);
    for said in [
        "bob decided: not a duplicate",
        "“It is the rent of May”",
        "nothing was written",
        "value=\"Asked for the note\"",
        "name=\"seen\" value=\"1\"",
        "Decisions and comments",
    ] {
        assert!(refused.text.contains(said), "{said} {}", refused.text);
    }
    for (below, fields) in [
        ("assign", vec![("seen", "0"), ("assignee", "ann@example.org")]),
        ("undo", vec![("seen", "0")]),
        ("undo?seen=0", vec![]),
    ] {
        let refused = ann.post(&desk, &format!("{}/{below}", path(1)), &fields).await;
        assert_eq!(refused.status, 409, "{below}");
    }
    // A comment stands beside whatever was decided, and is written once however often it is sent.
    let comment = [("seen", "0"), ("words", "Asked the supplier")];
    for _ in 0..2 {
        let said = ann.post(&desk, &format!("{}/comments", path(1)), &comment).await;
        assert_eq!(said.status, 303, "{}", said.text);
    }
    let again = bob.post(&desk, &verdict, &rent).await;
    assert_eq!(again.status, 303, "the same form, sent twice");
    let page = ann.get(&desk, &path(1)).await;
    assert_eq!(page.text.matches("Asked the supplier").count(), 1, "{}", page.text);
    assert!(page.text.contains("name=\"seen\" value=\"2\""), "{}", page.text);
    let one = format!("{}@0", key(1));
    let several = [("finding", one.as_str()), ("state", "duplicate")];
    let refused = ann.post(&desk, QUEUE, &several).await;
    assert_eq!(refused.location(), format!("{QUEUE}?left=1"), "nothing was written");
}

#[tokio::test]
async fn one_key_says_nothing_for_anybody() {
    let desk = Desk::with(&checked(1)).await;
    let mut ann = Browser::ann(&desk).await;
    let verdict = format!("{}/verdict", path(1));
    ann.post(&desk, &verdict, &[("state", "duplicate"), ("seen", "0")]).await;
    ann.post(&desk, &verdict, &[("state", "duplicate"), ("seen", "0")]).await;
    let recovered = format!("{}/recovered", path(1));
    ann.post(&desk, &recovered, &[("recovered", "431"), ("seen", "1")]).await;
    ann.post(&desk, &verdict, &[("state", "duplicate"), ("seen", "2"), ("because", "agreed")])
        .await;
    let token = desk.token(Role::Viewer, "").await;
    let finding = desk.get(&token, &format!("findings/{}", key(1))).await.json();
    assert_eq!((&finding["recovered"], &finding["lastEntry"]), (&"431.00".into(), &3.into()));
    assert!(finding["history"][0]["words"].is_null(), "nobody said anything: {finding}");
}
