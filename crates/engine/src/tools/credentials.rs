//! Credentials over MCP: made for connectors in reach, listed without a secret.

use super::{ToolContext, ToolOutcome};
use crate::Engine;
use crate::broker::Opener;
use crate::credentials::{CredentialMade, CredentialView, NewCredential};
use crate::error::{Error, Result};
use crate::fields::Fields;
use serde_json::{Map, Value, json};
use solder_model::ConnectorId;

impl Engine {
    /// `create_credential_alloy`
    pub(super) async fn create_credential_tool(
        &self,
        context: &ToolContext<'_>,
        arguments: &Map<String, Value>,
    ) -> Result<ToolOutcome> {
        context.caller.demand_write()?;
        let mut fields = Fields::new(arguments);
        fields.only(&[
            "connectorId",
            "authenticationType",
            "redirectUri",
            "name",
            "fields",
            "data",
            "credentialId",
        ]);
        let unknown = fields.finish(());
        let new = match (NewCredential::read(arguments), unknown) {
            (Ok(new), Ok(())) => new,
            (Err(Error::Invalid(mut faults)), Err(Error::Invalid(more))) => {
                faults.extend(more);
                return Err(Error::Invalid(faults));
            }
            (Err(error), _) | (_, Err(error)) => return Err(error),
        };
        let new = new.or_redirecting_to(context.redirect_uri);
        let opener = Opener::of(context.caller, context.scope.server_id());
        let made = self
            .make_credential(context.caller, &opener, new, context.scope.policy())
            .await?;
        match made {
            CredentialMade::Credential(view) => {
                ToolOutcome::structured(&json!({ "credentialId": view.credential_id }))
            }
            CredentialMade::Consent(begun) => ToolOutcome::structured(&begun),
        }
    }

    /// `get_credentials_alloy`
    pub(super) async fn credentials_tool(
        &self,
        context: &ToolContext<'_>,
        arguments: &Map<String, Value>,
    ) -> Result<ToolOutcome> {
        let mut fields = Fields::new(arguments);
        fields.only(&["connectorId"]);
        let connector = fields.text("connectorId", |_| None);
        let connector = fields.finish(connector)?;
        if let Some(id) = &connector {
            self.seen_connector(&context.caller.account, id, context.scope.policy())
                .await?;
        }
        let seen = self.visible_credentials(context.caller, context.scope).await?;
        let wanted = |id: &ConnectorId| connector.as_deref().is_none_or(|wanted| id.as_str() == wanted);
        let views: Vec<CredentialView> = seen
            .iter()
            .filter(|one| wanted(&one.connector))
            .map(|one| CredentialView::new(one, self.clock.now()))
            .collect();
        ToolOutcome::structured(&json!({ "credentials": views }))
    }

    /// `get_credential_metadata_alloy`
    pub(super) async fn credential_metadata(
        &self,
        context: &ToolContext<'_>,
        arguments: &Map<String, Value>,
    ) -> Result<ToolOutcome> {
        let entry = self.named_connector(context, arguments).await?;
        let connector = entry.connector()?;
        let ways = self
            .ways_to_connect(&context.caller.account, &entry, &connector)
            .await?;
        ToolOutcome::structured(&json!({ "metadata": ways }))
    }
}
