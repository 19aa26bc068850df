use proptest::prelude::*;

use super::*;

/// The bytes that reach the HTTP library when these arrive in pieces of so many.
fn pass(wire: &[u8], piece: usize) -> (Vec<u8>, Option<(u64, FramingFault)>) {
    let faults = FramingFaults::default();
    let mut framing =
        Framing { at: At::Head(Head::default()), requests: 0, faults: faults.clone() };
    let mut passed = Vec::new();
    for piece in wire.chunks(piece) {
        framing.pass(piece, &mut passed);
    }
    let fault = (1..=framing.requests).find_map(|at| faults.of(at).map(|fault| (at, fault)));
    (passed, fault)
}

const GET: &str = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";
const POST: &str = "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n";

#[test]
fn what_is_framed_well_passes_as_it_came() {
    for wire in [
        GET.to_owned(),
        format!("{GET}{GET}"),
        "POST /a?b=%20|{} HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nX:\r\n\r\nhello".to_owned()
            + GET,
        format!(
            "{POST}5\r\nhello\r\n00a;b;c = d ; e=\"f\\\";\"\r\n0123456789\r\n0\r\nX-Sum: 1\r\n\r\n{GET}"
        ),
        format!("{POST}0\r\n\r\n{GET}"),
        "OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n".to_owned(),
        "GET https://a/ HTTP/1.1\r\nHost: a\r\n\r\n".to_owned(),
        "GET / HTTP/1.0\r\n\r\n".to_owned(),
    ] {
        for piece in [1, 2, 3, 7, wire.len()] {
            let (passed, fault) = pass(wire.as_bytes(), piece);
            assert_eq!(fault, None, "{wire:?}");
            assert_eq!(String::from_utf8_lossy(&passed), wire, "{piece}");
        }
    }
    let (passed, fault) = pass(format!("\r\n\r\n{GET}").as_bytes(), 3);
    assert_eq!((passed.as_slice(), fault), (GET.as_bytes(), None), "empty lines are left out");
}

#[test]
fn behind_a_fault_nothing_passes() {
    for chunks in ["5;\r\nhello", "5 \r\nhello", "5\r\nhello!", "0\r\nHost: b\r\n\r\n", "+5", "\n"]
    {
        let wire = format!("{POST}{chunks}{GET}");
        for piece in [1, wire.len()] {
            let (passed, fault) = pass(wire.as_bytes(), piece);
            assert_eq!(fault.map(|(at, _)| at), Some(1), "{chunks:?}");
            assert!(passed.starts_with(POST.as_bytes()) && passed.ends_with(BROKEN_CHUNK));
        }
    }
    let wire = format!("{GET}GET / HTTP/1.1\nHost: a\r\n\r\n{GET}");
    for piece in [1, wire.len()] {
        let (passed, fault) = pass(wire.as_bytes(), piece);
        assert_eq!(fault.map(|(at, _)| at), Some(2));
        assert_eq!(passed, [GET.as_bytes(), REFUSED_HEAD].concat());
    }
}

proptest! {
    /// Where the pieces of a connection end makes no difference, and a chunked body comes through.
    #[test]
    fn pieces_make_no_difference(
        wire in "(GET|POST) /[a-z#]{0,3} HTTP/1\\.[01]\r?\n(Content-Length: 0?[0-9]\r\n|Transfer-Encoding: chunked\r\n){0,2}\r\n([0-9a-f]{1,2}(;[a-z=\"]{0,3})?\r\n[a-z]{0,9}\r\n){0,2}0\r\n\r\n",
        piece in 1_usize..9,
    ) {
        prop_assert_eq!(pass(wire.as_bytes(), piece), pass(wire.as_bytes(), wire.len()));
    }

    #[test]
    #[expect(clippy::format_collect, reason = "a few chunks")]
    fn chunks_of_any_length_pass(lengths in proptest::collection::vec(1_usize..300, 0..5), piece in 1_usize..40) {
        let chunks: String = lengths.iter().map(|n| format!("{n:x}\r\n{}\r\n", "\r".repeat(*n))).collect();
        let wire = format!("{POST}{chunks}0\r\n\r\n");
        let (passed, fault) = pass(wire.as_bytes(), piece);
        prop_assert_eq!((passed.as_slice(), fault), (wire.as_bytes(), None));
    }
}
