//! A page that says one thing: what went wrong or what was done, and what can be done now.

use super::page::{Page, Shell};
use askama::Template;
use axum::response::{IntoResponse, Response};
use http::StatusCode;
use solder_model::{Code, Problem};

/// One thing to say, as a page.
#[derive(Debug)]
pub(crate) struct Notice {
    status: StatusCode,
    title: String,
    text: String,
    link: Option<(String, String)>,
}

#[derive(Template)]
#[template(path = "notice.html")]
struct NoticePage<'a> {
    shell: Shell,
    title: &'a str,
    text: &'a str,
    link: Option<&'a (String, String)>,
}

impl Notice {
    pub(crate) fn new(status: StatusCode, title: impl Into<String>, text: impl Into<String>) -> Self {
        Self {
            status,
            title: title.into(),
            text: text.into(),
            link: None,
        }
    }

    /// A refusal of the engine or of the HTTP surface, as a person reads it.
    pub(crate) fn of(problem: &Problem) -> Self {
        let status = crate::problem::status(problem.code);
        let title = match problem.code {
            Code::NotFound => "There is nothing here",
            Code::Forbidden | Code::Unauthorized => "This is not open to you",
            Code::RateLimited => "Too many tries",
            Code::InternalError | Code::Unavailable => "Something went wrong on our side",
            _ => "This did not work",
        };
        Self::new(status, title, &problem.message)
    }

    /// The same with a link to go on by: where it leads, and its words.
    #[must_use]
    pub(crate) fn with_link(mut self, to: impl Into<String>, words: impl Into<String>) -> Self {
        self.link = Some((to.into(), words.into()));
        self
    }
}

impl From<solder_engine::Error> for Notice {
    /// Logs the cause, once, where it is a fault of ours; the page holds nothing of it.
    fn from(error: solder_engine::Error) -> Self {
        error.log();
        Self::of(&error.problem())
    }
}

impl IntoResponse for Notice {
    fn into_response(self) -> Response {
        let page = NoticePage {
            shell: Shell::new(),
            title: &self.title,
            text: &self.text,
            link: self.link.as_ref(),
        };
        Page::new(&page).with_status(self.status).into_response()
    }
}
