//! How long files are kept: shown before it is set, carried out, and seen on the upload it was about.

use crate::browser::{Browser, PASSWORD};
use crate::desk::Desk;

const PATH: &str = "/settings/acme/retention";
const DAY: i64 = 24 * 60 * 60;

/// An old file that is read, a newer one that is, and one that waits; a year later.
async fn a_year_later() -> (Desk, Browser, String) {
    let desk = Desk::open().await;
    let mut ann = Browser::ann(&desk).await;
    let old = desk.receive("old.csv", "SAP").await;
    desk.receive("newer.csv", "SAP").await;
    desk.read_one().await;
    desk.read_one().await;
    desk.receive("waiting.csv", "SAP").await;
    desk.later(365 * DAY);
    ann.sign_in(&desk, "ann@example.org", PASSWORD).await;
    (desk, ann, old)
}

#[tokio::test]
async fn what_would_go_is_shown_and_then_goes() {
    let (desk, mut ann, old) = a_year_later().await;
    let system = desk.app.store.system();
    let now = || desk.app.clock.now();
    let page = ann.get(&desk, PATH).await;
    assert!(page.text.contains("They are kept <b>for ever</b>."), "{}", page.text);
    let preview = ann.get(&desk, &format!("{PATH}?keep=days&days=90")).await;
    for words in [
        "Keep files for 90 days?",
        "1 file, 17 B, received before 25 Aug 2027",
        "and remove 1</button>",
        "Nobody can bring them back.",
    ] {
        assert!(preview.text.contains(words), "{words} {}", preview.text);
    }
    assert_eq!(system.remove_expired_files(now()).await.unwrap().files, 0, "nothing is set yet");

    // Whoever agreed to none is shown again what goes.
    let agreed = [("keep", "days"), ("days", "90"), ("files", "0")];
    let fewer = ann.post(&desk, PATH, &agreed).await;
    assert_eq!(fewer.status, 422);
    assert!(
        fewer.text.contains("More files would be removed than you were shown"),
        "{}",
        fewer.text
    );
    let set = ann.post(&desk, PATH, &[("keep", "days"), ("days", "90"), ("files", "1")]).await;
    assert_eq!(set.location(), format!("{PATH}?said=retention-set"));
    let page = ann.get(&desk, PATH).await;
    assert!(
        page.text.contains("Removed within the hour: 1 file, 17 B, received before"),
        "{}",
        page.text
    );
    assert_eq!(system.remove_expired_files(now()).await.unwrap().files, 1);
    let page = ann.get(&desk, PATH).await;
    assert!(page.text.contains("Removed so far: 1 file, 17 B."), "{}", page.text);

    let upload = ann.get(&desk, &format!("/at/acme/acme/uploads/{old}")).await;
    for words in ["the file was removed by retention", "Removed by retention on 23 Nov 2027"] {
        assert!(upload.text.contains(words), "{words} {}", upload.text);
    }
    assert!(!upload.text.contains(">Download</a>"), "{}", upload.text);
    for below in ["file", "columns", "lines/2"] {
        let gone = ann.get(&desk, &format!("/at/acme/acme/uploads/{old}/{below}")).await;
        assert_eq!(gone.status, 409, "{below}");
        assert!(gone.text.contains("removed by retention on 23 Nov 2027"), "{}", gone.text);
    }
    let audited = desk.audited().await;
    for what in ["retention.set", "upload.removed"] {
        assert_eq!(audited.iter().filter(|known| *known == what).count(), 1, "{what}");
    }
}

#[tokio::test]
async fn what_makes_no_sense_is_not_set() {
    let (desk, mut ann, _) = a_year_later().await;
    for (keep, days, words) in [
        ("days", "29", "Write a whole number of days from 30 to 7320."),
        ("days", "soon", "Write a whole number of days from 30 to 7320."),
        ("never", "90", "Choose whether files are kept for ever"),
    ] {
        let asked = ann.get(&desk, &format!("{PATH}?keep={keep}&days={days}")).await;
        assert_eq!(asked.status, 422);
        assert!(asked.text.contains(words), "{}", asked.text);
        let set = ann.post(&desk, PATH, &[("keep", keep), ("days", days), ("files", "9")]).await;
        assert_eq!(set.status, 422);
    }
    let ever = ann.get(&desk, &format!("{PATH}?keep=ever")).await;
    assert!(ever.text.contains("Nothing is removed from then on."), "{}", ever.text);
    let same = ann.post(&desk, PATH, &[("keep", "ever"), ("files", "0")]).await;
    assert_eq!(same.location(), format!("{PATH}?said=nothing-changed"));
    assert_eq!(desk.app.store.customer(&"acme".parse().unwrap()).files_kept().await.unwrap(), None);
    assert!(!desk.audited().await.contains(&"retention.set".to_owned()));
}

#[tokio::test]
async fn a_unit_may_have_a_time_of_its_own() {
    let (desk, mut ann, _) = a_year_later().await;
    let (system, uk) = (desk.app.store.system(), "uk".parse().unwrap());
    let now = || desk.app.clock.now();
    assert!(!ann.get(&desk, PATH).await.text.contains("id=\"units\""), "there is one unit");
    system.add_unit(&"acme".parse().unwrap(), &uk, "operator", now()).await.unwrap();
    let ever = [("unit", "acme"), ("keep", "ever"), ("files", "0")];
    let set = ann.post(&desk, PATH, &ever).await;
    assert_eq!(set.location(), format!("{PATH}?unit=acme&said=retention-set"));
    // What is set for all is not of that unit, so that nothing of it goes.
    let all = ann.post(&desk, PATH, &[("keep", "days"), ("days", "90"), ("files", "0")]).await;
    assert_eq!(all.location(), format!("{PATH}?said=retention-set"));
    assert_eq!(system.remove_expired_files(now()).await.unwrap().files, 0);
    let page = ann.get(&desk, PATH).await;
    for said in [
        "They are kept <b>for 90 days</b>.",
        "?unit=acme\">acme</a></td><td data-label=\"Files are kept\">for ever</td>",
        "?unit=uk\">uk</a></td><td data-label=\"Files are kept\">as in the organisation, for 90 days</td>",
    ] {
        assert!(page.text.contains(said), "{said} {}", page.text);
    }

    let preview = ann.get(&desk, &format!("{PATH}?unit=acme&keep=as")).await;
    for said in [
        "Keep files of acme as in the organisation, for 90 days?",
        "1 file, 17 B, received before",
        "<input type=\"hidden\" name=\"unit\" value=\"acme\">",
        "value=\"as\" checked",
    ] {
        assert!(preview.text.contains(said), "{said} {}", preview.text);
    }
    let fewer = [("unit", "acme"), ("keep", "as"), ("files", "0")];
    assert_eq!(ann.post(&desk, PATH, &fewer).await.status, 422);
    let agreed = [("unit", "acme"), ("keep", "as"), ("files", "1")];
    let set = ann.post(&desk, PATH, &agreed).await;
    assert_eq!(set.location(), format!("{PATH}?unit=acme&said=retention-set"));
    assert_eq!(system.remove_expired_files(now()).await.unwrap().files, 1);

    assert_eq!(ann.get(&desk, &format!("{PATH}?unit=none")).await.status, 404);
    let as_none = ann.get(&desk, &format!("{PATH}?keep=as")).await;
    assert_eq!(as_none.status, 422, "{}", as_none.text);
    let audited = desk.audited().await;
    let sets = audited.iter().filter(|what| *what == "retention.set_unit").count();
    assert_eq!(sets, 2, "{audited:?}");
}
