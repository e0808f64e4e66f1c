//! An API's description becomes a connector of an account's own: a draft to look at, or one that is stored.

use super::draft::ConnectorDraft;
use super::{Becoming, Change, Live, WHAT};
use crate::Engine;
use crate::caller::Caller;
use crate::error::{Error, Result};
use crate::fields::Fields;
use crate::outbound::Reach;
use crate::typed_url::read_url;
use serde_json::{Map, Value};
use solder_connector::import::{self, Draft, MOST_BYTES, Options};
use solder_model::ConnectorId;
use std::sync::Arc;

/// So many descriptions are read at once: one of the largest costs a core for seconds, and some ten times its size.
pub(crate) const AT_ONCE: usize = 2;

/// Where a description comes from.
enum Described {
    Text(Vec<u8>),
    Url(String),
}

impl Described {
    /// The field of the request that said it.
    const fn field(&self) -> &'static str {
        match self {
            Self::Text(_) => "description",
            Self::Url(_) => "url",
        }
    }
}

/// What a request asks for.
struct Asked {
    described: Described,
    options: Options,
    save: bool,
}

impl Engine {
    /// Makes a draft of a description: `{"description" or "url", "connectorId"?, "base"?, "all"?, "only"?, "save"?}`. Where the account
    /// has that connector, the draft is brought into its file. With `save` it is stored, by every rule of a file that is put.
    /// For admins. A URL is asked as one of an account's; a description is read beside the reactor, a few at a time.
    pub async fn import_connector(
        &self,
        caller: &Caller,
        body: &Map<String, Value>,
    ) -> Result<ConnectorDraft> {
        caller.demand_admin(WHAT)?;
        let Asked {
            described,
            options,
            save,
        } = asked(body)?;
        let field = described.field();
        let bytes = match described {
            Described::Text(bytes) => bytes,
            Described::Url(url) => read_url(&self.outbound, Reach::Account, &url, MOST_BYTES)
                .await
                .map_err(|what| Error::invalid(field, what))?
                .into(),
        };
        let turn = self.importing.turn().await?;
        let read = turn.work(move || import::read(field, &bytes, &options)).await?;
        let draft = Arc::new(read.map_err(|error| Error::invalid(field, error.what))?);
        let id = ConnectorId::new(&draft.id).map_err(|bad| Error::invalid("connectorId", bad.to_string()))?;
        if save {
            let change = Change::Draft(Arc::clone(&draft));
            let (stored, becoming) = self.change(caller, &id, &change).await?;
            return Ok(ConnectorDraft::new(&draft, becoming, Some(stored)));
        }
        let live = self.find_live(caller, &id).await?;
        let becoming = self.brought_in(&draft, live.as_ref()).await?;
        Ok(ConnectorDraft::new(&draft, becoming, None))
    }

    /// A draft as the account may store it: by itself, or brought into the file that is there.
    pub(super) async fn brought_in(&self, draft: &Arc<Draft>, live: Option<&Live>) -> Result<Becoming> {
        let merged = match live {
            None => None,
            Some(live) => {
                let (file, draft) = (live.file.clone(), Arc::clone(draft));
                let turn = self.importing.turn().await?;
                let merged = turn.work(move || import::merge(&file, &draft)).await?;
                Some(merged.map_err(|what| Error::invalid("connectorId", what))?)
            }
        };
        let text = merged.as_ref().map_or(&draft.text, |merged| &merged.text);
        let checked = self.check_file(&draft.id, text.clone()).await?;
        Ok(Becoming {
            checked: Arc::new(checked),
            version: None,
            merged,
        })
    }
}

fn asked(body: &Map<String, Value>) -> Result<Asked> {
    let mut fields = Fields::new(body);
    fields.only(&["description", "url", "connectorId", "base", "all", "only", "save"]);
    let described = described(&mut fields);
    let options = Options {
        id: fields.text("connectorId", |id| id.is_empty().then_some("must not be empty")),
        base: fields.text("base", |base| base.is_empty().then_some("must not be empty")),
        from: fields.sent("url").and_then(Value::as_str).map(str::to_owned),
        all: fields.flag("all").unwrap_or_default(),
        only: only(&mut fields),
    };
    let save = fields.flag("save").unwrap_or_default();
    let described = fields.finish(described)?;
    Ok(Asked {
        described,
        options,
        save,
    })
}

/// One of `description` and `url`.
fn described(fields: &mut Fields<'_>) -> Described {
    let none = Described::Text(Vec::new());
    match (fields.sent("description"), fields.sent("url")) {
        (Some(_), Some(_)) => {
            fields.fault("url", "stands beside `description`: one of them is enough");
            none
        }
        (None, None) => {
            let what = "is required, or `url`: the API's description, as a text or as a JSON object";
            fields.fault("description", what);
            none
        }
        (Some(Value::String(text)), None) => Described::Text(text.clone().into_bytes()),
        (Some(object @ Value::Object(_)), None) => Described::Text(object.to_string().into_bytes()),
        (Some(_), None) => {
            fields.fault("description", "must be a string or an object");
            none
        }
        (None, Some(_)) => fields
            .text("url", |url| url.is_empty().then_some("must not be empty"))
            .map_or(none, Described::Url),
    }
}

/// The operations that are wanted by name.
fn only(fields: &mut Fields<'_>) -> Vec<String> {
    let Some(sent) = fields.sent("only") else {
        return Vec::new();
    };
    let texts = sent.as_array().map(|items| {
        let texts = items.iter().map(|item| item.as_str().map(str::to_owned));
        texts.collect::<Option<Vec<_>>>()
    });
    if let Some(Some(texts)) = texts {
        return texts;
    }
    fields.fault(
        "only",
        "must be a list of strings: operation ids, or METHOD and path",
    );
    Vec::new()
}
