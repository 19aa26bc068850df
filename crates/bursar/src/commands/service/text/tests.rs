use super::*;

use ServiceSystem::{Launchd, Systemd, Windows};

fn plan(system: ServiceSystem) -> ServicePlan {
    ServicePlan {
        system,
        program: "/usr/bin/bursar".to_owned(),
        config: "/etc/bur sar/100%.toml".to_owned(),
        token_file: Some("/etc/bursar/token.txt".to_owned()),
        user: Some("erp<\n".to_owned()),
    }
}

#[test]
fn texts_run_the_program_and_hand_over_the_token() {
    for (system, words) in [
        (Systemd, "ExecStart=/usr/bin/bursar run --config \"/etc/bur sar/100%%.toml\"\n"),
        (Systemd, "LoadCredential=bursar-token:/etc/bursar/token.txt\n"),
        (Systemd, "User=erp<\nStateDirectory=bursar\n"),
        (Launchd, "<string>erp&lt;</string>"),
        (Windows, "obj= \"erp<\" DisplayName"),
        (Windows, "actions= restart/5000/restart/30000/restart/60000\n"),
    ] {
        let text = render(&plan(system));
        assert!(text.contains(words), "{words} {text}");
    }
}

#[test]
fn a_path_of_windows_stays_one_word() {
    for (program, config, words) in [
        (
            r"C:\Program Files\bursar\bursar.exe",
            r"C:\ProgramData\bursar\bursar.toml",
            r#"binPath= "\"C:\Program Files\bursar\bursar.exe\" run --as-service --config \"C:\ProgramData\bursar\bursar.toml\"""#,
        ),
        (
            r"D:\R&D\bursar.exe",
            "E:\\a^b\"\n\\bursar.toml",
            r#"binPath= "\"D:\R^&D\bursar.exe\" run --as-service --config \"E:\a^^b\bursar.toml\"""#,
        ),
    ] {
        let (program, config) = (program.to_owned(), config.to_owned());
        let text = render(&ServicePlan { program, config, user: None, ..plan(Windows) });
        assert!(text.contains(words), "{words} {text}");
        assert!(text.contains(r#"obj= "NT SERVICE\Bursar" "#), "{text}");
        assert!(!text.contains("token"), "{text}");
    }
}
