use super::*;
use crate::tidy::tree::faults_found;

const MANIFEST: &str =
    "[package.metadata.floors]\nsrc = [\n  \"top\", # what is called\n  \"left right\",\n]\n";

/// Faults of a crate with `top` over `left` and `right`, each with this text.
fn faults(
    manifest: &str,
    top: &str,
    left: &str,
    right: &str,
    more: &[(&str, &str)],
) -> Vec<String> {
    let mut files = vec![
        ("crates/a/Cargo.toml", manifest),
        ("crates/a/src/lib.rs", "mod top; mod left; mod right; pub struct Root;"),
        ("crates/a/src/top.rs", top),
        ("crates/a/src/left.rs", left),
        ("crates/a/src/right.rs", right),
    ];
    files.extend_from_slice(more);
    faults_found(check, &files)
}

#[test]
fn downward_and_to_the_root_and_the_side_are_free() {
    let more = [("crates/a/src/left/tests.rs", "use crate::top::T;")];
    let left = "use crate::{Root, right::R};\n#[cfg(test)] mod tests { use crate::top::T; }";
    assert_eq!(faults(MANIFEST, "use crate::left::L; use crate::Root;", left, "", &more), [""; 0]);
}

#[test]
fn upward_is_refused_however_it_is_written() {
    for right in ["use crate::top::T;", "fn f() { super::top::t() }", "use super::{top, left};"] {
        assert_eq!(faults(MANIFEST, "", "", right, &[]).len(), 1, "{right}");
    }
    let more = [("crates/a/src/right/low.rs", "\nuse crate::top::T;")];
    assert_eq!(
        faults(MANIFEST, "pub struct T;", "", "mod low;", &more),
        ["crates/a/src/right/low.rs:2: names `T` of `top`, which is on a higher floor"]
    );
}

#[test]
fn a_ring_is_refused_at_every_level() {
    assert_eq!(
        faults(MANIFEST, "", "use crate::right::R;", "use crate::left::L;", &[]),
        ["crates/a/src/left.rs:0: a ring of modules: left, right"]
    );
    let more = [
        ("crates/a/src/left/one.rs", "use super::two::T; use super::L;"),
        ("crates/a/src/left/two.rs", "use super::one::O;"),
    ];
    assert_eq!(
        faults(MANIFEST, "", "mod one; mod two; struct L(one::O);", "", &more),
        ["crates/a/src/left/one.rs:0: a ring of modules: left/one, left/two"]
    );
}

#[test]
fn a_module_and_those_directly_below_it_are_no_ring_and_a_longer_way_is() {
    let one = |text| {
        [
            ("crates/a/src/left/one.rs", "mod low; struct O(low::W);"),
            ("crates/a/src/left/one/low.rs", text),
        ]
    };
    let left = "mod one; struct L(one::O);";
    assert_eq!(faults(MANIFEST, "", left, "", &one("use super::O;")), [""; 0]);
    let both = "mod one;\nuse crate::left::L;\nstruct O(one::W);";
    let grown =
        [("crates/a/src/left/one.rs", both), ("crates/a/src/left/one/one.rs", "use super::O;")];
    assert_eq!(faults(MANIFEST, "", left, "", &grown), [""; 0]);
    assert_eq!(
        faults(MANIFEST, "", left, "", &one("use crate::left::L;")),
        ["crates/a/src/left.rs:0: a ring of modules: left, left/one, left/one/low"]
    );
}

#[test]
fn every_module_is_on_one_floor_and_every_name_is_a_module() {
    let manifest = MANIFEST.replace("right", "left gone");
    assert_eq!(
        faults(&manifest, "", "", "", &[]),
        [
            "crates/a/Cargo.toml:2: `gone` is no module of the crate",
            "crates/a/Cargo.toml:2: `left` is on two floors",
            "crates/a/Cargo.toml:2: `right` of the crate is on no floor",
        ]
    );
}

#[test]
fn a_crate_with_modules_has_floors() {
    let expected = ["crates/a/Cargo.toml:0: the crate declares no floors"];
    assert_eq!(faults("[package]\n", "", "", "", &[]), expected);
    let root_only = [("crates/a/Cargo.toml", ""), ("crates/a/src/lib.rs", "pub fn a() {}")];
    assert!(faults_found(check, &root_only).is_empty());
}

#[test]
fn a_folder_may_have_floors_of_its_own() {
    let manifest = format!("{MANIFEST}\"src/left\" = [\"two\", \"one\"]\n");
    let more = [
        ("crates/a/src/left/one.rs", "use super::two::T;"),
        ("crates/a/src/left/two.rs", "pub struct T;"),
    ];
    assert_eq!(
        faults(&manifest, "", "mod one; mod two;", "", &more),
        ["crates/a/src/left/one.rs:1: names `T` of `left/two`, which is on a higher floor"]
    );
}

#[test]
fn the_drawing_names_what_runs_back_up() {
    let tree = Tree::of(&[
        ("crates/a/Cargo.toml", "[package.metadata.floors]\nsrc = [\"b\", \"c\"]\n"),
        ("crates/a/src/lib.rs", "mod b; mod c;"),
        ("crates/a/src/b.rs", "use crate::c::C;"),
        ("crates/a/src/c.rs", "use crate::b::B;"),
    ]);
    let drawing = draw(&tree);
    for line in ["1 ↓  b", "UPWARD", "c -> b: B (crates/a/src/c.rs:1)", "RING: b, c"] {
        assert!(drawing.contains(line), "{line} is not in\n{drawing}");
    }
}
