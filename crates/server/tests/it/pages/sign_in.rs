//! From the first link to the last session.

use domain::MemberRole;

use crate::browser::{Browser, PASSWORD};
use crate::desk::Desk;

const ANN: &str = "ann@example.org";

#[tokio::test]
async fn the_first_link_makes_an_administrator_once() {
    let desk = Desk::open().await;
    let link = desk.welcome().await;
    let mut browser = Browser::default();
    let page = browser.get(&desk, &link).await;
    assert!(page.text.contains("first administrator of acme"), "{}", page.text);
    for (password, again, said) in [
        ("short", "short", "fewer than 12"),
        ("acme horse staple", "acme horse staple", "organisation"),
        ("correct horse", "correct horsf", "differ"),
    ] {
        let fields = [
            ("name", "Ann"),
            ("email", ANN),
            ("new_password", password),
            ("new_password_again", again),
        ];
        let page = browser.post(&desk, &link, &fields).await;
        assert_eq!(page.status, 422);
        assert!(page.text.contains(said) && page.text.contains(ANN), "{}", page.text);
        assert!(!page.text.contains(password), "a password is never written back");
    }
    let page = browser.accept(&desk, &link, ANN).await;
    assert_eq!((page.status.as_u16(), page.location()), (303, "/"));
    let start = browser.get(&desk, "/").await;
    assert_eq!(start.location(), "/at/acme/acme/");
    assert_eq!(browser.get(&desk, "/at/acme/acme/uploads").await.status, 200);
    let used = Browser::default().get(&desk, &link).await;
    assert!(used.status == 409 && used.text.contains("does not work any more"), "{}", used.text);
    assert!(desk.try_welcome().await.is_none(), "there is a user now");
}

#[tokio::test]
async fn people_sign_in_and_out() {
    let desk = Desk::open().await;
    Browser::ann(&desk).await;
    let mut browser = Browser::default();
    let asked = browser.get(&desk, "/at/acme/acme/uploads?after=x").await;
    assert_eq!(asked.location(), "/sign-in?next=%2Fat%2Facme%2Facme%2Fuploads%3Fafter%3Dx");
    let mut texts = Vec::new();
    for (email, password) in
        [(ANN, "wrong"), ("nobody@example.org", PASSWORD), ("no address", PASSWORD)]
    {
        let page = browser.sign_in(&desk, email, password).await;
        assert_eq!(page.status, 422);
        texts.push(page.text.replace(email, ""));
    }
    assert_eq!(texts[0], texts[1], "who has an account does not show");
    let fields = [("email", "Ann@Example.org"), ("password", PASSWORD), ("next", "//evil.example")];
    let page = browser.post(&desk, "/sign-in", &fields).await;
    assert_eq!((page.status.as_u16(), page.location()), (303, "/"), "nobody is sent elsewhere");
    browser.get(&desk, "/me").await;
    let out = browser.post(&desk, "/sign-out", &[]).await;
    assert_eq!(out.location(), "/sign-in?said=signed-out");
    assert_eq!(browser.get(&desk, "/me").await.status, 303);
    let log = desk.audited().await;
    assert_eq!(
        log,
        [
            "member.join",
            "user.sign_in",
            "user.sign_in_refused",
            "user.sign_in_refused",
            "user.sign_in",
            "user.end_session"
        ]
    );
}

#[tokio::test]
async fn guessing_is_slow() {
    let desk = Desk::open().await;
    Browser::ann(&desk).await;
    let mut browser = Browser::default();
    for _ in 0..5 {
        browser.sign_in(&desk, ANN, "wrong").await;
    }
    let locked = browser.sign_in(&desk, ANN, PASSWORD).await;
    assert!(locked.status == 422 && locked.text.contains("Wait 1 minute"), "{}", locked.text);
    let unknown = "nobody@example.org";
    for _ in 0..5 {
        browser.sign_in(&desk, unknown, "wrong").await;
    }
    let same = browser.sign_in(&desk, unknown, PASSWORD).await;
    assert_eq!(locked.text.replace(ANN, ""), same.text.replace(unknown, ""));
    desk.later(31);
    assert_eq!(browser.sign_in(&desk, ANN, PASSWORD).await.status, 303);
}

#[tokio::test]
async fn a_stranger_locks_nobody_out() {
    let desk = Desk::open().await;
    let mut ann = Browser::ann(&desk).await;
    ann.post(&desk, "/sign-out", &[]).await;
    let mut bob = Browser::member(&desk, "bob@example.org", MemberRole::Viewer).await;
    bob.post(&desk, "/sign-out", &[]).await;
    let mut stranger = Browser::default();
    for _ in 0..5 {
        stranger.sign_in(&desk, ANN, "wrong").await;
    }
    for (browser, status) in [(&mut stranger, 422), (&mut bob, 422), (&mut ann, 303)] {
        assert_eq!(browser.sign_in(&desk, ANN, PASSWORD).await.status, status);
    }
    // Whoever sits at her browser has as few tries as anybody.
    ann.get(&desk, "/me").await;
    ann.post(&desk, "/sign-out", &[]).await;
    for _ in 0..5 {
        ann.sign_in(&desk, ANN, "wrong").await;
    }
    let locked = ann.sign_in(&desk, ANN, PASSWORD).await;
    assert!(locked.text.contains("too many wrong attempts"), "{}", locked.text);
}

#[tokio::test]
async fn sessions_end() {
    let desk = Desk::open().await;
    let mut first = Browser::ann(&desk).await;
    let mut second = Browser::default();
    second.sign_in(&desk, ANN, PASSWORD).await;
    let me = second.get(&desk, "/me").await;
    assert_eq!(me.text.matches("name=\"session\"").count(), 2);
    let (_, after_own) = me.text.split_once("this one").unwrap();
    let (_, other) = after_own.split_once("name=\"session\" value=\"").unwrap_or_default();
    let listed: Vec<&str> =
        me.text.split("name=\"session\" value=\"").skip(1).map(|part| &part[..30]).collect();
    let firsts = listed.iter().find(|id| !other.starts_with(**id)).unwrap();
    let ended = second.post(&desk, "/me/sessions/end", &[("session", firsts)]).await;
    assert_eq!(ended.location(), "/me?said=session-ended");
    assert_eq!(first.get(&desk, "/me").await.status, 303);

    first.sign_in(&desk, ANN, PASSWORD).await;
    let new = "a longer battery";
    for (old, again, status) in
        [("wrong", new, 422), (PASSWORD, "other", 422), (PASSWORD, new, 303)]
    {
        let fields = [("password", old), ("new_password", new), ("new_password_again", again)];
        assert_eq!(second.post(&desk, "/me/password", &fields).await.status, status);
    }
    assert_eq!(first.get(&desk, "/me").await.status, 303, "all others are ended");
    assert_eq!(first.sign_in(&desk, ANN, PASSWORD).await.status, 422);
    assert_eq!(first.sign_in(&desk, ANN, new).await.status, 303);
    // Used now and then it lasts a working day, unused it does not.
    for _ in 0..3 {
        desk.later(3 * 60 * 60 + 1800);
        assert_eq!(second.get(&desk, "/me").await.status, 200);
    }
    assert_eq!(first.get(&desk, "/me").await.status, 303, "idle");
    desk.later(2 * 60 * 60);
    assert_eq!(second.get(&desk, "/me").await.status, 303, "old");
}

/// Turns two-step sign-in on: its secret.
async fn turn_totp_on(desk: &Desk, browser: &mut Browser) -> String {
    let page = browser.get(desk, "/me/totp").await;
    assert!(page.text.contains("<svg") && page.text.contains("Scan this"));
    let secret = page.between("name=\"secret\" value=\"", "\"").unwrap().to_owned();
    let code = desk.totp(&secret);
    for (code, password, status) in
        [("000000", PASSWORD, 422), (&code, "wrong", 422), (&code, PASSWORD, 200)]
    {
        let fields = [("secret", secret.as_str()), ("code", code), ("password", password)];
        assert_eq!(browser.post(desk, "/me/totp", &fields).await.status, status, "{code}");
    }
    secret
}

async fn sign_in_with(desk: &Desk, browser: &mut Browser, code: &str) -> u16 {
    browser.get(desk, "/sign-in").await;
    let fields = [("email", ANN), ("password", PASSWORD), ("code", code)];
    browser.post(desk, "/sign-in", &fields).await.status.as_u16()
}

#[tokio::test]
async fn a_second_factor_is_asked_for_once_it_is_proved() {
    let desk = Desk::open().await;
    let mut ann = Browser::ann(&desk).await;
    let mut elsewhere = Browser::default();
    elsewhere.sign_in(&desk, ANN, PASSWORD).await;
    let secret = turn_totp_on(&desk, &mut ann).await;
    assert_eq!(elsewhere.get(&desk, "/me").await.status, 303, "begun without a code");
    assert_eq!(ann.get(&desk, "/me").await.status, 200);
    let code = desk.totp(&secret);
    let asked = Browser::default().sign_in(&desk, ANN, PASSWORD).await;
    let wrong = Browser::default().sign_in(&desk, ANN, "wrong").await;
    assert_eq!((asked.status.as_u16(), asked.text), (422, wrong.text), "which half was wrong");
    let mut browser = Browser::default();
    assert_eq!(sign_in_with(&desk, &mut browser, &code).await, 422, "it turned the codes on");
    desk.later(31);
    let code = desk.totp(&secret);
    for status in [303, 422] {
        let mut browser = Browser::default();
        assert_eq!(sign_in_with(&desk, &mut browser, &code).await, status, "a code works once");
    }
    assert_eq!(ann.post(&desk, "/me/totp/off", &[("password", PASSWORD)]).await.status, 303);
    assert_eq!(Browser::default().sign_in(&desk, ANN, PASSWORD).await.status, 303);
}

#[tokio::test]
async fn recovery_codes_stand_in_for_the_app() {
    let desk = Desk::open().await;
    let mut ann = Browser::ann(&desk).await;
    turn_totp_on(&desk, &mut ann).await;
    ann.get(&desk, "/me").await;
    let shown = ann.post(&desk, "/me/totp/codes", &[("password", PASSWORD)]).await;
    let codes = shown.between("<code id=\"codes\">", "</code>").unwrap().to_owned();
    let codes: Vec<&str> = codes.split_whitespace().collect();
    assert_eq!(codes.len(), 10);
    for (code, status) in [
        (codes[0], 303),
        (codes[0], 422),
        (&*codes[1].to_lowercase().replace('-', " "), 303),
        ("AAAA-AAAA", 422),
    ] {
        assert_eq!(sign_in_with(&desk, &mut Browser::default(), code).await, status, "{code}");
    }
    let me = ann.get(&desk, "/me").await;
    assert!(me.text.contains("8 recovery codes left"), "{}", me.text);
    let unproved = ann.post(&desk, "/me/totp/codes", &[("password", "wrong")]).await;
    assert_eq!(unproved.status, 422);
    let new = ann.post(&desk, "/me/totp/codes", &[("password", PASSWORD)]).await;
    assert!(!new.text.contains(codes[2]) && new.text.contains("work no more"), "{}", new.text);
    assert_eq!(sign_in_with(&desk, &mut Browser::default(), codes[2]).await, 422);
}

#[tokio::test]
async fn an_admin_turns_the_codes_of_a_member_off() {
    let desk = Desk::open().await;
    let mut ann = Browser::ann(&desk).await;
    let mut bob = Browser::member(&desk, "bob@example.org", MemberRole::Viewer).await;
    turn_totp_on(&desk, &mut bob).await;
    let refused = Browser::default().sign_in(&desk, "bob@example.org", PASSWORD).await;
    assert_eq!(refused.status, 422);
    let list = ann.get(&desk, "/settings/acme/users").await;
    let (_, form) = list.text.split_once("/users/codes-off").unwrap();
    let id = form.split_once("name=\"user\" value=\"").unwrap().1.split_once('"').unwrap().0;
    let off = ann.post(&desk, "/settings/acme/users/codes-off", &[("user", id)]).await;
    assert_eq!(off.location(), "/settings/acme/users?said=codes-off");
    assert_eq!(bob.get(&desk, "/me").await.status, 303, "signed out");
    let mut browser = Browser::default();
    assert_eq!(browser.sign_in(&desk, "bob@example.org", PASSWORD).await.status, 303);
}

#[tokio::test]
async fn a_session_is_no_place_to_guess() {
    let desk = Desk::open().await;
    let mut ann = Browser::ann(&desk).await;
    let paths = ["/me/password", "/me/totp/off", "/me/totp/codes"];
    for path in paths.into_iter().cycle().take(5) {
        let wrong = ann.post(&desk, path, &[("password", "wrong")]).await;
        assert!(wrong.text.contains("not your current password"), "{path} {}", wrong.text);
    }
    for path in paths {
        let locked = ann.post(&desk, path, &[("password", PASSWORD)]).await;
        assert!(locked.text.contains("too many wrong attempts"), "{path} {}", locked.text);
    }
    let log = desk.audited().await;
    assert_eq!(log.iter().filter(|what| *what == "user.sign_in_refused").count(), 5);
}

#[tokio::test]
async fn an_invitation_makes_a_member_or_adds_one() {
    let desk = Desk::open().await;
    Browser::ann(&desk).await;
    let mut viv = Browser::member(&desk, "viv@example.org", MemberRole::Viewer).await;
    desk.add_customer("other").await;
    let link = desk.invitation("other", MemberRole::Analyst, "viv@example.org").await;
    let taken = Browser::default().accept(&desk, &link, "viv@example.org").await;
    assert!(taken.status == 422 && taken.text.contains("sign in first"), "{}", taken.text);
    let mut elsewhere = Browser::default();
    let asked = elsewhere.get(&desk, &link).await;
    let form = asked.between("class=\"button primary\" href=\"", "\"").unwrap().to_owned();
    let form = elsewhere.get(&desk, &form).await;
    assert!(form.text.contains("required value=\"viv@example.org\""), "{}", form.text);
    let offered = viv.get(&desk, &link).await;
    assert!(
        offered.text.contains("You are signed in as <b>viv@example.org</b>"),
        "{}",
        offered.text
    );
    let joined = viv.post(&desk, &link, &[]).await;
    assert_eq!(joined.location(), "/at/other/other/uploads?said=joined");
    let page = viv.get(&desk, joined.location()).await;
    assert!(page.status == 200 && page.text.contains("You are now a member."));
    assert!(page.text.contains("href=\"/at/acme/acme/\""), "both are in the switcher");
}

#[tokio::test]
async fn whoever_opens_the_invitation_of_another_signs_out_there() {
    let desk = Desk::open().await;
    let mut ann = Browser::ann(&desk).await;
    let link = desk.invitation("acme", MemberRole::Viewer, "viv@example.org").await;
    let page = ann.get(&desk, &link).await;
    assert!(page.text.contains("Sign out, then open the link again."), "{}", page.text);
    assert!(
        page.text.contains("action=\"/sign-out\"") && !page.text.contains(">Join<"),
        "{}",
        page.text
    );
    let out = ann.post(&desk, "/sign-out", &[]).await;
    assert!(out.location().starts_with("/sign-in"), "{}", out.location());
    let page = ann.get(&desk, &link).await;
    assert!(page.text.contains("Create my account"), "{}", page.text);
    assert!(page.text.contains("value=\"viv@example.org\" readonly"), "{}", page.text);
}

#[tokio::test]
async fn a_look_is_kept_in_the_browser() {
    let desk = Desk::open().await;
    let mut browser = Browser::default();
    let page = browser.get(&desk, "/sign-in").await;
    assert!(page.text.contains("data-theme=\"system\" data-keys=\"on\""));
    browser.post(&desk, "/look", &[("theme", "dark"), ("keys", "off"), ("next", "/design")]).await;
    let page = browser.get(&desk, "/sign-in").await;
    assert!(page.text.contains("data-theme=\"dark\" data-keys=\"off\""));
    browser.post(&desk, "/look", &[("theme", "\"><script>")]).await;
    let page = browser.get(&desk, "/no-such-page").await;
    assert_eq!(page.status, 404);
    assert!(page.text.contains("data-theme=\"system\" data-keys=\"off\""), "{}", page.text);
}
