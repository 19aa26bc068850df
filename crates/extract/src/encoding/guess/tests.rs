use super::*;

/// Names as suppliers of a country have them.
const POLISH: &str =
    "Zakład Usługowy Łódź\nHurtownia Żywności Gdańsk\nSpółka Wodna Świnoujście\nŚląskie Węgiel";
const CZECH: &str = "Železářství Dvořák\nStavební společnost Plzeň\nKuchyně Šťastný\nÚklid Říčany";
const RUSSIAN: &str =
    "Общество с ограниченной ответственностью Ромашка\nСтройматериалы Москва\nЗАО Ёлка";
const GERMAN: &str = "Müller & Söhne\nGroßhandel Köln\nBäckerei Österreich\nStraße 5";
const FRENCH: &str = "Café du Nord\nSociété Générale d'Entretien\nHôtel Château\nNoël & Frères";
const SPANISH: &str = "España Señor\nPeña\nMálaga Núñez\nFrançois & Fils";
const JAPANESE: &str = "株式会社ソニー\n東京電力\n表示能力\nカタカナ工業";
const CHINESE: &str = "北京科技有限公司\n上海贸易公司\n联通\n深圳市电子";
const TAIWANESE: &str = "台灣電力公司\n許功蓋\n國際貿易股份有限公司";
const KOREAN: &str = "삼성전자\n한국전력공사\n주식회사 서울";
const GREEK: &str = "Ελληνική Εταιρεία\nΑθήνα Τρόφιμα\nΠειραιάς";

fn encoded(text: &str, page: &str) -> Vec<u8> {
    let page = CodePage::named(page).unwrap();
    if let Some(encoding) = encoding_rs::Encoding::for_label(page.name().as_bytes()) {
        return encoding.encode(text).0.into_owned();
    }
    let byte_of = |c: char| (0..=u8::MAX).find(|byte| page.decode(&[*byte]).0.chars().eq([c]));
    text.chars().map(|c| byte_of(c).unwrap_or_else(|| panic!("{c} is not in {page:?}"))).collect()
}

#[test]
fn pages_are_told_by_the_words_they_make() {
    for (text, page) in [
        (POLISH, "windows-1250"),
        (POLISH, "iso-8859-2"),
        (POLISH, "cp852"),
        (CZECH, "windows-1250"),
        (CZECH, "iso-8859-2"),
        (CZECH, "cp852"),
        (RUSSIAN, "windows-1251"),
        (RUSSIAN, "koi8-r"),
        (RUSSIAN, "cp866"),
        (GERMAN, "windows-1252"),
        (GERMAN, "cp850"),
        (GERMAN, "macintosh"),
        (FRENCH, "windows-1252"),
        (FRENCH, "cp850"),
        (FRENCH, "macintosh"),
        (GREEK, "windows-1253"),
        (JAPANESE, "shift_jis"),
        (JAPANESE, "euc-jp"),
        (CHINESE, "gbk"),
        (TAIWANESE, "big5"),
        (KOREAN, "euc-kr"),
    ] {
        assert_read(text, page);
    }
}

/// Asserts that names are read as they were written, each in a row of a file among words and numbers of
/// ASCII.
fn assert_read(text: &str, page: &str) {
    let mut evidence = Evidence::default();
    for (row, name) in text.lines().enumerate() {
        let line = format!("U{row};INV-{row};12.50;2024-03-05;{name};Works order\n");
        evidence.add(&encoded(&line, page));
    }
    let guess = evidence.guess();
    assert_eq!(guess.decode(&encoded(text, page)).0, text, "{page} was read as {guess:?}");
}

/// Programs of DOS make capitals of ASCII alone. What they leave small, a Mac has as other capitals.
#[test]
fn small_letters_among_capitals_are_no_sign_of_a_mac() {
    for (text, page) in [
        (GERMAN, "cp850"),
        (FRENCH, "cp850"),
        (SPANISH, "cp850"),
        (GERMAN, "windows-1252"),
        (FRENCH, "windows-1252"),
        ("Bäckerei Schäfer", "cp850"),
        ("Crédit Général", "cp850"),
        ("Müller", "cp850"),
    ] {
        assert_read(&text.to_ascii_uppercase(), page);
    }
    for text in [GERMAN, FRENCH, SPANISH] {
        assert_read(&text.to_uppercase(), "macintosh");
    }
    for text in [GERMAN, FRENCH] {
        assert_read(&text.to_uppercase(), "cp850");
    }
}

#[test]
fn an_accent_for_an_apostrophe_is_no_sign_of_a_mac() {
    let names = "O´Brien & Sons\nD´Angelo Ltd";
    assert_read(names, "cp850");
    assert_read(names, "windows-1252");
    assert_read(&names.to_uppercase(), "cp850");
}

#[test]
fn a_sign_in_front_of_amounts_tells_as_well() {
    for (line, page) in [
        ("U1,\"£2,721.82\",Acme Ltd\n", "windows-1252"),
        ("U1,\"£2,721.82\",Acme Ltd\n", "cp850"),
        ("U1,£2721.82,Café Ltd\n", "cp437"),
        ("U1,\"€2,721.82\",Acme Ltd\n", "windows-1252"),
        ("U1,2721.82 €,Acme Ltd\n", "cp858"),
        ("U1,€2721.82,Müller & Söhne\n", "cp858"),
        ("U1,2721.82 €,Acme Ltd\n", "macintosh"),
        ("U1,1.00,O’Brien – Sons “Ltd”\n", "windows-1252"),
        ("U1,1.00,Café\u{a0}Nord\n", "windows-1252"),
    ] {
        let mut evidence = Evidence::default();
        let bytes = encoded(line, page);
        evidence.add(&bytes);
        assert_eq!(evidence.guess().decode(&bytes).0, line, "{page}");
    }
}
