//! Where browsers may be sent after connecting: URIs that an admin of the account has listed, matched byte for byte,
//! and the person's own machine. Whatever else was asked for fails nothing, and ends on a page of ours.

use crate::Engine;
use crate::caller::Caller;
use crate::error::{Error, Result};
use crate::fields::Fields;
use serde::Serialize;
use serde_json::{Map, Value, json};
use solder_model::{AccountId, Page, Paged, RedirectUri, RedirectUriId, Timestamp};
use url::{Host, Url};
use utoipa::ToSchema;

/// What needs an admin, as the refusal names it.
const WHAT: &str = "Redirect URIs";

/// The longest URI, in bytes: PostgreSQL indexes no longer text.
const MOST_BYTES: usize = 2_000;

/// Schemes that run something, read files, or send a browser to no app: none of them is ever a place to go.
const NEVER: [&str; 14] = [
    "about",
    "blob",
    "chrome",
    "data",
    "file",
    "filesystem",
    "ftp",
    "intent",
    "javascript",
    "mailto",
    "vbscript",
    "view-source",
    "ws",
    "wss",
];

/// A listed redirect URI as the API shows it.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct RedirectUriView {
    /// Its id.
    #[schema(value_type = String, example = "uri_4f7k2m9q8r1s5t3v")]
    pub redirect_uri_id: RedirectUriId,
    /// The URI.
    #[schema(example = "https://app.example.com/connected")]
    pub uri: String,
    /// When it was listed.
    #[schema(value_type = String, format = DateTime)]
    pub created_at: Timestamp,
}

impl RedirectUriView {
    fn new(listed: &RedirectUri) -> Self {
        Self {
            redirect_uri_id: listed.id.clone(),
            uri: listed.uri.clone(),
            created_at: listed.created_at,
        }
    }
}

/// A page of redirect URIs.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct RedirectUriList {
    /// This page, newest first.
    pub redirect_uris: Vec<RedirectUriView>,
    /// How many there are in all.
    pub count: u64,
    /// The same as `count`.
    pub total: u64,
    /// The largest number on this page.
    pub limit: u32,
    /// How many were passed over.
    pub offset: u64,
    /// Whether more follow.
    pub has_more: bool,
}

impl RedirectUriList {
    fn new(paged: &Paged<RedirectUri>) -> Self {
        Self {
            redirect_uris: paged.items.iter().map(RedirectUriView::new).collect(),
            count: paged.total,
            total: paged.total,
            limit: paged.page.limit,
            offset: paged.page.offset,
            has_more: paged.has_more(),
        }
    }
}

/// The answer of a deletion.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct RedirectUriDeleted {
    /// For a person.
    #[schema(example = "Redirect URI deleted")]
    pub message: &'static str,
    /// The one that is gone.
    #[schema(value_type = String)]
    pub redirect_uri_id: RedirectUriId,
}

impl Engine {
    /// Lists a URI: `{"uri"}`. For admins.
    pub async fn create_redirect_uri(
        &self,
        caller: &Caller,
        body: &Map<String, Value>,
    ) -> Result<RedirectUriView> {
        caller.demand_admin(WHAT)?;
        let mut fields = Fields::new(body);
        let uri = fields.required(
            "uri",
            "where browsers may be sent, such as https://app.example.com/connected",
        );
        if !uri.is_empty()
            && let Some(fault) = listing_fault(&uri)
        {
            fields.fault("uri", fault);
        }
        let listed = RedirectUri {
            id: RedirectUriId::random(&*self.entropy),
            account: caller.account.clone(),
            uri: fields.finish(uri)?,
            created_at: self.clock.now(),
        };
        let details = json!({ "uri": listed.uri });
        let audit = self.audit(caller, "redirect_uri.create", listed.id.as_str(), details);
        let kept = self.storage.create_redirect_uri(&listed, &audit).await;
        kept.map_err(|error| match error {
            solder_storage::Error::Conflict("redirect URI") => Error::invalid("uri", "is listed already"),
            other => Error::Storage(other),
        })?;
        Ok(RedirectUriView::new(&listed))
    }

    /// The account's listed URIs, newest first. For admins.
    pub async fn list_redirect_uris(&self, caller: &Caller, page: Page) -> Result<RedirectUriList> {
        caller.demand_admin(WHAT)?;
        let paged = self.storage.list_redirect_uris(&caller.account, page).await?;
        Ok(RedirectUriList::new(&paged))
    }

    /// Takes a URI off the list. Flows that were to end there end on a page of ours. For admins.
    pub async fn delete_redirect_uri(&self, caller: &Caller, id: &str) -> Result<RedirectUriDeleted> {
        const UNKNOWN: Error = Error::NotFound("The account lists no such redirect URI");
        caller.demand_admin(WHAT)?;
        let id = RedirectUriId::new(id).map_err(|_bad| UNKNOWN)?;
        let audit = self.audit(caller, "redirect_uri.delete", id.as_str(), json!({}));
        if self
            .storage
            .delete_redirect_uri(&caller.account, &id, &audit)
            .await?
        {
            Ok(RedirectUriDeleted {
                message: "Redirect URI deleted",
                redirect_uri_id: id,
            })
        } else {
            Err(UNKNOWN)
        }
    }

    /// The URL to send a browser to, with what it shall be told added to the query; none where the URI is not listed.
    /// What is given back was read and written again as a browser reads it, so that both lead to the same place.
    pub(crate) async fn listed_url(
        &self,
        account: &AccountId,
        uri: &str,
        told: &[(&str, &str)],
    ) -> Result<Option<String>> {
        let Some(mut url) = readable(uri) else {
            return Ok(None);
        };
        let listed = is_loopback(&url) || self.storage.is_redirect_uri_listed(account, uri).await?;
        if !listed {
            return Ok(None);
        }
        if url.cannot_be_a_base() {
            // A native app's `com.example.app:path` takes a query too; the crate has no way to add pairs to it.
            let pairs = url::form_urlencoded::Serializer::new(url.query().unwrap_or_default().to_owned())
                .extend_pairs(told)
                .finish();
            url.set_query(Some(&pairs));
        } else {
            url.query_pairs_mut().extend_pairs(told);
        }
        Ok(Some(url.into()))
    }
}

/// What is wrong with the form of a redirect URI, whether it is listed or not.
pub(crate) fn form_fault(text: &str) -> Option<&'static str> {
    let Ok(url) = Url::parse(text) else {
        return Some("must be an absolute URI, such as https://app.example.com/connected");
    };
    if text.len() > MOST_BYTES {
        Some("must be at most 2,000 bytes long")
    } else if text
        .chars()
        .any(|letter| letter.is_control() || letter.is_whitespace() || letter == '\\')
    {
        Some("must hold no white space, control characters or backslashes")
    } else if url.fragment().is_some() {
        Some("must have no fragment: what follows `#` never reaches a server")
    } else if !url.username().is_empty() || url.password().is_some() || has_at(text) {
        Some("must hold no user name or password")
    } else if NEVER.contains(&url.scheme()) {
        Some("must be https, http on this machine, or the scheme of a native app")
    } else if matches!(url.scheme(), "http" | "https") && url.host().is_none() {
        Some("must name a host")
    } else {
        None
    }
}

/// What keeps a URI from being listed.
fn listing_fault(text: &str) -> Option<&'static str> {
    if let Some(fault) = form_fault(text) {
        return Some(fault);
    }
    let url = Url::parse(text).ok()?;
    let canonical = url.as_str() == text || url.as_str().strip_suffix('/') == Some(text);
    if url.scheme() == "http" && !is_loopback(&url) {
        Some(
            "must be https: plain http is for this machine alone (127.0.0.1, [::1], localhost), which is always listed",
        )
    } else if !canonical {
        Some(
            "must be written as browsers write it: lower-case host, no default port, no `.` or `..` segments",
        )
    } else {
        None
    }
}

/// The URI, where its form is one that a browser is ever sent to.
fn readable(text: &str) -> Option<Url> {
    match form_fault(text) {
        None => Url::parse(text).ok(),
        Some(_) => None,
    }
}

/// An `@` before the path: some readers take what stands before it for a user name where others do not.
fn has_at(text: &str) -> bool {
    let after = text.split_once("://").map_or("", |(_, rest)| rest);
    after
        .split(['/', '?', '#'])
        .next()
        .is_some_and(|authority| authority.contains('@'))
}

/// The person's own machine, by http on any port (RFC 8252, 7.3): a native client listens there.
fn is_loopback(url: &Url) -> bool {
    url.scheme() == "http"
        && match url.host() {
            Some(Host::Ipv4(address)) => address.octets() == [127, 0, 0, 1],
            Some(Host::Ipv6(address)) => address.is_loopback(),
            Some(Host::Domain(name)) => name == "localhost",
            None => false,
        }
}

#[cfg(test)]
mod tests {
    use super::{form_fault, is_loopback, listing_fault, readable};

    #[test]
    fn this_machine_is_listed_by_http_on_any_port_and_nothing_that_only_looks_like_it() {
        let loopback = |text: &str| readable(text).is_some_and(|url| is_loopback(&url));
        for good in [
            "http://127.0.0.1:8123/cb",
            "http://[::1]:9/",
            "http://localhost/callback?x=1",
            "http://LOCALHOST:1/",
        ] {
            assert!(loopback(good), "{good}");
        }
        for bad in [
            "https://127.0.0.1/",
            "http://127.0.0.2/",
            "http://localhost.evil.example/",
            "http://localhost./",
            "http://127.0.0.1@evil.example/",
            "http://evil.example@127.0.0.1/",
            "http://127.0.0.1\\@evil.example/",
            "http://@127.0.0.1/",
            "http://127.0.0.1/#evil",
            "//127.0.0.1/",
            "http:/\t/127.0.0.1/",
        ] {
            assert!(!loopback(bad), "{bad}");
        }
    }

    #[test]
    fn what_can_be_listed_is_written_as_a_browser_writes_it() {
        for good in [
            "https://app.example.com/connected",
            "https://app.example.com",
            "https://app.example.com/?a=b",
            "com.example.app:/done",
            "cursor://anysphere.cursor/done",
            "http://localhost:3000/done",
        ] {
            assert_eq!(listing_fault(good), None, "{good}");
        }
        for bad in [
            "http://app.example.com/",
            "https://APP.example.com/",
            "https://app.example.com:443/",
            "https://app.example.com/a/../b",
            "https://app.example.com/#x",
            "https://user@app.example.com/",
            "https://app.example.com\\evil",
            "https:/app.example.com/ ",
            "javascript:alert(1)",
            "data:text/html,x",
            "/connected",
            "//app.example.com",
            "",
        ] {
            assert!(listing_fault(bad).is_some(), "{bad}");
        }
        assert!(form_fault(&format!("https://a.example/{}", "x".repeat(2_000))).is_some());
    }
}
