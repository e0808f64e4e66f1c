//! `solder up` and `solder serve`: from the settings to a listening server, and to its end.

mod first_start;
mod ready;

use crate::arguments;
use crate::data_folder::{DataFolder, Lock};
use crate::failure::{Failure, Result};
use crate::installation::{self, Making};
use crate::settings::{Faults, Settings, check_known};
use crate::{logging, master_key};
use ready::Ready;
use solder_engine::{
    Catalog, Engine, OidcSettings, OwnConnectorSettings, Settings as EngineSettings, Shaping,
};
use solder_model::ConnectorId;
use solder_server::Settings as ServerSettings;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};
use tokio_util::sync::CancellationToken;

/// Which of the two it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Start {
    /// Makes what is missing.
    Up,
    /// Takes what is there.
    Serve,
}

impl Start {
    const fn making(self) -> Making {
        match self {
            Self::Up => Making::Everything,
            Self::Serve => Making::Database,
        }
    }
}

/// Serves until it is told to stop.
pub(crate) fn run(arguments: &arguments::Serve, start: Start) -> Result<()> {
    let settings = Settings::read(&arguments.flags)?;
    if start == Start::Serve {
        demand_public_url(&settings)?;
    }
    logging::start(settings.log, settings.log_format);
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build();
    let runtime = runtime.map_err(|error| Failure::because("the runtime does not start", &error))?;
    runtime.block_on(serve(&settings, start, arguments.json))
}

async fn serve(settings: &Settings, start: Start, json: bool) -> Result<()> {
    let stop = stop_signal()?;
    let folder = DataFolder::at(&settings.data_dir)?;
    let making = start.making();
    // What can be wrong is asked before anything is made.
    installation::check_key(settings, &folder, making)?;
    let catalog = catalog(settings)?;
    let listener = listen(settings.listen).await?;
    let address = listener
        .local_addr()
        .map_err(|error| Failure::because("the address that is listened on", &error))?;
    let _lock = lock(settings, &folder)?;
    let installation = installation::open(settings, making).await?;
    tell_log(settings, &folder, start, address);
    let account = first_start::account(&installation, start).await?;
    let url = public_url(settings, address);
    let engine = Engine::start(installation, catalog, engine_settings(settings, url.clone())).await?;
    let ready = Ready::new(url.clone(), &folder, account, &engine).await?;
    // Connections are taken from here on: those that come before the next line wait for it.
    ready.tell(start, json)?;
    let http = server_settings(settings, url, address);
    let served = solder_server::serve(listener, Arc::clone(&engine), http, stop.cancelled_owned()).await;
    engine.stop().await;
    tracing::info!("stopped");
    served.map_err(|error| Failure::because("the server ended", &error))
}

/// The catalogue, with every connector that the settings speak of in it.
fn catalog(settings: &Settings) -> Result<Catalog> {
    let catalog = Catalog::open(&engine_settings(settings, String::new()))?;
    let known: Vec<_> = catalog.ids().filter_map(|id| ConnectorId::new(id).ok()).collect();
    check_known(settings, &known)?;
    Ok(catalog)
}

/// Nobody reaches a server by the address `0.0.0.0`, so that on an address that is not loopback the URLs it hands out
/// have to be said.
fn demand_public_url(settings: &Settings) -> Result<()> {
    if settings.listen.ip().is_loopback() || settings.public_url.is_some() {
        return Ok(());
    }
    let right = format!(
        "`serve` listens on {}, which is not loopback: set the URL that clients reach it by, such as \
         `https://solder.example.com`.",
        settings.listen
    );
    Err(Failure::from(Faults(vec![settings.fault("public_url", right)])))
}

fn lock(settings: &Settings, folder: &DataFolder) -> Result<Option<Lock>> {
    if !installation::is_file(settings) {
        return Ok(None);
    }
    folder.make()?;
    folder.lock().map(Some)
}

async fn listen(address: SocketAddr) -> Result<TcpListener> {
    TcpListener::bind(address).await.map_err(|error| match error.kind() {
        std::io::ErrorKind::AddrInUse => Failure::Failed(format!(
            "Another program, perhaps another Solder, listens on {address}. Choose another address with --listen, such as --listen {}:0 for a free \
             port.",
            address.ip()
        )),
        _ => Failure::because(format!("{address} cannot be listened on"), &error),
    })
}

/// The base of the URLs that are handed out, without a slash at its end.
fn public_url(settings: &Settings, bound: SocketAddr) -> String {
    match &settings.public_url {
        Some(url) => url.as_str().trim_end_matches('/').to_owned(),
        None if bound.ip().is_unspecified() => format!("http://{}:{}", Ipv4Addr::LOCALHOST, bound.port()),
        None => format!("http://{bound}"),
    }
}

fn engine_settings(settings: &Settings, public_url: String) -> EngineSettings {
    let connectors = settings
        .connectors
        .iter()
        .map(|(id, own)| (id.to_string(), own.clone()));
    EngineSettings {
        public_url,
        rate_limit: settings.rate_limit,
        failure_limit: settings.failure_limit,
        operator_networks: settings.allow_private_networks.clone(),
        account_networks: settings.allow_private_networks_accounts.clone(),
        connectors_dir: settings.connectors_dir.clone(),
        own_connectors: OwnConnectorSettings {
            count: settings.account_connectors,
            file_bytes: settings.account_connector_bytes,
            actions: settings.account_connector_actions,
        },
        connectors: connectors.collect(),
        oidc: oidc(settings),
        call_timeout: settings.call_timeout,
        max_answer_bytes: settings.max_answer_bytes,
        max_file_bytes: settings.max_file_bytes as u64,
        shaping: Shaping {
            shown: settings.shape_items,
            refine_over: settings.shape_refine_over,
            string_bytes: settings.shape_text_bytes,
            levels: settings.shape_levels,
            ..Shaping::default()
        },
        ..EngineSettings::default()
    }
}

/// The identity provider of the first account.
fn oidc(settings: &Settings) -> Option<OidcSettings> {
    let (issuer, client_id) = (settings.oidc_issuer.clone()?, settings.oidc_client_id.clone()?);
    Some(OidcSettings {
        issuer,
        client_id,
        client_secret: settings.oidc_client_secret.clone(),
        user_claim: settings.oidc_user_claim.clone(),
    })
}

fn server_settings(settings: &Settings, public_url: String, bound: SocketAddr) -> ServerSettings {
    ServerSettings {
        public_url,
        is_loopback: bound.ip().is_loopback(),
        allowed_origins: settings.allowed_origins.clone(),
        allowed_hosts: settings.allowed_hosts.clone(),
        trusted_proxies: settings.trusted_proxies.clone(),
        shutdown_grace: settings.shutdown_grace,
        ..ServerSettings::default()
    }
}

/// Tells the log what an operator should know.
fn tell_log(settings: &Settings, folder: &DataFolder, start: Start, bound: SocketAddr) {
    if start == Start::Serve {
        tracing::info!(%bound, version = env!("CARGO_PKG_VERSION"), "serving");
    }
    for warning in warnings(settings, folder, start, bound) {
        tracing::warn!("{warning}");
    }
}

fn warnings(settings: &Settings, folder: &DataFolder, start: Start, bound: SocketAddr) -> Vec<&'static str> {
    let mut warnings = Vec::new();
    if start == Start::Serve && master_key::lies_in(settings, folder) {
        warnings.push(
            "the master key lies beside the database: whoever copies the data folder can open every secret; keep the key \
             elsewhere and name it with SOLDER_MASTER_KEY_FILE",
        );
    }
    if folder.is_open_to_others() {
        warnings.push("the data folder can be entered by other users: `chmod 700` closes it");
    }
    if settings
        .public_url
        .as_ref()
        .is_some_and(|url| url.scheme() == "http" && !is_local(url))
    {
        warnings
            .push("SOLDER_PUBLIC_URL is http: token URLs, which are secrets, cross the network in the clear");
    }
    if settings.public_url.is_none() && bound.ip().is_unspecified() {
        warnings
            .push("SOLDER_PUBLIC_URL is not set: the URLs that are handed out hold on this machine alone");
    }
    warnings
}

fn is_local(url: &url::Url) -> bool {
    match url.host() {
        Some(url::Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
        Some(url::Host::Ipv4(address)) => address.is_loopback(),
        Some(url::Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}

/// Cancelled by the first SIGTERM or SIGINT. A second SIGINT, which a person at a keyboard sends, ends the process at
/// once; a second SIGTERM changes nothing.
fn stop_signal() -> Result<CancellationToken> {
    let broken = |error| Failure::because("signals cannot be listened to", &error);
    let mut terminate = signal(SignalKind::terminate()).map_err(broken)?;
    let mut interrupt = signal(SignalKind::interrupt()).map_err(broken)?;
    let token = CancellationToken::new();
    let stop = token.clone();
    drop(tokio::spawn(async move {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
        tracing::info!("stopping: calls under way are finished first");
        stop.cancel();
        if interrupt.recv().await.is_some() {
            tracing::warn!("stopping at once, as a second interrupt asks");
            end();
        }
    }));
    Ok(token)
}

/// Ends the process as one that was interrupted. What was acknowledged is on the disk.
#[expect(clippy::exit, reason = "whoever interrupts twice wants no more waiting")]
fn end() {
    std::process::exit(130);
}
