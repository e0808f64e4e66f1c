//! The first start of an installation: an account, its user and key, and a server to begin with.

use super::Start;
use crate::failure::{Failure, Result};
use solder_engine::{Authorization, Engine, Identity, Installation, ServerView};
use solder_model::{Account, Secret, UserName};
use std::net::{IpAddr, Ipv4Addr};

/// The first account's name.
const ACCOUNT: &str = "default";
/// Its user.
pub(super) const USER: &str = "admin";
/// The name of its first server.
const SERVER: &str = "My first server";

/// The account that the installation begins with.
pub(super) struct First {
    pub(super) account: Account,
    /// Its first API key, where it has just been made.
    pub(super) key: Option<Secret>,
}

/// The first account; `up` makes it where there is none.
pub(super) async fn account(installation: &Installation, start: Start) -> Result<Option<First>> {
    if let Some(account) = installation.first_account().await? {
        return Ok(Some(First { account, key: None }));
    }
    if start == Start::Serve {
        tracing::warn!(
            "there is no account yet: `solder accounts create NAME` makes one, beside this process too"
        );
        return Ok(None);
    }
    let user = UserName::new(USER).map_err(|error| Failure::because("the first user", &error))?;
    let (account, _, secret) = installation.create_account(ACCOUNT, &user).await?;
    Ok(Some(First {
        account,
        key: Some(secret),
    }))
}

/// The first server, made as any caller makes one.
pub(super) async fn server(engine: &Engine, key: &Secret) -> Result<ServerView> {
    let identity = Identity {
        authorization: Authorization::Bearer(key.expose()),
        user_name: None,
        user_token: None,
        client: IpAddr::V4(Ipv4Addr::LOCALHOST),
    };
    let caller = engine.authenticate_api(&identity).await?;
    let body = serde_json::Map::from_iter([("name".to_owned(), SERVER.into())]);
    Ok(engine.create_server(&caller, &body).await?)
}
