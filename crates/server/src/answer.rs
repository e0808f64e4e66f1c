//! Answers of the management API.

use crate::problem::{Failure, JSON, own_fault};
use axum::body::Body;
use axum::response::{IntoResponse, Response};
use http::StatusCode;
use http::header::CONTENT_TYPE;
use serde::Serialize;

/// A view as JSON, with its status.
#[derive(Debug)]
pub(crate) struct Answer<T> {
    status: StatusCode,
    view: T,
}

impl<T> Answer<T> {
    /// 200.
    pub(crate) const fn ok(view: T) -> Self {
        Self {
            status: StatusCode::OK,
            view,
        }
    }

    /// 201.
    pub(crate) const fn created(view: T) -> Self {
        Self {
            status: StatusCode::CREATED,
            view,
        }
    }
}

impl<T: Serialize> IntoResponse for Answer<T> {
    fn into_response(self) -> Response {
        match serde_json::to_vec(&self.view) {
            Ok(json) => {
                let mut response = Response::new(Body::from(json));
                *response.status_mut() = self.status;
                response.headers_mut().insert(CONTENT_TYPE, JSON);
                response
            }
            Err(error) => {
                tracing::error!(error = &error as &dyn std::error::Error, "a view is no JSON");
                Failure::new(own_fault()).into_response()
            }
        }
    }
}
