//! The table of routes. The paths of the management API stand in its handlers' documentation, so that they cannot
//! drift from the description that is published.

use crate::App;
use crate::api::{
    audit, connect_tickets, connectors, credentials, health, identity_providers, jwt_keys, keys, oauth_apps,
    oauth_clients, oauth_grants, openapi_document, redirect_uris, servers, users,
};
use crate::edge::EdgeLayer;
use crate::mcp;
use crate::oauth;
use crate::openapi::described;
use crate::pages::{self, connect};
use crate::problem::{Failure, no_method, no_route};
use crate::{files, uploads};
use axum::Router;
use axum::routing::{any, get, post, put};
use std::sync::Arc;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// The management API, with its description.
pub(crate) fn api() -> OpenApiRouter<Arc<App>> {
    OpenApiRouter::with_openapi(described())
        .routes(routes!(
            servers::create::create_server,
            servers::list::list_servers
        ))
        .routes(routes!(
            servers::get::get_server,
            servers::update::update_server,
            servers::delete::delete_server
        ))
        .routes(routes!(servers::rotate_token::rotate_server_token))
        .routes(routes!(
            credentials::create::create_credential,
            credentials::list::list_credentials
        ))
        .routes(routes!(
            credentials::get::get_credential,
            credentials::update::update_credential,
            credentials::delete::delete_credential
        ))
        .merge(of_connectors())
        .merge(of_users())
        .merge(of_admins())
        .merge(of_connections())
        .merge(of_mcp_clients())
        .routes(routes!(health::get_health))
        .routes(routes!(openapi_document::get_openapi))
}

/// What there is to call, calling it, and connectors of the account's own.
fn of_connectors() -> OpenApiRouter<Arc<App>> {
    OpenApiRouter::new()
        .routes(routes!(connectors::list::list_connectors))
        .routes(routes!(connectors::import::import_connector))
        .routes(routes!(
            connectors::get::get_connector,
            connectors::put::put_connector,
            connectors::delete::delete_connector
        ))
        .routes(routes!(connectors::get_file::get_connector_file))
        .routes(routes!(connectors::list_versions::list_connector_versions))
        .routes(routes!(connectors::get_version::get_connector_version))
        .routes(routes!(connectors::restore_version::restore_connector_version))
        .routes(routes!(connectors::get_action::get_action))
        .routes(routes!(connectors::list_options::list_parameter_options))
        .routes(routes!(connectors::execute::execute_action))
        .routes(routes!(connectors::execute_by_body::execute_named_action))
}

/// The part of the management API that is about an account's users: how they prove who they are, and how they connect.
fn of_users() -> OpenApiRouter<Arc<App>> {
    OpenApiRouter::new()
        .routes(routes!(
            identity_providers::create::create_identity_provider,
            identity_providers::list::list_identity_providers
        ))
        .routes(routes!(
            identity_providers::get::get_identity_provider,
            identity_providers::update::update_identity_provider,
            identity_providers::delete::delete_identity_provider
        ))
        .routes(routes!(
            users::set_password::set_user_password,
            users::remove_password::remove_user_password
        ))
        .routes(routes!(connect_tickets::create::create_connect_ticket))
        .routes(routes!(
            connect_tickets::get::get_connect_ticket,
            connect_tickets::delete::delete_connect_ticket
        ))
        .routes(routes!(
            jwt_keys::create::create_jwt_key,
            jwt_keys::list::list_jwt_keys
        ))
        .routes(routes!(
            jwt_keys::get::get_jwt_key,
            jwt_keys::delete::delete_jwt_key
        ))
}

/// The part of the management API that is about an account as its admins see it: its keys, its users, its log.
fn of_admins() -> OpenApiRouter<Arc<App>> {
    OpenApiRouter::new()
        .routes(routes!(keys::create::create_key, keys::list::list_keys))
        .routes(routes!(
            keys::get::get_key,
            keys::update::update_key,
            keys::revoke::revoke_key
        ))
        .routes(routes!(keys::rotate::rotate_key))
        .routes(routes!(users::create::create_user, users::list::list_users))
        .routes(routes!(users::get::get_user))
        .routes(routes!(audit::list_audit))
}

/// What connecting by OAuth goes through.
fn of_connections() -> OpenApiRouter<Arc<App>> {
    OpenApiRouter::new()
        .routes(routes!(
            oauth_apps::create::create_oauth_app,
            oauth_apps::list::list_oauth_apps
        ))
        .routes(routes!(
            oauth_apps::get::get_oauth_app,
            oauth_apps::update::update_oauth_app,
            oauth_apps::delete::delete_oauth_app
        ))
        .routes(routes!(
            redirect_uris::create::create_redirect_uri,
            redirect_uris::list::list_redirect_uris
        ))
        .routes(routes!(redirect_uris::delete::delete_redirect_uri))
}

/// The part of the management API that is about MCP clients: which an admin knows, and what users have allowed them.
fn of_mcp_clients() -> OpenApiRouter<Arc<App>> {
    OpenApiRouter::new()
        .routes(routes!(
            oauth_clients::create::create_oauth_client,
            oauth_clients::list::list_oauth_clients
        ))
        .routes(routes!(oauth_clients::delete::delete_oauth_client))
        .routes(routes!(oauth_grants::list::list_oauth_grants))
        .routes(routes!(oauth_grants::revoke::revoke_oauth_grant))
}

/// Every route, with what stands around it.
pub(crate) fn of(app: &Arc<App>) -> Router {
    let (api, _description) = api().split_for_parts();
    api.route("/mcp", any(mcp::by_header))
        .route("/mcp/{serverId}", any(mcp::by_id))
        .route("/mcp/{serverId}/{accessToken}", any(mcp::by_token))
        .route("/files/{token}", get(files::download))
        .route("/uploads/{token}", put(uploads::upload).post(uploads::upload))
        .route(pages::STYLESHEET, get(pages::stylesheet))
        .route(
            "/sign-in/{attempt}",
            get(pages::sign_in_page).post(pages::sign_in_by_password),
        )
        .route("/sign-in/callback", get(pages::sign_in_from_provider))
        .route("/sign-in/{attempt}/{provider}", get(pages::sign_in_at_provider))
        .route("/sign-out", get(pages::sign_out_page).post(pages::sign_out))
        .route(pages::connected::CALLBACK, get(pages::connected::callback))
        .route(pages::connected::CHOICE, post(pages::connected::choose))
        .merge(oauth::routes(app))
        .route("/connect/{ticket}", get(connect::see).post(connect::enter))
        .route(
            "/connect/{ticket}/to/{connector}",
            get(connect::offer).post(connect::connect),
        )
        .route("/connect/{ticket}/answer", post(connect::answer))
        .route("/connect/{ticket}/done", post(connect::finish))
        .method_not_allowed_fallback(async || -> Failure { no_method() })
        .fallback(async || -> Failure { no_route() })
        .layer(EdgeLayer(Arc::clone(app)))
        .with_state(Arc::clone(app))
}
