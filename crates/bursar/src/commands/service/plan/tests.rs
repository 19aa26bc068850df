use super::*;

use ServiceSystem::{Launchd, Systemd, Windows};

fn asked(system: Option<ServiceSystem>) -> InstallArgs {
    InstallArgs { config: None, token_file: None, user: None, print: system.is_some(), system }
}

fn planned(args: &InstallArgs) -> Result<ServicePlan, Failure> {
    let program = Path::new("/opt/bursar");
    ServicePlan::new(
        args,
        &HostSystem { system: Systemd, program, program_data: Some("D:".to_owned()) },
    )
}

#[test]
fn each_system_has_its_own_places() {
    for (system, program, config, account) in [
        (None, "/opt/bursar", "/etc/bursar/bursar.toml", "bursar"),
        (Some(Launchd), "/usr/local/bin/bursar", "/etc/bursar/bursar.toml", "bursar"),
        (
            Some(Windows),
            r"C:\Program Files\bursar\bursar.exe",
            r"C:\ProgramData\bursar\bursar.toml",
            r"NT SERVICE\Bursar",
        ),
    ] {
        let plan = planned(&asked(system)).unwrap();
        let found = (plan.program.as_str(), plan.config.as_str(), plan.account());
        assert_eq!(found, (program, config, account), "{system:?}");
    }
    let program = Path::new("bursar.exe");
    let host = HostSystem { system: Windows, program, program_data: Some(r"D:\Data".to_owned()) };
    let plan = ServicePlan::new(&asked(None), &host).unwrap();
    assert_eq!(plan.config, r"D:\Data\bursar\bursar.toml");
}

#[test]
fn paths_are_whole_or_refused() {
    let folder = std::env::current_dir().unwrap();
    let below = |name: &str| folder.join(name).display().to_string();
    for (system, written, expected) in [
        (None, "a b.toml", Some(below("a b.toml"))),
        (None, "./conf/x.toml", Some(below("conf/x.toml"))),
        (None, "/etc/x.toml", Some("/etc/x.toml".to_owned())),
        (Some(Launchd), "x.toml", Some(below("x.toml"))),
        (Some(Windows), r"D:\a b\x.toml", Some(r"D:\a b\x.toml".to_owned())),
        (Some(Windows), "d:/x.toml", Some("d:/x.toml".to_owned())),
        (Some(Windows), r"\\host\share\x.toml", Some(r"\\host\share\x.toml".to_owned())),
        (Some(Windows), "x.toml", None),
        (Some(Windows), "D:x.toml", None),
        (Some(Windows), "/etc/x.toml", None),
    ] {
        let args = InstallArgs { config: Some(written.into()), ..asked(system) };
        assert_eq!(planned(&args).ok().map(|plan| plan.config), expected, "{system:?} {written}");
    }
    let args = InstallArgs { token_file: Some("token.txt".into()), ..asked(None) };
    assert_eq!(planned(&args).unwrap().token_file, Some(below("token.txt")));
}

#[test]
fn what_a_system_cannot_do_is_refused_with_a_way_out() {
    let token = |system| InstallArgs { token_file: Some("/t".into()), ..asked(Some(system)) };
    let user = |user: &str| InstallArgs { user: Some(user.to_owned()), ..asked(Some(Windows)) };
    for (args, what, next) in [
        (token(Launchd), "launchd hands no access token", "chmod 600"),
        (token(Windows), "Windows hands no access token", "icacls"),
        (InstallArgs { print: false, ..asked(Some(Windows)) }, "service of Windows", "--print"),
        (InstallArgs { print: false, ..asked(Some(Launchd)) }, "service of launchd", "--print"),
        (user(r"CORP\erp"), "has a password", "services.msc"),
    ] {
        let failure = planned(&args).unwrap_err();
        assert_eq!(failure.exit, ExitCode::Usage, "{failure}");
        assert!(failure.what.contains(what) && failure.next.contains(next), "{failure}");
    }
    for allowed in [r"NT SERVICE\Bursar", r"nt authority\LocalService", "LocalSystem", r"CORP\g$"] {
        assert_eq!(planned(&user(allowed)).unwrap().account(), allowed);
    }
    assert!(planned(&token(Systemd)).is_ok());
}
