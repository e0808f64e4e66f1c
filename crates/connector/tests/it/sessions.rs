//! Files that go by a session: the calls around the bytes, and where the bytes may go.

use crate::support::{action, answer, head, load, object};
use serde_json::{Map, Value, json};
use solder_connector::{BuildInput, Coming, Connector};

const STORE: &str = "upload = { to = \"header:Location\", headers = { X-Type = \"{type}\", X-Size = \"{size}\" }, parts = 9 }\n\
    [action.params]\nname = \"string! | Name\"\nfile = \"file! | File\"";

const SHARE: &str = "const = { by = \"us\" }\n[action.upload]\n\
    start = { call = \"POST /begin\", const = { filename = \"{name}\", length = \"{size}\" } }\nto = \"/url\"\nmethod = \"POST\"\n\
    keep = { id = \"/file/id\" }\nfinish = { files = [{ id = \"{id}\", title = \"File {name}, {size} bytes\", size = \"{size}\" }] }\n\
    [action.params]\nchannel = \"string! | Channel\"\nfile = \"file! | File\"";

fn connector(rest: &str) -> Connector {
    load(&(head("hosts = [\"api.example.com\", \"*.files.example\"]") + &action("POST /act", rest)))
}

fn coming(size: Option<u64>) -> Coming<'static> {
    Coming {
        name: Some("a.bin"),
        media_type: Some("image/png"),
        size,
        more: None,
        boundary: "",
    }
}

fn with<T>(arguments: &Value, run: impl FnOnce(&BuildInput<'_>) -> T) -> T {
    let arguments: Map<String, Value> = object(arguments.clone());
    run(&BuildInput {
        base_override: None,
        arguments: &arguments,
        auth: None,
        vars: &Map::new(),
        idempotency_key: None,
    })
}

#[test]
fn the_first_call_tells_what_is_known_of_the_file_and_holds_nothing_of_it() {
    let connector = connector(STORE);
    let action = connector.action("act").unwrap();
    assert!(action.has_session());
    let arguments = json!({"name": "n", "file": {"upload": true, "type": "text/csv"}});
    for (size, wanted) in [(Some(7), Some("7")), (None, None)] {
        let request = with(&arguments, |input| {
            connector.begin_upload(action, input, &coming(size)).unwrap()
        });
        assert_eq!(request.body(), "{\"name\":\"n\"}");
        assert_eq!(request.headers()["x-type"], "text/csv");
        assert_eq!(
            request
                .headers()
                .get("x-size")
                .map(|value| value.to_str().unwrap()),
            wanted
        );
    }
    assert_eq!(
        action.details()["requestBody"]["required"],
        json!(["name", "file"])
    );
}

#[test]
fn the_bytes_go_to_the_connectors_hosts_over_https_alone() {
    let connector = connector(STORE);
    let action = connector.action("act").unwrap();
    let arguments = json!({"name": "n", "file": {"upload": true}});
    for (url, is_taken) in [
        ("https://api.example.com/session?id=1", true),
        ("https://eu.files.example/s", true),
        ("http://api.example.com/session", false),
        ("https://files.example/s", false),
        ("https://api.example.com.evil.org/s", false),
        ("https://api.example.com@evil.org/s", false),
        ("https://user:pw@api.example.com/s", false),
        ("file:///etc/passwd", false),
        ("/session/1", false),
        ("", false),
    ] {
        let first = answer(200, &[("location", url)], "");
        let session = with(&arguments, |input| {
            connector.session(action, input, &coming(None), &first).unwrap()
        });
        assert_eq!(session.is_some(), is_taken, "{url}");
        if let Some(session) = session {
            assert_eq!(
                (session.method.as_str(), session.media_type.as_str(), session.part),
                ("PUT", "image/png", Some(9))
            );
            assert!(session.ends_itself);
        }
    }
}

#[test]
fn a_last_call_holds_what_the_first_answer_gave() {
    let connector = connector(SHARE);
    let action = connector.action("act").unwrap();
    let arguments = json!({"channel": "c", "file": {"upload": true, "name": "ä.png"}});
    let first = answer(
        200,
        &[],
        "{\"url\":\"https://eu.files.example/s\",\"file\":{\"id\":5}}",
    );
    with(&arguments, |input| {
        let begin = connector.begin_upload(action, input, &coming(Some(3))).unwrap();
        assert_eq!(
            (begin.uri().path(), begin.body().as_ref()),
            ("/v1/begin", "{\"filename\":\"ä.png\",\"length\":3}".as_bytes())
        );
        let session = connector
            .session(action, input, &coming(Some(3)), &first)
            .unwrap()
            .unwrap();
        assert!(!session.ends_itself && session.method == "POST");
        let end = connector
            .end_upload(action, input, &coming(Some(3)), &session)
            .unwrap()
            .unwrap();
        let body: Value = serde_json::from_slice(end.body()).unwrap();
        let file = json!({"id": 5, "title": "File ä.png, 3 bytes", "size": 3});
        assert_eq!(
            (end.uri().path(), body),
            ("/v1/act", json!({"by": "us", "channel": "c", "files": [file]}))
        );
        let unknown = connector.begin_upload(action, input, &coming(None)).unwrap_err();
        assert!(
            unknown.faults()[0].message.contains("how large the file is"),
            "{unknown:?}"
        );
        let without = answer(200, &[], "{\"url\":\"https://eu.files.example/s\"}");
        let session = connector
            .session(action, input, &coming(Some(3)), &without)
            .unwrap()
            .unwrap();
        assert!(
            connector
                .end_upload(action, input, &coming(Some(3)), &session)
                .is_err()
        );
    });
}
