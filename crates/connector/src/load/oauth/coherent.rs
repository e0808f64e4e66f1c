//! What must agree within an OAuth table.

use crate::OAuth;
use crate::load::reader::Reader;
use crate::oauth::{ACCESS_TOKEN, ClientAuth, Grant, REFRESH_TOKEN};

pub(super) fn check(table: &Reader<'_>, oauth: &OAuth) {
    let code = oauth.grant == Grant::AuthorizationCode;
    for (wrong, message) in [
        (
            code && oauth.authorize.is_none(),
            "`authorize` is missing: this grant sends a person there",
        ),
        (
            !code && table.has("authorize"),
            "`authorize` means nothing here: this grant sends nobody to a browser",
        ),
        (
            !code && oauth.pkce,
            "`pkce` is for the grant `authorization_code`",
        ),
        (
            !code && (table.has("from_callback") || table.has("issuer") || table.has("authorize_params")),
            "`from_callback`, `issuer` and `authorize_params` are for the grant `authorization_code`",
        ),
        (
            (oauth.grant == Grant::DeviceCode) != oauth.device.is_some(),
            "`grant = \"device_code\"` and `device` go together",
        ),
        (
            (oauth.grant == Grant::JwtBearer) != table.has("assertion"),
            "`grant = \"jwt_bearer\"` and `assertion` go together",
        ),
        (
            !oauth.pkce && code && oauth.client == ClientAuth::None,
            "`client = \"none\"` without `pkce` lets anyone use a code",
        ),
        (
            oauth.own_app && oauth.grant != Grant::ClientCredentials,
            "`secrets.client_id` is for the grant `client_credentials`: elsewhere the OAuth app has it",
        ),
    ] {
        if wrong {
            table.fault(message);
        }
    }
    names(table, oauth);
}

fn names(table: &Reader<'_>, oauth: &OAuth) {
    let kept = |name: &String| oauth.answers.keep.iter().any(|(kept, _)| kept == name);
    for name in oauth.answers.keep_on_refresh.iter().filter(|name| !kept(name)) {
        table.fault(format!("`keep_on_refresh` names `{name}`, which `keep` does not"));
    }
    for name in oauth.found().filter(|name| !crate::load::names::own_name(name)) {
        table.fault(format!(
            "`{name}` is kept under a name that is not 1 to 48 of a-z, 0-9 and `_`, a letter first"
        ));
    }
    let secrets = table.entries_of("secrets");
    for name in oauth.found() {
        if [ACCESS_TOKEN, REFRESH_TOKEN].contains(&name) || secrets.iter().any(|(secret, _)| secret == name) {
            table.fault(format!("`{name}` is kept under a name that a secret has"));
        }
    }
    let identities = oauth
        .answers
        .tokens
        .iter()
        .filter_map(|place| place.identity.as_deref());
    for identity in identities.filter(|identity| !crate::load::names::own_name(identity)) {
        table.fault(format!(
            "`tokens` names `{identity}`, which is not 1 to 48 of a-z, 0-9 and `_`, a letter first"
        ));
    }
    let acts = |identity: &String| {
        oauth
            .answers
            .tokens
            .iter()
            .any(|place| place.identity.as_ref() == Some(identity))
    };
    for (param, identity) in oauth.extra_scopes.iter().filter(|(_, identity)| !acts(identity)) {
        table.fault(format!(
            "`extra_scopes.{param}` names `{identity}`, for whom `tokens` has no token"
        ));
    }
    for scope in oauth
        .optional_scopes
        .iter()
        .filter(|scope| oauth.scopes.contains(scope))
    {
        table.fault(format!(
            "`optional_scopes` names `{scope}`, which `scopes` always asks for"
        ));
    }
}
