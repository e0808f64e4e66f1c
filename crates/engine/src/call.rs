//! The way of a call, from what was asked to what is answered. Authentication, the window and the users layer
//! stand before it; each further step is a file beside this one.

mod choices;
mod credential;
mod dispatch;
mod record;
mod request;
mod resolve;
mod reuse;
mod session;
mod stream;
mod upload;

pub use choices::{ChoiceList, ChoiceView, ChoicesAsked};
pub(crate) use record::Recorder;
pub(crate) use request::{KNOWN, Request, take_parameters};
pub(crate) use reuse::Answers;

use crate::Engine;
use crate::ask::Asked;
use crate::caller::Caller;
use crate::error::{Error, Result};
use crate::scope::Scope;
use crate::shape::{Facts, Shaping, shape};
use serde_json::Value;
use solder_connector::Kind;

/// Brings `limit` and `cursor` to what the platform knows.
fn settle(target: &resolve::Target, mut request: Request) -> Result<Request> {
    let settled = target
        .action
        .settle(std::mem::take(&mut request.parameters))
        .map_err(Error::of_parameters)?;
    request.parameters = settled.arguments;
    request.notes = settled.notes;
    request.cut = settled.cut;
    Ok(request)
}

/// What was asked for by `fields` comes whole up to so many bytes, however long its lists are.
const ASKED_FOR: usize = 10 * 1024;

/// What is answered.
#[derive(Debug)]
pub struct Answer {
    /// The platform's answer, shaped, as JSON.
    pub text: String,
    /// Whether it came from the cache of reads.
    pub cache_hit: bool,
}

impl Engine {
    /// Executes an action for a caller who has been let in.
    pub(crate) async fn execute(
        &self,
        caller: &Caller,
        scope: Scope<'_>,
        request: Request,
    ) -> Result<Answer> {
        let began = self.clock.now();
        let target = self.resolve(caller, scope, &request).await?;
        target.permit(caller)?;
        let request = settle(&target, request)?;
        let outcome = match target.validate(&request.parameters) {
            Ok(()) => self.perform(caller, scope, &target, &request).await,
            Err(error) => return Err(choices::pointing(error, scope, &target, &request.parameters)),
        };
        let outcome = outcome.map_err(|error| choices::pointing(error, scope, &target, &request.parameters));
        self.record(caller, scope, &target, began, outcome.as_ref().err());
        outcome
    }

    async fn perform(
        &self,
        caller: &Caller,
        scope: Scope<'_>,
        target: &resolve::Target,
        request: &Request,
    ) -> Result<Answer> {
        if target.connector.is_internal() {
            let answer = self.dispatch_internal(caller, scope, target, request).await?;
            return Ok(self.shaped(target, request, answer));
        }
        let coming = target
            .action
            .coming_file(&request.parameters)
            .map_err(Error::of_parameters)?;
        let credential = self.credential(caller, scope, target, request).await?;
        if let Some(coming) = coming {
            let performing = self.perform_coming((caller, scope), target, request, credential, coming);
            // In a place of its own: it is large.
            return Box::pin(performing).await;
        }
        let key = reuse::Key::of(caller, target, credential.as_deref(), request);
        let slot = key.map(|key| self.answers.slot(key));
        if let Some(text) = slot
            .as_ref()
            .and_then(|slot| self.answers.find(slot, self.clock.now()))
        {
            return Ok(Answer {
                text,
                cache_hit: true,
            });
        }
        // Dropped at the end of the call, however it ends: a write that failed, or whose caller went away, may have
        // been done all the same.
        let _written = self.answers.writing(target, credential.as_deref());
        let mut answer = self
            .dispatch_renewing(target, credential.clone(), request)
            .await?;
        if target.action.is_download() {
            let named = (target.connector.as_ref(), target.action.as_ref());
            let told = (credential.as_deref(), answer.value);
            answer.value = self.with_link(caller, scope, named, request, told)?;
        }
        let shaped = self.shaped(target, request, answer);
        if let Some(slot) = slot {
            self.answers.keep(slot, &shaped.text, self.clock.now());
        }
        Ok(shaped)
    }

    /// The part of the answer that was asked for, brought to a size that a model can read.
    fn shaped(
        &self,
        target: &resolve::Target,
        request: &Request,
        mut answer: solder_connector::Answer,
    ) -> Answer {
        let mut notes = request.notes.clone();
        if let Some(Err(note)) = request.cut.as_ref().map(|cut| cut.apply(&mut answer)) {
            notes.push(note);
        }
        let asked = notes.len();
        let value = match &request.ask {
            None => answer.value,
            Some(ask) => match ask.of(answer.value) {
                Asked::Value(value) => value,
                Asked::Nothing(note) => {
                    notes.push(note);
                    Value::Null
                }
                Asked::Failed(value, note) => {
                    notes.push(note);
                    value
                }
            },
        };
        let is_small = || value.to_string().len() <= ASKED_FOR;
        let whole = Shaping::off();
        let how = match &request.ask {
            Some(_) if notes.len() == asked && is_small() => &whole,
            _ => &self.settings.shaping,
        };
        let facts = Facts {
            connector: target.connector.id.as_str(),
            action: &target.action.id,
            is_read: target.action.kind == Kind::Read,
            is_list: target.action.paged,
            input_schema: &target.action.input_schema,
            next_cursor: answer.next_cursor.as_deref(),
            notes: &notes,
        };
        let shaped = shape(value, how, &facts);
        Answer {
            text: shaped.to_string(),
            cache_hit: false,
        }
    }
}
