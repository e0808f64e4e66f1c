//! Clients that an admin registers for the account: known by name, and remembered once their user has allowed them.

use super::{name, redirect};
use crate::Engine;
use crate::caller::Caller;
use crate::error::{Error, Result};
use crate::fields::Fields;
use serde::Serialize;
use serde_json::{Map, Value, json};
use solder_model::{ClientId, ClientKind, Fault, McpClient, Page, Paged, Timestamp};
use utoipa::ToSchema;

/// The most redirect URIs of a client.
const MAX_REDIRECTS: usize = 50;

/// A registered MCP client.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ClientView {
    /// The `client_id`.
    #[schema(value_type = String, example = "mcl_0f3k5m7p9r1t3v5x7z9b1d3f")]
    pub client_id: ClientId,
    /// The name that users read when they are asked.
    #[schema(example = "Support desk")]
    pub name: String,
    /// Where answers may be sent.
    #[schema(example = json!(["https://desk.example.com/oauth/callback"]))]
    pub redirect_uris: Vec<String>,
    /// Whether it proves itself by a secret.
    pub confidential: bool,
    /// When it was registered.
    #[schema(value_type = String, format = DateTime)]
    pub created_at: Timestamp,
    /// When it last got a token, to about a day; never where `null`.
    #[schema(value_type = Option<String>, format = DateTime, required)]
    pub used_at: Option<Timestamp>,
}

/// A client that was just registered.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct NewClientView {
    /// The client.
    #[serde(flatten)]
    pub client: ClientView,
    /// Its secret, where it is confidential. It is shown here and never again.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub client_secret: Option<String>,
}

impl std::fmt::Debug for NewClientView {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "NewClientView({})", self.client.client_id)
    }
}

/// A page of registered clients.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ClientList {
    /// This page, newest first.
    pub clients: Vec<ClientView>,
    /// How many clients the account has registered in all.
    pub total: u64,
    /// The largest number of clients on this page.
    pub limit: u32,
    /// How many were passed over.
    pub offset: u64,
    /// Whether more follow.
    pub has_more: bool,
}

/// The answer of a deletion.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ClientDeleted {
    /// For a person.
    #[schema(example = "OAuth client deleted")]
    pub message: &'static str,
    /// The client that is gone.
    #[schema(value_type = String)]
    pub client_id: ClientId,
}

impl Engine {
    /// Registers a client: `{"name","redirectUris","confidential"?}`. For admins.
    pub async fn create_oauth_client(
        &self,
        caller: &Caller,
        body: &Map<String, Value>,
    ) -> Result<NewClientView> {
        caller.demand_admin("OAuth clients")?;
        let (name, redirect_uris, confidential) = read(body)?;
        let secret = confidential.then(|| crate::new_secret(&*self.entropy, "mcs_"));
        let client = McpClient {
            id: ClientId::random(&*self.entropy),
            kind: ClientKind::Registered,
            account: Some(caller.account.clone()),
            name,
            redirect_uris,
            secret_digest: secret.as_ref().map(|secret| self.vault.digest(secret.expose())),
            created_at: self.clock.now(),
            used_at: None,
        };
        let details = json!({ "name": client.name, "redirectUris": client.redirect_uris });
        let audit = self.audit(caller, "oauth-client.create", client.id.as_str(), details);
        self.storage.create_client(&client, &audit).await?;
        Ok(NewClientView {
            client: view(client),
            client_secret: secret.map(|secret| secret.expose().to_owned()),
        })
    }

    /// The clients that were registered in the account. For admins.
    pub async fn list_oauth_clients(&self, caller: &Caller, page: Page) -> Result<ClientList> {
        caller.demand_admin("OAuth clients")?;
        let paged: Paged<McpClient> = self.storage.list_clients(&caller.account, page).await?;
        let has_more = paged.has_more();
        Ok(ClientList {
            total: paged.total,
            limit: page.limit,
            offset: page.offset,
            has_more,
            clients: paged.items.into_iter().map(view).collect(),
        })
    }

    /// Deletes a client with every grant that it was given: its tokens end at once. For admins.
    pub async fn delete_oauth_client(&self, caller: &Caller, id: &str) -> Result<ClientDeleted> {
        caller.demand_admin("OAuth clients")?;
        let unknown = || Error::NotFound("OAuth client not found");
        let id = ClientId::new(id).map_err(|_bad| unknown())?;
        let audit = self.audit(caller, "oauth-client.delete", id.as_str(), json!({}));
        if !self.storage.delete_client(&caller.account, &id, &audit).await? {
            return Err(unknown());
        }
        self.warm.forget_grants();
        Ok(ClientDeleted {
            message: "OAuth client deleted",
            client_id: id,
        })
    }
}

fn read(body: &Map<String, Value>) -> Result<(String, Vec<String>, bool)> {
    let mut fields = Fields::new(body);
    fields.only(&["name", "redirectUris", "confidential"]);
    let name = fields.required(
        "name",
        "1 to 100 characters, which users read when they are asked",
    );
    let cleaned = name::clean(&name);
    if !name.is_empty() && cleaned.as_deref() != Some(name.as_str()) {
        let rule = "must be 1 to 100 characters, with single spaces and nothing that hides text";
        fields.fault("name", rule);
    }
    let confidential = fields.flag("confidential").unwrap_or(false);
    let uris = match fields.sent("redirectUris").map(Value::as_array) {
        Some(Some(listed)) if !listed.is_empty() && listed.len() <= MAX_REDIRECTS => {
            let (uris, faults) = redirect_uris(listed);
            fields.extend(faults);
            uris
        }
        _ => {
            let rule = format!("is required: a list of 1 to {MAX_REDIRECTS} URLs where answers may be sent");
            fields.fault("redirectUris", rule);
            Vec::new()
        }
    };
    fields.finish((name, uris, confidential))
}

fn redirect_uris(listed: &[Value]) -> (Vec<String>, Vec<Fault>) {
    let mut uris = Vec::new();
    let mut faults = Vec::new();
    for (place, value) in listed.iter().enumerate() {
        let fault = match value.as_str() {
            None => Some("must be a string"),
            Some(uri) => redirect::fault(uri),
        };
        match (fault, value.as_str()) {
            (Some(fault), _) => faults.push(Fault::new(format!("redirectUris[{place}]"), fault)),
            (None, Some(uri)) => uris.push(uri.to_owned()),
            (None, None) => {}
        }
    }
    (uris, faults)
}

fn view(client: McpClient) -> ClientView {
    ClientView {
        client_id: client.id,
        name: client.name,
        redirect_uris: client.redirect_uris,
        confidential: client.secret_digest.is_some(),
        created_at: client.created_at,
        used_at: client.used_at,
    }
}
