//! `GET /api/audit`

use crate::App;
use crate::admitted::Admitted;
use crate::answer::Answer;
use crate::openapi::{PageParams, Refusals, UserIdHeader};
use crate::problem::Failure;
use crate::query::{ListQuery, Reader};
use axum::extract::State;
use http::Uri;
use solder_engine::{AuditFilter, AuditList};
use std::sync::Arc;

/// Which entries are asked for: those for which everything holds that is sent.
#[derive(utoipa::IntoParams)]
#[into_params(parameter_in = Query, rename_all = "camelCase")]
#[expect(dead_code, reason = "describes a query; nothing makes one")]
struct AuditParams {
    /// What was done, whole.
    #[param(example = "key.rotate")]
    action: Option<String>,
    /// Where the right to do it came from, whole.
    #[param(example = "operator")]
    actor: Option<String>,
    /// The id of what it was done to, whole.
    target: Option<String>,
    /// From this moment on, as RFC 3339 writes it.
    #[param(value_type = Option<String>, format = DateTime)]
    from: Option<String>,
    /// Before this moment, as RFC 3339 writes it.
    #[param(value_type = Option<String>, format = DateTime)]
    to: Option<String>,
}

/// List the audit log
///
/// For admins. Every change in the account, newest first: who, what, when and from where, never a secret.
#[utoipa::path(
    get,
    path = "/api/audit",
    operation_id = "list-audit",
    tag = "Audit",
    params(AuditParams, PageParams, UserIdHeader),
    responses((status = OK, description = "A page of the log", body = AuditList), Refusals)
)]
pub(crate) async fn list_audit(
    State(app): State<Arc<App>>,
    Admitted(caller): Admitted,
    query: ListQuery,
    uri: Uri,
) -> Result<Answer<AuditList>, Failure> {
    let mut reader = Reader::of(&uri);
    let filter = AuditFilter {
        action: reader.text("action"),
        actor: reader.text("actor"),
        target: reader.text("target"),
        from: reader.moment("from"),
        to: reader.moment("to"),
    };
    reader.done()?;
    Ok(Answer::ok(
        app.engine.list_audit(&caller, &filter, query.page).await?,
    ))
}
