//! Every setting, in one table: its name, what it is, its default, an example, and how its text is read.
//!
//! A setting has one name in three spellings: `rate_limit` in the file, `SOLDER_RATE_LIMIT` in the environment,
//! `--rate-limit` as a flag. The file is overruled by the environment, and that by flags. Whatever is unknown or wrong
//! anywhere stops the start, and all of it is told at once.

mod connectors;
mod environment;
mod fault;
mod file;
mod flags;
mod layers;
mod parse;
mod reference;

use crate::master_key::CommandLine;
use ipnet::IpNet;
use solder_engine::ConnectorSettings;
use solder_model::{ConnectorId, Limit, Secret};
use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;
use url::Url;

pub(crate) use connectors::check_known;
pub(crate) use fault::{Fault, Faults, nearest};
pub(crate) use flags::Flags;
pub(crate) use layers::Source;
pub(crate) use parse::{LogFormat, LogLevel};
pub(crate) use reference::markdown;

/// The settings that a command takes as flags. The file and the environment are read whole by every command.
pub(crate) mod uses {
    /// Commands that open the database.
    pub(crate) const OPEN: u8 = 1;
    /// Commands that serve.
    pub(crate) const SERVE: u8 = 2;
    /// Commands that read connectors.
    pub(crate) const CONNECTORS: u8 = 4;
    /// All commands.
    pub(crate) const ALL: u8 = OPEN | SERVE | CONNECTORS;
}

/// What the table says of one setting.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Entry {
    /// The name as the file has it.
    pub(crate) name: &'static str,
    /// What it is, in lines.
    pub(crate) about: &'static [&'static str],
    /// What stands for it where it is not given: a value, or words in brackets.
    pub(crate) default: &'static str,
    /// A value that would be right.
    pub(crate) example: &'static str,
    /// What kind of value it takes, in one word, for help.
    pub(crate) takes: &'static str,
    /// Which commands take it as a flag.
    pub(crate) uses: u8,
    /// What may be seen of it.
    pub(crate) secrecy: Secrecy,
}

/// What may be seen of a setting's value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Secrecy {
    /// All of it.
    Open,
    /// A URL, which is shown where no password can be in it.
    Url,
    /// Nothing. It is not taken as a flag either, which other users of the machine could see.
    Secret,
}

impl Secrecy {
    /// Whether this value is kept from every eye.
    pub(crate) fn hides(self, text: &str) -> bool {
        match self {
            Self::Open => false,
            Self::Url => text.contains(['@', '?']) || text.matches(':').count() > 1,
            Self::Secret => true,
        }
    }
}

macro_rules! settings {
    ($($(#[doc = $about:literal])+ $name:ident: $type:ty = $how:ident $default:literal, $parse:expr, $takes:literal like
       $example:literal, for $uses:expr $(, $secrecy:ident)?;)*) => {
        /// Every setting, read.
        #[derive(Debug)]
        pub(crate) struct Settings {
            $($(#[doc = $about])+ pub(crate) $name: $type,)*
            /// Settings of single connectors, each checked against the catalogue by [`check_known`].
            pub(crate) connectors: BTreeMap<ConnectorId, ConnectorSettings>,
            /// Where each value came from, and its text where it may be shown.
            pub(crate) origins: layers::Origins,
        }

        /// The table.
        pub(crate) const TABLE: &[Entry] = &[$(Entry {
            name: stringify!($name),
            about: &[$($about),+],
            default: $default,
            example: $example,
            takes: $takes,
            uses: $uses,
            secrecy: settings!(@secrecy $($secrecy)?),
        }),*];

        impl Settings {
            fn assemble(mut layers: layers::Layers) -> Result<Self, Faults> {
                $(let $name = settings!(@read $how layers, stringify!($name), $default, $parse);)*
                let connectors = connectors::assemble(&mut layers);
                let (origins, faults) = layers.finish();
                let whole = || Some(Self { $($name: $name?,)* connectors, origins });
                match whole() {
                    Some(settings) if faults.is_empty() => Ok(settings),
                    _ => Err(Faults(faults)),
                }
            }
        }
    };
    (@secrecy) => { Secrecy::Open };
    (@secrecy url) => { Secrecy::Url };
    (@secrecy secret) => { Secrecy::Secret };
    (@read value $layers:ident, $name:expr, $default:expr, $parse:expr) => {
        $layers.read($name, $default, $parse)
    };
    (@read none $layers:ident, $name:expr, $default:expr, $parse:expr) => {
        $layers.read_optional($name, $parse)
    };
}

settings! {
    /// The IP address and port to listen on. Port 0 picks a free one, which is printed.
    listen: SocketAddr = value "127.0.0.1:3000", parse::listen, "ADDRESS" like "0.0.0.0:3000", for uses::SERVE;
    /// The base of every URL that Solder hands out, as clients reach it from outside.
    /// `serve` demands it on an address that is not loopback.
    public_url: Option<Url> = none "(the address that is listened on)", parse::public_url,
        "URL" like "https://solder.example.com", for uses::SERVE;
    /// The folder of the database and the master key.
    data_dir: PathBuf = value "./solder-data", parse::path, "FOLDER" like "/var/lib/solder", for uses::OPEN | uses::SERVE;
    /// The database: `sqlite:///absolute/path` or `postgres://user:password@host/name`.
    database_url: Option<Secret> = none "(`solder.db` in the data folder)", parse::database_url,
        "URL" like "sqlite:///var/lib/solder/solder.db", for uses::OPEN | uses::SERVE, url;
    /// The master key, which seals every secret in the database: 32 bytes in base64 or hex. Of several, with white space
    /// or commas between, the first seals and the others open only.
    /// Give one of this, `master_key_file` and `master_key_command`.
    master_key: Option<Secret> = none "(read from the file)", parse::master_key,
        "KEY" like "(the output of `openssl rand -base64 32`)", for uses::OPEN | uses::SERVE, secret;
    /// The file that holds the master key, or several, one a line: the first seals, the others open only.
    /// Nobody but its owner and group may have access to it.
    master_key_file: Option<PathBuf> = none "(`master.key` in the data folder; `up` makes it)", parse::path,
        "FILE" like "/run/secrets/solder-master-key", for uses::OPEN | uses::SERVE;
    /// A program that prints the master keys, one a line, with its arguments: so any key service or secret manager can be
    /// asked. It runs without a shell, has 10 seconds, and gets nothing of Solder's own settings. Put no secret into it.
    master_key_command: Option<CommandLine> = none "(none)", parse::command,
        "COMMAND" like "/usr/local/bin/read-secret --name solder/master-key", for uses::OPEN | uses::SERVE;
    /// How many requests each API key and each token URL may make in a sliding window, or `off`.
    rate_limit: Option<Limit> = value "100/60s", parse::limit, "LIMIT" like "1000/60s", for uses::SERVE;
    /// How many requests may fail authentication for each client address in a sliding window, or `off`. Past it they are
    /// answered with 429; requests that are let in are never touched.
    failure_limit: Option<Limit> = value "30/60s", parse::limit, "LIMIT" like "100/60s", for uses::SERVE;
    /// The OpenID provider by which users of the first account sign in to pages: its issuer, exactly as it spells it.
    oidc_issuer: Option<String> = none "(none)", parse::issuer, "URL" like "https://login.example.com", for uses::SERVE;
    /// The client that is registered at that provider for Solder.
    oidc_client_id: Option<String> = none "(none)", parse::plain, "ID" like "solder", for uses::SERVE;
    /// The secret of that client; none for a public client.
    oidc_client_secret: Option<Secret> = none "(none)", |text| parse::plain(text).map(Secret::new),
        "SECRET" like "a-long-secret", for uses::SERVE, secret;
    /// The claim whose value is the user's id. `email` counts only where the provider says that it is verified.
    oidc_user_claim: String = value "sub", parse::plain, "CLAIM" like "email", for uses::SERVE;
    /// A folder of connector files of your own, `<id>.toml`, beside the built-in ones. It is watched: what changes in it
    /// counts within seconds, and a file with faults leaves its last good version in place.
    connectors_dir: Option<PathBuf> = none "(none)", parse::folder,
        "FOLDER" like "/etc/solder/connectors", for uses::SERVE | uses::CONNECTORS;
    /// How many connectors of its own an account may have; 0: none.
    account_connectors: usize = value "100", |text| parse::whole(text, 0, 10_000), "COUNT" like "20", for uses::SERVE;
    /// How large the file of an account's connector may be, in bytes.
    account_connector_bytes: usize = value "1048576", |text| parse::whole(text, 1_024, 8_388_608),
        "BYTES" like "262144", for uses::SERVE;
    /// How many actions a connector of an account may have.
    account_connector_actions: usize = value "500", |text| parse::whole(text, 1, 10_000),
        "COUNT" like "200", for uses::SERVE;
    /// The web origins that may call from a browser, beside the public URL's own and, on a loopback address, this machine's.
    /// A request without an `Origin` header needs no entry: it does not come from a page.
    allowed_origins: Vec<String> = value "", parse::origins, "LIST" like "https://app.example.com", for uses::SERVE;
    /// The hosts that requests may be addressed to, beside the public URL's own; one without a port stands for every port.
    /// Where it is not set, the `Host` header is checked on loopback addresses alone.
    allowed_hosts: Vec<String> = value "", parse::hosts, "LIST" like "solder.example.com,10.0.0.5:3000", for uses::SERVE;
    /// The proxies whose forwarding headers tell the client's address, as networks.
    trusted_proxies: Vec<IpNet> = value "", parse::networks, "LIST" like "10.0.0.0/8", for uses::SERVE;
    /// Private networks that URLs of the operator (settings, the connectors folder) may reach.
    /// A connector's `base_url` setting needs no entry.
    allow_private_networks: Vec<IpNet> = value "", parse::networks, "LIST" like "10.1.0.0/16", for uses::SERVE;
    /// Private networks that URLs given by accounts may reach.
    allow_private_networks_accounts: Vec<IpNet> = value "", parse::networks, "LIST" like "10.2.3.0/24", for uses::SERVE;
    /// How long a call to a platform may take where neither the call nor the connector says: `1s` to `300s`.
    call_timeout: Duration = value "30s", parse::call_timeout, "TIME" like "60s", for uses::SERVE;
    /// The largest answer that is taken from a platform, in bytes: 1024 to 104857600.
    max_answer_bytes: usize = value "10485760", |text| parse::whole(text, 1_024, 104_857_600),
        "BYTES" like "1048576", for uses::SERVE;
    /// The largest file that is handed on from a platform by a link, in bytes: 1024 to 1099511627776.
    max_file_bytes: usize = value "1073741824", |text| parse::whole(text, 1_024, 1_099_511_627_776),
        "BYTES" like "104857600", for uses::SERVE;
    /// A list in a platform's answer that has fewer items than this reaches the model untouched; of a longer one, so many.
    shape_items: usize = value "25", |text| parse::whole(text, 1, 10_000), "COUNT" like "50", for uses::SERVE;
    /// Of a list with more items than this, the model gets samples and a hint how to ask for less.
    shape_refine_over: usize = value "50", |text| parse::whole(text, 1, 100_000), "COUNT" like "200", for uses::SERVE;
    /// Texts in a platform's answer that are longer than this are cut, in bytes.
    shape_text_bytes: usize = value "5120", |text| parse::whole(text, 64, 10_485_760), "BYTES" like "20480", for uses::SERVE;
    /// What is nested deeper than this in a platform's answer is cut.
    shape_levels: usize = value "10", |text| parse::whole(text, 1, 100), "COUNT" like "20", for uses::SERVE;
    /// How long a stop waits for the calls under way.
    shutdown_grace: Duration = value "25s", parse::duration, "TIME" like "10s", for uses::SERVE;
    /// What is logged to standard error: `off`, `error`, `warn`, `info`, `debug` or `trace`.
    /// Libraries are never logged beyond `info`, since they may print addresses and headers.
    log: LogLevel = value "info", parse::log_level, "LEVEL" like "debug", for uses::ALL;
    /// How it is logged: `text` for people, `json` for machines.
    log_format: LogFormat = value "text", parse::log_format, "FORMAT" like "json", for uses::ALL;
}

impl Settings {
    /// Reads the file, then the environment, then the flags.
    pub(crate) fn read<const USES: u8>(flags: &Flags<USES>) -> Result<Self, Faults> {
        let environment: Vec<_> = std::env::vars_os().collect();
        Self::read_from(flags.given(), &environment)
    }

    fn read_from(
        flags: &flags::GivenFlags,
        environment: &[(std::ffi::OsString, std::ffi::OsString)],
    ) -> Result<Self, Faults> {
        let mut layers = layers::Layers::default();
        let config = flags.config.clone().or_else(|| environment::config(environment));
        file::read(config, &mut layers);
        environment::read(environment, &mut layers);
        flags.read(&mut layers);
        let settings = Self::assemble(layers)?;
        settings.agrees()?;
        Ok(settings)
    }

    /// What no setting can say of itself alone.
    fn agrees(&self) -> Result<(), Faults> {
        let given: Vec<&'static str> = ["master_key", "master_key_file", "master_key_command"]
            .into_iter()
            .filter(|name| self.origins.is_given(name))
            .collect();
        if let [.., last] = given.as_slice()
            && given.len() > 1
        {
            let names: Vec<String> = given.iter().map(|name| variable(name)).collect();
            let right = format!("Give one of {}, not more.", names.join(" and "));
            return Err(Faults(vec![self.fault(last, right)]));
        }
        if self.oidc_issuer.is_some() != self.oidc_client_id.is_some() {
            let (given, missing) = if self.oidc_issuer.is_some() {
                ("oidc_issuer", "oidc_client_id")
            } else {
                ("oidc_client_id", "oidc_issuer")
            };
            let fault = self.fault(given, format!("Give {missing} too: a provider has both."));
            return Err(Faults(vec![fault]));
        }
        if self.shape_refine_over < self.shape_items {
            let right = format!(
                "Write a number that is not below shape_items, which is {}.",
                self.shape_items
            );
            return Err(Faults(vec![self.fault("shape_refine_over", right)]));
        }
        Ok(())
    }

    /// A fault of a setting that reads well and does not fit.
    pub(crate) fn fault(&self, name: &'static str, right: impl Into<String>) -> Fault {
        self.origins.fault(name, right)
    }
}

/// The entry of a name, as the file spells it.
fn entry(name: &str) -> Option<&'static Entry> {
    TABLE.iter().find(|entry| entry.name == name)
}

/// `rate_limit` as the environment spells it.
pub(crate) fn variable(name: &str) -> String {
    format!("SOLDER_{}", name.to_uppercase())
}

/// `rate_limit` as a flag.
pub(crate) fn flag(name: &str) -> String {
    name.replace('_', "-")
}

#[cfg(test)]
mod tests;
