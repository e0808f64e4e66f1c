//! `GET /api/openapi.json`

use crate::openapi::document;
use crate::problem::JSON;
use axum::response::{IntoResponse, Response};
use http::header::CONTENT_TYPE;

/// Get this description
///
/// The description of the management API that you are reading. Needs no key.
#[utoipa::path(
    get,
    path = "/api/openapi.json",
    operation_id = "get-openapi",
    tag = "Health",
    security(()),
    responses((status = OK, description = "The description", content_type = "application/json"))
)]
pub(crate) async fn get_openapi() -> Response {
    ([(CONTENT_TYPE, JSON)], document()).into_response()
}
