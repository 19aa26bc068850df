//! Problems of an upload: paged, counted, replaced, capped.

use domain::page::PageSize;
use domain::problem::{Level, Reason};
use domain::{Problem, ProblemCount, ReadingRules};
use futures_util::TryStreamExt as _;
use store::{Error, KeptProblems, PROBLEMS_KEPT_MAX};

use crate::cases::reading::{read_next, refused};
use crate::cases::verdicts::ann;
use crate::site::{Site, new_job, now, unit};

fn problem(line: u64) -> Problem {
    Problem {
        line: Some(line),
        column: Some("Amount".to_owned()),
        value: Some(format!("O,{line}")),
        reason: Reason::NotANumber,
        level: Level::SetAside,
    }
}

fn count(reason: Reason, count: u64) -> ProblemCount {
    ProblemCount { column: None, reason, level: Level::Note, count }
}

pub(crate) async fn problems_come_back_in_their_order(site: Site) {
    let (acme, system) = (site.acme(), site.system());
    let upload = site.receive("a.csv", b"1").await.into_upload().id;
    let job = site.claim().await;
    let of_file = Problem { value: Some("a\0b".to_owned()), ..Problem::of_file(Reason::Utf16) };
    let kept = [problem(9), of_file.clone(), problem(2), problem(u64::from(u32::MAX) + 1)];
    let counts = [count(Reason::Empty, 1), count(Reason::Rounded, 9), count(Reason::Utf16, 1)];
    system.keep_problems(&job, (&kept, &counts), &ReadingRules::default()).await.unwrap();

    let shown = Problem { value: Some("a\u{2400}b".to_owned()), ..of_file };
    let expected = [kept[0].clone(), shown, kept[2].clone(), kept[3].clone()];
    let (mut found, mut after) = (Vec::new(), None);
    loop {
        let size = PageSize::try_from(2).unwrap();
        let page = acme.problems(&unit(), upload, size, after).await.unwrap();
        found.extend(page.items);
        after = page.next;
        if after.is_none() {
            break;
        }
    }
    assert_eq!(found, expected);
    let all: Vec<_> =
        acme.all_problems(&unit(), upload).await.unwrap().try_collect().await.unwrap();
    assert_eq!(all.concat(), expected);
    let frequent = acme.problem_counts(&unit(), upload).await.unwrap();
    assert_eq!(frequent, [counts[1].clone(), counts[0].clone(), counts[2].clone()]);
    let past = acme.problems(&unit(), upload, PageSize::default(), Some(u64::MAX)).await.unwrap();
    assert_eq!((past.items, past.next), (vec![], None));

    let of = async |reason| {
        acme.problems_of(&unit(), upload, reason, PageSize::default(), None)
            .await
            .unwrap()
            .items
            .len()
    };
    assert_eq!(of(Some(Reason::NotADate)).await, 0);
    assert_eq!((of(Some(Reason::NotANumber)).await, of(None).await), (3, 4));

    let stranger = site.store.customer(&"other".parse().unwrap());
    for missing in [
        stranger.problems(&unit(), upload, PageSize::default(), None).await.map(drop),
        stranger.problem_counts(&unit(), upload).await.map(drop),
        stranger.all_problems(&unit(), upload).await.map(drop),
        acme.problem_counts(&"elsewhere".parse().unwrap(), upload).await.map(drop),
    ] {
        assert!(matches!(missing, Err(Error::NotFound { what: "upload" })), "{missing:?}");
    }
}

pub(crate) async fn a_reading_replaces_the_problems(site: Site) {
    let (acme, system) = (site.acme(), site.system());
    let upload = site.receive("a.csv", b"1").await.into_upload().id;
    let job = site.claim().await;
    let page = async || acme.problems(&unit(), upload, PageSize::default(), None).await;
    for kept in [vec![problem(1), problem(2)], vec![problem(3)], vec![problem(3)]] {
        let counts = [count(Reason::NotANumber, kept.len() as u64)];
        system.keep_problems(&job, (&kept, &counts), &ReadingRules::default()).await.unwrap();
        assert_eq!(page().await.unwrap().items, kept);
        assert_eq!(acme.problem_counts(&unit(), upload).await.unwrap(), counts);
    }
    system.retry_job(&job, now(), "again").await.unwrap();
    read_next(&site, refused()).await;
    assert_eq!(page().await.unwrap().items, [problem(3)]);
    acme.read_again(&unit(), upload, new_job(), &ann()).await.unwrap();
    assert_eq!(page().await.unwrap().items, []);
    assert_eq!(acme.problem_counts(&unit(), upload).await.unwrap(), []);
}

pub(crate) async fn problems_are_kept_up_to_a_number(site: Site) {
    let upload = site.receive("a.csv", b"1").await.into_upload().id;
    let job = site.claim().await;
    let most = PROBLEMS_KEPT_MAX as u64;
    let many: Vec<Problem> = (1..=most + 5).map(problem).collect();
    site.system().keep_problems(&job, (&many, &[]), &ReadingRules::default()).await.unwrap();
    let pages = site.acme().all_problems(&unit(), upload).await.unwrap();
    let kept: Vec<Problem> = pages.try_concat().await.unwrap();
    assert_eq!(kept, many[..PROBLEMS_KEPT_MAX]);
}

pub(crate) async fn the_rules_are_known_by_which_problems_were_found(site: Site) {
    let upload = site.receive("a.csv", b"1").await.into_upload().id;
    let acme = site.acme();
    let kept = async || acme.kept_problems(&unit(), upload).await.unwrap();
    assert_eq!(kept().await, KeptProblems { are_all: true, read_by: None }, "none was found yet");
    let job = site.claim().await;
    let rules = ReadingRules { is_strict: true, ..ReadingRules::default() };
    for (found, are_all) in [(2, true), (3, false)] {
        let (some, counts) = ([problem(1), problem(2)], [count(Reason::NotANumber, found)]);
        site.system().keep_problems(&job, (&some, &counts), &rules).await.unwrap();
        assert_eq!(kept().await, KeptProblems { are_all, read_by: Some(rules.clone()) });
    }
    let elsewhere = acme.kept_problems(&"elsewhere".parse().unwrap(), upload).await;
    assert!(matches!(elsewhere, Err(Error::NotFound { what: "upload" })), "{elsewhere:?}");
}
