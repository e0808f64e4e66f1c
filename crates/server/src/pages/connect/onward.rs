//! Pages that send the browser on to another site. A form that was redirected there by its answer would have to name
//! the site in advance, and not every platform's is known then; a page that leads there by itself need not.

use crate::pages::{Page, Shell};
use askama::Template;
use axum::response::{IntoResponse, Response};

#[derive(Template)]
#[template(path = "connect/onward.html")]
struct OnwardPage<'a> {
    shell: Shell,
    title: &'a str,
    text: &'a str,
    url: &'a str,
    words: &'a str,
}

#[derive(Template)]
#[template(path = "connect/device.html")]
struct DevicePage<'a> {
    shell: Shell,
    platform: &'a str,
    url: &'a str,
    code: &'a str,
    back: &'a str,
}

/// On to a platform's consent.
pub(super) fn platform(name: &str, url: &str) -> Response {
    let page = OnwardPage {
        shell: Shell::new(),
        title: &format!("On to {name}"),
        text: &format!("{name} asks you whether you agree, and brings you back here."),
        url,
        words: &format!("Go on to {name}"),
    };
    Page::new(&page).into_response()
}

/// Back to the site that the ticket names.
pub(super) fn home(url: &str) -> Response {
    let page = OnwardPage {
        shell: Shell::new(),
        title: "All done",
        text: "You are being taken back.",
        url,
        words: "Go back now",
    };
    Page::new(&page).into_response()
}

/// To a platform where a code is typed.
pub(super) fn device(name: &str, url: &str, code: &str, back: &str) -> Response {
    let page = DevicePage {
        shell: Shell::new(),
        platform: name,
        url,
        code,
        back,
    };
    Page::new(&page).into_response()
}
