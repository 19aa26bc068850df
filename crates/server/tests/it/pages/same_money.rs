//! Findings of one payment on their pages, what is said once its money is back, and the file of what was
//! done.

use domain::MemberRole;
use domain::finding::RunOutcome;

use super::recovery::{RECOVERY, confirm, of_two_suppliers, path};
use crate::browser::Browser;
use crate::desk::{Desk, checked, key};

const QUEUE: &str = "/at/acme/acme/findings";

/// Three findings, the third of which speaks of the first's invoice and of one more.
fn of_one_payment() -> RunOutcome {
    let mut found = of_two_suppliers();
    let first = found.findings[0].rows[0].clone();
    found.findings[2].rows.push(first);
    found
}

#[tokio::test]
async fn findings_of_one_payment_are_settled_by_one_verdict() {
    let desk = Desk::with(&of_one_payment()).await;
    let mut ann = Browser::ann(&desk).await;
    let page = ann.get(&desk, &path(1)).await;
    let other = format!("The same money as <a href=\"{}\">", path(3));
    let with = format!("{}@0", key(3));
    for said in [
        other.as_str(),
        &format!("name=\"with\" value=\"{with}\""),
        "data-key=\"t\">All of them are true",
    ] {
        assert!(page.text.contains(said), "{said} {}", page.text);
    }
    assert!(!ann.get(&desk, &path(2)).await.text.contains("The same money as"));
    let both = [("state", "duplicate"), ("with", with.as_str()), ("seen", "0")];
    let decided = ann.post(&desk, &format!("{}/verdict", path(1)), &both).await;
    assert_eq!(decided.status, 303, "{}", decided.text);
    let queue = ann.get(&desk, decided.location()).await;
    for said in ["2 findings are decided", "Undo all"] {
        assert!(queue.text.contains(said), "{said} {}", queue.text);
    }
    let page = ann.get(&desk, &path(1)).await;
    assert!(page.text.contains("It is asked for there, and counts once."), "{}", page.text);
    assert!(!page.text.contains("Write the letter"), "{}", page.text);
    let recovery = ann.get(&desk, RECOVERY).await;
    assert!(recovery.text.contains("Outstanding 1 \u{b7} \u{a3}3,000.00"), "{}", recovery.text);
    let moment = queue.between("name=\"decided\" value=\"", "\"").unwrap().to_owned();
    let undone = ann.post(&desk, &format!("{QUEUE}/undo"), &[("decided", moment.as_str())]).await;
    assert_eq!(undone.status, 303, "{}", undone.text);
    let recovery = ann.get(&desk, RECOVERY).await;
    assert!(recovery.text.contains("Nothing is on its way back yet"), "{}", recovery.text);

    confirm(&desk, &mut ann, &[3]).await;
    let page = ann.get(&desk, &path(1)).await;
    for said in ["settle it with that one", "The same money as \u{201c}=Invoice 3 looks paid twice"]
    {
        assert!(page.text.contains(said), "{said} {}", page.text);
    }
}

#[tokio::test]
async fn money_that_is_back_is_at_risk_no_more() {
    let desk = Desk::with(&of_two_suppliers()).await;
    let mut ann = Browser::ann(&desk).await;
    confirm(&desk, &mut ann, &[3]).await;
    let page = ann.get(&desk, &path(3)).await;
    assert!(page.text.contains("<span>at risk</span>"), "{}", page.text);
    let step = format!("{}/recovery", path(3));
    let came = [("stage", "received"), ("recovered", "3,000"), ("reference", "CN 9")];
    assert_eq!(ann.post(&desk, &step, &came).await.status, 303);
    let page = ann.get(&desk, &path(3)).await;
    for said in [
        "<b>\u{a3}3,000.00</b> <span>came back</span>",
        "\u{a3}3,000.00 came back: nothing of it is left to ask for.",
        "href=\"/at/acme/acme/findings/",
    ] {
        assert!(page.text.contains(said), "{said} {}", page.text);
    }
    assert!(!page.text.contains("<span>at risk</span>"), "{}", page.text);

    let history = format!("{}/history.csv", path(3));
    let mut aud = Browser::member(&desk, "aud@example.org", MemberRole::Auditor).await;
    let file = aud.get(&desk, &history).await;
    assert_eq!(file.headers["content-type"], "text/csv; charset=utf-8; header=present");
    for said in [
        "finding,entry,at,by,who,what,from_state,to_state,reason,reason_code,undoes,from_recovery",
        ",ann,ann@example.org,verdict,open,duplicate,",
        ",recovery,duplicate,duplicate,,,,to_ask,received,3000.00,2026-11-23,CN 9,3000.00,,",
    ] {
        assert!(file.text.contains(said), "{said} {}", file.text);
    }
    assert!(desk.audited().await.contains(&"finding.history".to_owned()));
    let mut bob = Browser::member(&desk, "bob@example.org", MemberRole::Analyst).await;
    assert_eq!(bob.get(&desk, &history).await.status, 403);
    let done = ann.get(&desk, &format!("{QUEUE}?state=decided")).await;
    assert!(done.text.contains("<span class=\"note\">ann, 23 Nov 2026</span>"), "{}", done.text);
}

#[tokio::test]
async fn a_queue_says_what_it_leaves_out() {
    let desk = Desk::with(&checked(3)).await;
    let mut ann = Browser::ann(&desk).await;
    let page = ann.get(&desk, &format!("{QUEUE}?q=alder")).await;
    assert!(
        page.text.contains("a field \u{201c}q\u{201d}, which no list of findings knows"),
        "{}",
        page.text
    );
    assert!(page.text.contains("<b>0</b> of 3 decided today"), "{}", page.text);
    let waits = [("state", "needs_information"), ("because", "asked")];
    ann.post(&desk, &format!("{}/verdict", path(1)), &waits).await;
    confirm(&desk, &mut ann, &[2]).await;
    let page = ann.get(&desk, &format!("{QUEUE}?text=alder&sort=amount&said=decided")).await;
    assert!(page.text.contains("<b>1</b> of 3 decided today"), "{}", page.text);
    assert!(!page.text.contains("no list of findings knows"), "{}", page.text);
    let comments = format!("{}/comments", path(1));
    let said = ann.post(&desk, &comments, &[("words", "@anne and @ann: look")]).await;
    let page = ann.get(&desk, said.location()).await;
    let named = "\u{201c}@anne\u{201d} is the name of no one member here, and was not told.";
    assert!(page.text.contains(named), "{}", page.text);
}
