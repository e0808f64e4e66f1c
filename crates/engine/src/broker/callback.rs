//! The browser comes back from a platform. Its state is taken up once; whatever else it brings is believed only where
//! it fits the flow of that state.

use super::finished::{Finished, PageResult, ResultPage};
use super::kept::{Issued, Kept};
use super::token::At;
use super::{Opener, auth_of};
use crate::Engine;
use crate::catalog::Entry;
use crate::error::{Error, Result};
use solder_connector::{Connector, TokenFailure};
use solder_model::{Digest, Flow, FlowStage, Secret};
use solder_storage::Taken;
use std::sync::Arc;

/// The longest text of a platform's callback that is shown, in characters.
const SHOWN: usize = 300;

/// A flow with everything that it is for.
pub(super) struct Resumed {
    pub(super) flow: Flow,
    pub(super) kept: Kept,
    pub(super) entry: Arc<Entry>,
    pub(super) connector: Arc<Connector>,
}

impl Engine {
    /// Takes up what a platform sent a browser back with. The work goes on when the browser does not wait for it: a
    /// code is spent by the first use. What was begun by a connect ticket counts in the ticket's own browser alone.
    pub async fn finish_connection(
        &self,
        connector: &str,
        query: Vec<(String, String)>,
        browser: Digest,
    ) -> Finished {
        let connector = connector.to_owned();
        self.outliving(move |engine| async move {
            match engine.take_callback(&connector, &query, &browser).await {
                Ok(finished) => finished,
                Err(error) => own_fault(&error),
            }
        })
        .await
    }

    /// Takes the person's answer to which of several to connect.
    pub async fn choose_connection(&self, token: &str, place: usize) -> Finished {
        let state = self.state_digest(token);
        self.outliving(move |engine| async move {
            let chosen = engine.take_choice(&state, place).await;
            chosen.unwrap_or_else(|error| own_fault(&error))
        })
        .await
    }

    /// Runs something as a task of the engine, which goes on where nobody waits for it any more.
    async fn outliving<F>(&self, work: impl FnOnce(Arc<Self>) -> F) -> Finished
    where
        F: Future<Output = Finished> + Send + 'static,
    {
        let Some(engine) = self.me.upgrade() else {
            return own_fault(&Error::Stopping);
        };
        match self.tasks.spawn(work(engine)).await {
            Ok(finished) => finished,
            Err(_panic) => own_fault(&Error::Internal("a connection ended without a result")),
        }
    }

    async fn take_callback(
        &self,
        connector: &str,
        query: &[(String, String)],
        browser: &Digest,
    ) -> Result<Finished> {
        let Some(state) = only(query, "state") else {
            return Ok(page(None, PageResult::Unknown));
        };
        let digest = self.state_digest(state);
        let taken = self
            .storage
            .take_flow(&digest, FlowStage::Begun, self.clock.now())
            .await?;
        match taken {
            Taken::Used(flow) if flow.connector.as_str() == connector => {
                Ok(page(self.platform_of(&flow).await, PageResult::Used))
            }
            Taken::Expired(flow) if flow.connector.as_str() == connector => {
                self.end(*flow, PageResult::Expired).await
            }
            Taken::Unknown | Taken::Used(_) | Taken::Expired(_) => Ok(page(None, PageResult::Unknown)),
            // Another platform's callback brought it: whoever did that gets nothing, and the flow is over.
            Taken::Flow(flow) if flow.connector.as_str() != connector => {
                self.close_flow(&flow).await?;
                Ok(page(None, PageResult::Unknown))
            }
            Taken::Flow(flow) => {
                // Whoever is led into somebody else's consent comes back in a browser of their own: no code is spent.
                if let Some(ticket) = &flow.ticket
                    && !self.is_ticket_open_in(ticket, browser).await?
                {
                    let text = "It was begun in another browser, and can be finished there alone".to_owned();
                    return self.end(*flow, failed("other_browser", text)).await;
                }
                self.carry_callback(*flow, query).await
            }
        }
    }

    async fn carry_callback(&self, flow: Flow, query: &[(String, String)]) -> Result<Finished> {
        let Some(mut resumed) = self.resume(&flow).await? else {
            return self.end(flow, changed()).await;
        };
        let connector = Arc::clone(&resumed.connector);
        let Some(auth) = auth_of(&connector, &flow.kind) else {
            return self.end(flow, changed()).await;
        };
        let told = issuer_of_overrides(&resumed.entry, auth, query);
        let found = match connector.callback_values(auth, &told) {
            Ok(found) => found,
            Err(text) => return self.end(flow, failed("issuer_mismatch", text)).await,
        };
        if let Some(error) = only(query, "error") {
            let text = only(query, "error_description").unwrap_or_default();
            return self.end(flow, declined(&connector.name, error, text)).await;
        }
        let Some(code) = only(query, "code") else {
            let text = format!("{} sent no code with the browser", connector.name);
            return self.end(flow, failed("platform_error", text)).await;
        };
        let client = match &resumed.kept.client_id {
            Some(id) => {
                let found = self
                    .client_with_id(&flow.account, &resumed.entry, auth, id)
                    .await?;
                if found.is_none() {
                    let text = "The OAuth app was changed in the meantime".to_owned();
                    return self.end(flow, failed("misconfigured", text)).await;
                }
                found
            }
            None => None,
        };
        let at = At {
            entry: &resumed.entry,
            connector: &connector,
            auth,
            client: client.as_ref(),
        };
        let kept = &mut resumed.kept;
        let verifier = kept.verifier.take().map(Secret::new);
        kept.lay(&found);
        match self.exchange(&at, &kept.fields(), code, verifier.as_ref()).await {
            Ok(tokens) => {
                kept.lay(&tokens.fields);
                kept.issued = Some(Issued::new(&tokens, self.clock.now()));
                self.carry_on(&at, flow, resumed.kept).await
            }
            Err(error) => {
                let code = match &error {
                    super::token::TokenError::Platform(TokenFailure::Misconfigured { .. }) => "misconfigured",
                    _ => "platform_error",
                };
                let text = error.text(&connector.name);
                self.end(flow, failed(code, text)).await
            }
        }
    }

    async fn take_choice(&self, state: &Digest, place: usize) -> Result<Finished> {
        let taken = self
            .storage
            .take_flow(state, FlowStage::Choosing, self.clock.now())
            .await?;
        let flow = match taken {
            Taken::Flow(flow) => *flow,
            Taken::Used(flow) => return Ok(page(self.platform_of(&flow).await, PageResult::Used)),
            Taken::Expired(flow) => return self.end(*flow, PageResult::Expired).await,
            Taken::Unknown => return Ok(page(None, PageResult::Unknown)),
        };
        let Some(mut resumed) = self.resume(&flow).await? else {
            return self.end(flow, changed()).await;
        };
        let connector = Arc::clone(&resumed.connector);
        let Some(auth) = auth_of(&connector, &flow.kind) else {
            return self.end(flow, changed()).await;
        };
        if !resumed.kept.choose(place) {
            let text = "That was none of what there was to choose of".to_owned();
            return self.end(flow, failed("invalid_choice", text)).await;
        }
        let at = At {
            entry: &resumed.entry,
            connector: &connector,
            auth,
            client: None,
        };
        self.carry_on(&at, flow, resumed.kept).await
    }

    /// A flow with its connector, as long as what it was begun for may still be: the connector is the same one, and
    /// the server is there and lets it be reached.
    pub(super) async fn resume(&self, flow: &Flow) -> Result<Option<Resumed>> {
        let entry = self
            .entry_of(&flow.account, flow.connector.as_str(), &flow.connector_owner)
            .await?;
        let Some(entry) = entry else { return Ok(None) };
        if let Some(id) = &flow.server {
            let server = self.warm.server(&self.storage, id).await?;
            let reaches = server.is_some_and(|server| {
                server.policy.allows(&flow.connector) && server.policy.admits(&flow.user_name)
            });
            if !reaches {
                return Ok(None);
            }
        }
        Ok(Some(Resumed {
            kept: self.open_kept(flow)?,
            flow: flow.clone(),
            connector: entry.connector()?,
            entry,
        }))
    }

    /// Ends a flow, and says where the browser goes.
    pub(super) async fn end(&self, flow: Flow, result: PageResult) -> Result<Finished> {
        self.close_flow(&flow).await?;
        tracing::info!(
            connector = flow.connector.as_str(),
            flow = flow.id.as_str(),
            outcome = result.error_code().unwrap_or("connected"),
            "a connection ended"
        );
        self.leave(flow, result).await
    }

    /// Where the browser goes: to the ticket's pages, to the redirect URI where it is listed, else to a page of ours.
    pub(super) async fn leave(&self, flow: Flow, result: PageResult) -> Result<Finished> {
        if let Some(ticket) = flow.ticket {
            return Ok(Finished::Ticket {
                ticket,
                connector: flow.connector,
                result,
            });
        }
        let platform = self.platform_of(&flow).await;
        let Some(uri) = flow.redirect_uri else {
            return Ok(page(platform, result));
        };
        let mut told = Vec::new();
        match (&result, result.error_code()) {
            (PageResult::Connected { credential, .. }, _) => {
                told.extend([("credentialId", credential.as_str()), ("status", "success")]);
            }
            (_, code) => told.extend([("status", "error"), ("error", code.unwrap_or("error"))]),
        }
        Ok(match self.listed_url(&flow.account, &uri, &told).await? {
            Some(url) => Finished::Redirect(url),
            None => Finished::Page(ResultPage {
                platform,
                result,
                unlisted: Some(uri),
            }),
        })
    }

    /// Marks a flow as done, and empties what it kept.
    pub(super) async fn close_flow(&self, flow: &Flow) -> Result<()> {
        let mut done = flow.clone();
        done.stage = FlowStage::Done;
        done.sealed = self.seal_kept(flow, &Kept::default())?;
        self.storage
            .advance_flow(&done, flow.stage, self.clock.now())
            .await?;
        Ok(())
    }

    /// The platform's name, as the connector has it that the flow was begun for.
    async fn platform_of(&self, flow: &Flow) -> Option<String> {
        let found = self
            .entry_of(&flow.account, flow.connector.as_str(), &flow.connector_owner)
            .await;
        let entry = found.ok().flatten()?;
        Some(entry.connector().ok()?.name.clone())
    }
}

impl Resumed {
    /// Whoever began it.
    pub(super) fn opener(&self) -> Opener {
        Opener::of_flow(&self.flow)
    }
}

/// The value of a parameter that was sent once. One that was sent twice could be read as either.
fn only<'q>(query: &'q [(String, String)], name: &str) -> Option<&'q str> {
    let mut sent = query.iter().filter(|(known, _)| known == name);
    let (_, value) = sent.next()?;
    (sent.next().is_none() && !value.is_empty()).then_some(value.as_str())
}

/// Where the operator named another place to consent, that place's `iss` is not the file's: the redirect URI, which is
/// each connector's own, keeps the issuers apart there.
fn issuer_of_overrides(
    entry: &Entry,
    auth: &solder_connector::Auth,
    query: &[(String, String)],
) -> Vec<(String, String)> {
    let mut told = query.to_vec();
    let own = entry.settings.authorize_url.is_some() || entry.settings.base_url.is_some();
    let issuer = auth.oauth.as_ref().and_then(|oauth| oauth.issuer.clone());
    if let Some(issuer) = issuer.filter(|_| own) {
        told.retain(|(name, _)| name != "iss");
        told.push(("iss".to_owned(), issuer));
    }
    told
}

/// What a platform's error means for the person who looks at the page.
fn declined(platform: &str, error: &str, text: &str) -> PageResult {
    let text: String = text
        .chars()
        .filter(|letter| !letter.is_control())
        .take(SHOWN)
        .collect();
    let said = if text.trim().is_empty() {
        String::new()
    } else {
        format!(". {platform} says: {}", text.trim())
    };
    let (code, what) = match error {
        "access_denied" | "user_cancelled_login" | "user_cancelled_authorize" | "consent_required" => {
            return PageResult::Refused;
        }
        "temporarily_unavailable" | "server_error" => (
            "platform_error",
            format!("{platform} could not do it just now; try again in a while"),
        ),
        "invalid_scope" => (
            "misconfigured",
            format!("{platform} does not give this app the permissions that were asked for"),
        ),
        "unauthorized_client" | "invalid_request" | "unsupported_response_type" | "invalid_client" => (
            "misconfigured",
            format!("{platform} does not take the OAuth app that Solder shows"),
        ),
        _ => (
            "platform_error",
            format!("{platform} did not make the connection"),
        ),
    };
    failed(code, format!("{what}{said}"))
}

pub(super) fn failed(code: &'static str, text: String) -> PageResult {
    PageResult::Failed { code, text }
}

pub(super) fn page(platform: Option<String>, result: PageResult) -> Finished {
    Finished::Page(ResultPage {
        platform,
        result,
        unlisted: None,
    })
}

fn changed() -> PageResult {
    failed(
        "forbidden",
        "What this connection was begun for was changed or removed in the meantime".to_owned(),
    )
}

fn own_fault(error: &Error) -> Finished {
    error.log();
    let text = match error {
        Error::Stopping => "Solder is being restarted".to_owned(),
        _ => "Something went wrong on our side".to_owned(),
    };
    page(None, failed("server_error", text))
}
