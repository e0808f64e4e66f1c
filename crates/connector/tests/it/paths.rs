//! What stands in a path stays in its segment.

use crate::support::{Connection, build, field_faults, with_action};
use proptest::prelude::*;
use serde_json::json;
use url::Url;

#[test]
fn values_that_would_change_the_route_are_refused() {
    let connector = with_action("GET /a/{id}/b", "[action.params]\nid = \"string! | Id\"");
    for (value, wanted) in [
        ("", "id: must not be empty: it is a part of the path"),
        (".", "id: must not be `.` or `..`: it is a part of the path"),
        ("..", "id: must not be `.` or `..`: it is a part of the path"),
    ] {
        let error = Connection::default()
            .build(&connector, json!({"id": value}))
            .unwrap_err();
        assert_eq!(field_faults(&error), [wanted]);
    }
    for (value, wanted) in [
        ("../x", "/v1/a/..%2Fx/b"),
        ("%2e%2e", "/v1/a/%252e%252e/b"),
        ("a/b", "/v1/a/a%2Fb/b"),
        ("a?b#c", "/v1/a/a%3Fb%23c/b"),
        ("\\..\\", "/v1/a/%5C..%5C/b"),
        ("{id}", "/v1/a/%7Bid%7D/b"),
        ("...", "/v1/a/.../b"),
    ] {
        assert_eq!(build(&connector, json!({"id": value})).uri().path(), wanted);
    }
}

#[test]
fn a_path_of_several_segments_keeps_its_slashes_and_nothing_else() {
    let connector = with_action("GET /files/{+path}", "[action.params]\npath = \"string! | Path\"");
    let path = |value: &str| build(&connector, json!({"path": value})).uri().path().to_owned();
    assert_eq!(path("docs/a b.md"), "/v1/files/docs/a%20b.md");
    assert_eq!(path("a%2fb"), "/v1/files/a%252fb");
    for bad in ["", "/", "a//b", "/a", "a/", "a/../b", "./a", ".."] {
        assert!(
            Connection::default()
                .build(&connector, json!({"path": bad}))
                .is_err(),
            "{bad}"
        );
    }
}

#[test]
fn a_value_and_fixed_text_make_no_dots_together() {
    let connector = with_action("GET /a/{id}./b", "[action.params]\nid = \"string! | Id\"");
    assert!(
        Connection::default()
            .build(&connector, json!({"id": "."}))
            .is_err()
    );
    assert_eq!(build(&connector, json!({"id": "x"})).uri().path(), "/v1/a/x./b");
}

proptest! {
    #[test]
    fn a_segment_is_read_back_as_it_was_meant(value in "\\PC{1,12}|[./%\\\\?#;]{1,6}") {
        let connector = with_action("GET /a/{id}/b", "[action.params]\nid = \"string! | Id\"");
        match Connection::default().build(&connector, json!({"id": value})) {
            Ok(request) => {
                // The URL as a client understands it, after it resolved whatever dots there were.
                let url = Url::parse(&request.uri().to_string()).unwrap();
                let segments: Vec<_> = url.path_segments().unwrap().collect();
                prop_assert_eq!((segments.len(), segments[0], segments[1], segments[3]), (4, "v1", "a", "b"));
                let back = percent_encoding::percent_decode_str(segments[2]).decode_utf8().unwrap();
                prop_assert_eq!(back, value);
            }
            Err(_) => prop_assert!(matches!(value.as_str(), "." | "..")),
        }
    }

    #[test]
    fn several_segments_never_leave_their_folder(value in "[a./%\\\\]{0,10}") {
        let connector = with_action("GET /a/{+path}/b", "[action.params]\npath = \"string! | Path\"");
        if let Ok(request) = Connection::default().build(&connector, json!({"path": value})) {
            let url = Url::parse(&request.uri().to_string()).unwrap();
            prop_assert!(url.path().starts_with("/v1/a/") && url.path().ends_with("/b"));
            let inner = url.path().strip_prefix("/v1/a/").unwrap().strip_suffix("/b").unwrap().to_owned();
            prop_assert_eq!(percent_encoding::percent_decode_str(&inner).decode_utf8().unwrap(), value);
        }
    }
}
