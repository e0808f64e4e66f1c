//! The matrix of settings: every layer, every kind of fault.

use super::flags::GivenFlags;
use super::layers::Source;
use super::{Settings, TABLE, check_known, entry};
use solder_model::ConnectorId;
use std::ffi::OsString;
use std::path::PathBuf;

/// Reads settings from a file's text, variables and flags.
fn read(file: &str, environment: &[(&str, &str)], flags: &GivenFlags) -> Result<Settings, String> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("solder.toml");
    std::fs::write(&path, file).unwrap();
    let mut flags = flags.clone();
    flags.config = Some((path, Source::Flag));
    let environment: Vec<_> = environment
        .iter()
        .map(|(name, value)| (OsString::from(name), OsString::from(value)))
        .collect();
    let place = folder.path().display().to_string();
    Settings::read_from(&flags, &environment).map_err(|faults| faults.to_string().replace(&place, "…"))
}

fn none() -> GivenFlags {
    GivenFlags::default()
}

#[test]
fn the_file_is_overruled_by_the_environment_and_that_by_flags() {
    let file = "listen = \"127.0.0.1:1\"\ncall_timeout = \"5s\"\nlog = \"warn\"\ntrusted_proxies = [\"10.0.0.0/8\", \"::1\"]\n";
    let environment = [("SOLDER_LISTEN", "127.0.0.1:2"), ("SOLDER_CALL_TIMEOUT", "6s")];
    let settings = read(
        file,
        &environment,
        &GivenFlags::of(&[("listen", "127.0.0.1:3")], &[]),
    )
    .unwrap();
    assert_eq!(settings.listen.port(), 3);
    assert_eq!(settings.call_timeout.as_secs(), 6);
    assert_eq!(settings.log.0, tracing::level_filters::LevelFilter::WARN);
    assert_eq!(settings.trusted_proxies.len(), 2);
    assert_eq!(settings.origins.source("listen"), Source::Flag);
    assert_eq!(settings.origins.source("call_timeout"), Source::Environment);
    assert!(
        settings
            .origins
            .source("log")
            .to_string()
            .ends_with("solder.toml, line 3")
    );
    assert_eq!(settings.origins.source("rate_limit"), Source::Default);
}

#[test]
fn without_anything_the_defaults_of_the_table_hold() {
    let settings = read("", &[], &none()).unwrap();
    assert_eq!(settings.listen.to_string(), "127.0.0.1:3000");
    assert_eq!(settings.rate_limit.unwrap().to_string(), "100/60s");
    assert_eq!(settings.data_dir, PathBuf::from("./solder-data"));
    assert!(settings.public_url.is_none() && settings.allowed_hosts.is_empty());
}

#[test]
fn every_fault_of_every_layer_is_told_at_once() {
    let file = "lisen = \"127.0.0.1:1\"\nlog = true\n[connector.slack]\nbase = \"x\"\nbase_url = \"x\"\n";
    let environment = [
        ("SOLDER_RATE_LIMIT", "100"),
        ("SOLDER_RATELIMIT", "off"),
        ("SOLDER_CONNECTOR_SLACK_BASEURL", "http://x"),
        ("SOLDER_CONNECTOR_SLACK_TOKEN_URL", "slack.com"),
        ("PATH", "/bin"),
    ];
    let flags = GivenFlags::of(
        &[("trusted_proxies", "10.0.0.1/8")],
        &["slack.base_url", "slack.client_secret=s3cr3t"],
    );
    insta::assert_snapshot!(read(file, &environment, &flags).unwrap_err());
}

#[test]
fn a_value_that_is_overruled_must_be_right_too() {
    let flags = GivenFlags::of(&[("listen", "127.0.0.1:3")], &[]);
    let text = read("", &[("SOLDER_LISTEN", "nowhere")], &flags).unwrap_err();
    assert!(
        text.contains("SOLDER_LISTEN (environment) holds `nowhere`"),
        "{text}"
    );
}

#[test]
fn secrets_are_never_shown() {
    let file = "database_url = \"mysql://u:hunter2@h/n\"\n[connector.slack]\nclient_secret = \"hunter2 \"\n";
    let environment = [
        ("SOLDER_MASTER_KEY", "hunter2"),
        ("SOLDER_MASTERKEY", "hunter2"),
        ("SOLDER_CONNECTOR_SLACK_CLIENT_SECRET", "hunter2\n"),
        ("SOLDER_CONNECTOR_SLACK_CLIENTSECRET", "hunter2"),
    ];
    let text = read(file, &environment, &none()).unwrap_err();
    assert!(!text.contains("hunter2"), "{text}");
    assert!(text.starts_with("6 settings are wrong"), "{text}");
    for url in ["postgres://u:hunter2", "postgres://h/n?password=hunter2"] {
        let text = read("", &[("SOLDER_DATABASE_URL", url), ("SOLDER_LOG", "x")], &none()).unwrap_err();
        assert!(!text.contains("hunter2"), "{text}");
    }
    let broken = read("[connector.slack]\nclient_secret = hunter2\n", &[], &none()).unwrap_err();
    assert!(
        !broken.contains("hunter2") && broken.contains("line 2"),
        "{broken}"
    );
    let read = read("", &[("SOLDER_MASTER_KEY", &"ab".repeat(32))], &none()).unwrap();
    assert!(!format!("{read:?}").contains("abab"));
    assert!(read.origins.shown("master_key").is_none() && read.origins.is_given("master_key"));
}

#[test]
fn the_master_key_comes_from_one_place() {
    let key = "ab".repeat(32);
    let environment = [
        ("SOLDER_MASTER_KEY", key.as_str()),
        ("SOLDER_MASTER_KEY_FILE", "/run/key"),
    ];
    let text = read("", &environment, &none()).unwrap_err();
    assert!(text.contains("not more"), "{text}");
}

#[test]
fn a_connector_has_settings_in_every_layer_and_must_exist() {
    let file = "[connector.slack]\nbase_url = \"http://127.0.0.1:1\"\nclient_id = \"a\"\n[connector.my_own]\nbase_url = \"http://127.0.0.1:9\"\n";
    let environment = [
        ("SOLDER_CONNECTOR_SLACK_BASE_URL", "http://127.0.0.1:2"),
        ("SOLDER_CONNECTOR_MY_OWN_CLIENT_SECRET", "s3cr3t"),
        ("SOLDER_CONNECTOR_HUBSPOTT_CLIENT_SECRET", "s3cr3t"),
    ];
    let flags = GivenFlags::of(&[], &["slack.base_url=http://127.0.0.1:3/api?"]);
    assert!(
        read(file, &environment, &flags)
            .unwrap_err()
            .contains("--connector slack.base_url")
    );
    let settings = read(file, &environment, &none()).unwrap();
    let slack = &settings.connectors["slack"];
    assert_eq!(slack.base_url.as_ref().unwrap().as_str(), "http://127.0.0.1:2/");
    assert_eq!(slack.client_id.as_deref(), Some("a"));
    assert_eq!(
        settings.connectors["my_own"]
            .client_secret
            .as_ref()
            .unwrap()
            .expose(),
        "s3cr3t"
    );
    let known = ["slack", "hubspot", "my_own"].map(|id| ConnectorId::new(id).unwrap());
    let text = check_known(&settings, &known).unwrap_err().to_string();
    assert!(
        text.contains("SOLDER_CONNECTOR_HUBSPOTT_CLIENT_SECRET") && text.contains("`hubspot`"),
        "{text}"
    );
    assert!(
        !text.contains("s3cr3t") && text.starts_with("A setting is wrong"),
        "{text}"
    );
}

#[test]
fn a_file_that_is_named_must_be_there() {
    let environment = [(
        OsString::from("SOLDER_CONFIG"),
        OsString::from("/nowhere/solder.toml"),
    )];
    let text = Settings::read_from(&none(), &environment)
        .unwrap_err()
        .to_string();
    assert!(
        text.contains("SOLDER_CONFIG (environment) holds `/nowhere/solder.toml`"),
        "{text}"
    );
}

#[test]
fn an_issuer_without_its_client_is_refused_and_so_is_a_client_without_its_issuer() {
    for (file, missing) in [
        ("oidc_issuer = \"https://login.example.com\"\n", "oidc_client_id"),
        ("oidc_client_id = \"solder\"\n", "oidc_issuer"),
    ] {
        let text = read(file, &[], &none()).unwrap_err();
        assert!(text.contains(&format!("Give {missing} too")), "{text}");
    }
}

#[test]
fn every_default_and_example_of_the_table_reads() {
    for setting in TABLE {
        // One is the output of a program, the other a folder that has to be there.
        if ["master_key", "connectors_dir"].contains(&setting.name) {
            continue;
        }
        // A provider has both.
        let beside = match setting.name {
            "oidc_issuer" => "oidc_client_id = \"solder\"\n",
            "oidc_client_id" => "oidc_issuer = \"https://login.example.com\"\n",
            _ => "",
        };
        let file = format!("{beside}{} = \"{}\"\n", setting.name, setting.example);
        assert!(read(&file, &[], &none()).is_ok(), "{}", setting.name);
        assert!(
            setting.default.starts_with('(') || setting.default.is_empty() || {
                let file = format!("{} = \"{}\"\n", setting.name, setting.default);
                read(&file, &[], &none()).is_ok()
            }
        );
    }
    assert!(entry("listen").is_some() && entry("LISTEN").is_none());
}

#[test]
fn the_reference_page_is_what_the_table_says() {
    let page = include_str!("../../../../docs/reference/settings.md");
    let told = "is not what `solder settings --markdown` prints: write it anew";
    assert!(
        page.trim_end() == super::markdown().trim_end(),
        "docs/reference/settings.md {told}"
    );
}
