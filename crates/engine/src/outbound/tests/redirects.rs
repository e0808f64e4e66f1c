//! Where a redirect may lead.

use super::platform::{Platform, answer, ok, redirect};
use super::{OutboundError, Reach, caps, get, outbound, request, settings};

#[tokio::test]
async fn a_read_is_sent_on_within_its_own_place_with_all_that_it_carries() {
    for status in [
        "301 Moved",
        "302 Found",
        "303 See Other",
        "307 Temporary",
        "308 Permanent",
    ] {
        let platform = Platform::start(move |number, _| match number {
            0 => answer(status, "location: /new?page=2\r\n", b"moved"),
            _ => ok("{}"),
        });
        let platform = platform.await;
        assert_eq!(get(&platform.url("/old")).await.unwrap().status(), 200);
        let seen = platform.seen();
        assert!(
            seen[1].starts_with("GET /new?page=2 ") && seen[1].contains("Bearer xoxb-secret"),
            "{status}: {seen:?}"
        );
    }
}

#[tokio::test]
async fn three_redirects_are_followed_and_a_fourth_is_not() {
    for (redirects, passes) in [(3, true), (4, false)] {
        let platform = Platform::start(move |number, _| {
            if number < redirects {
                redirect("/next")
            } else {
                ok("{}")
            }
        })
        .await;
        let answer = get(&platform.url("/")).await;
        assert_eq!(answer.is_ok(), passes, "{answer:?}");
        assert_eq!(platform.seen().len(), 4);
    }
}

#[tokio::test]
async fn another_host_port_or_scheme_never_hears_of_the_request() {
    let other = Platform::start(|_, _| ok("{}")).await;
    let port = other.address().port();
    for location in [
        other.url("/"),
        format!("//127.0.0.1:{port}/"),
        format!("http://localhost:{port}/"),
        format!("https://127.0.0.1:{port}/"),
        format!("http:\\\\127.0.0.1:{port}\\"),
        "file:///etc/passwd".into(),
        "http://".into(),
    ] {
        let told = location.clone();
        let platform = Platform::start(move |_, _| redirect(&told)).await;
        let answer = get(&platform.url("/")).await;
        assert!(
            matches!(answer, Err(OutboundError::Redirected(_))),
            "{location}: {answer:?}"
        );
    }
    assert_eq!(other.connections(), 0);
}

#[tokio::test]
async fn a_redirect_that_brings_a_user_name_is_not_followed() {
    let platform = Platform::start(|_, request| {
        let host = request
            .split("host: ")
            .nth(1)
            .and_then(|rest| rest.lines().next())
            .unwrap();
        redirect(&format!("http://me:pass@{host}/"))
    });
    let platform = platform.await;
    assert!(matches!(
        get(&platform.url("/")).await,
        Err(OutboundError::Redirected(_))
    ));
    assert_eq!(platform.seen().len(), 1);
}

#[tokio::test]
async fn a_redirected_write_is_answered_and_not_sent_again() {
    let platform = Platform::start(|_, _| answer("307 Temporary", "location: /new\r\n", b"")).await;
    let outbound = outbound(settings());
    for method in ["POST", "PUT", "PATCH", "DELETE"] {
        let request = request(method, &platform.url("/"));
        assert_eq!(
            outbound
                .send(Reach::Override, &request, &caps())
                .await
                .unwrap()
                .status(),
            307
        );
    }
    assert_eq!(platform.seen().len(), 4);
}

#[tokio::test]
async fn a_redirect_to_nowhere_and_an_unchanged_answer_are_answers() {
    for (status, headers) in [
        ("302 Found", ""),
        ("304 Not Modified", "location: /x\r\n"),
        ("300 Choices", "location: /x\r\n"),
    ] {
        let platform = Platform::start(move |_, _| answer(status, headers, b"")).await;
        let answer = get(&platform.url("/")).await.unwrap();
        assert_eq!(answer.status().as_str(), status.split(' ').next().unwrap());
        assert_eq!(platform.seen().len(), 1);
    }
}
