//! Files in requests: in parts, as a whole body, and ones that come later.

use crate::support::{Connection, around, build, field_faults, object, with_action, written};
use serde_json::json;
use solder_connector::{Coming, FileFrom};

#[test]
fn files_go_into_multipart_and_raw_bodies() {
    let multipart = with_action(
        "POST /x",
        "body = \"multipart\"\n[action.params]\nname = \"string! | Name\"\nfile = \"file! | File\"\nmore = \"file[] | More\"",
    );
    let request = build(
        &multipart,
        json!({"name": "n", "file": {"name": "a.txt", "text": "hé"}, "more": [{"type": "image/png", "base64": "AAE="}]}),
    );
    let kind = request.headers()["content-type"].to_str().unwrap();
    let boundary = kind.strip_prefix("multipart/form-data; boundary=").unwrap();
    let text = String::from_utf8_lossy(request.body()).replace(boundary, "B");
    assert_eq!(
        text,
        "--B\r\nContent-Disposition: form-data; name=\"name\"\r\n\r\nn\r\n\
         --B\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.txt\"\r\n\
         Content-Type: text/plain; charset=utf-8\r\n\r\nhé\r\n\
         --B\r\nContent-Disposition: form-data; name=\"more\"; filename=\"file\"\r\n\
         Content-Type: image/png\r\n\r\n\0\u{1}\r\n--B--\r\n"
    );
    let raw = |line: &str| {
        let params = format!(
            "body = \"raw\"\n[action.params]\ncontent = {{ line = \"{line} | Content\", as = \".\" }}"
        );
        with_action("PUT /x", &params)
    };
    assert_eq!(
        written(&build(&raw("string!"), json!({"content": "a"}))),
        "PUT https://api.example.com/v1/x\ncontent-type: text/plain; charset=utf-8\na"
    );
    assert_eq!(
        written(&build(
            &raw("file!"),
            json!({"content": {"type": "text/csv", "text": "a,b"}})
        )),
        "PUT https://api.example.com/v1/x\ncontent-type: text/csv\na,b"
    );
    for (file, wanted) in [
        (
            json!({}),
            "content: must have one of `text`, `base64`, `url` and `upload`",
        ),
        (
            json!({"text": "a", "base64": "AA=="}),
            "content: must have one of `text`, `base64`, `url` and `upload`",
        ),
        (
            json!({"base64": "*"}),
            "content: is not base64: Invalid symbol 42, offset 0.",
        ),
        (
            json!({"text": "a", "type": "a\r\nx: 1/2"}),
            "content: has the type `a\r\nx: 1/2`, which is no media type",
        ),
    ] {
        let error = Connection::default()
            .build(&raw("file!"), json!({"content": file}))
            .unwrap_err();
        assert_eq!(field_faults(&error), [wanted]);
    }
}

#[test]
fn a_file_that_comes_has_its_place_in_the_body() {
    let coming = Coming {
        name: Some("a\"b.png"),
        media_type: Some("image/png"),
        size: None,
        more: None,
        boundary: "B",
    };
    let parts = with_action(
        "POST /x",
        "body = \"multipart\"\n[action.params]\nname = \"string! | Name\"\nfile = \"file! | File\"\nmore = \"file[] | More\"",
    );
    let arguments = json!({"name": "n", "file": {"url": "https://a.example/b"}, "more": [{"text": "m"}]});
    let request = around(&parts, arguments, &coming).unwrap();
    assert_eq!(
        request.headers()["content-type"],
        "multipart/form-data; boundary=B"
    );
    assert_eq!(
        request.body().head,
        "--B\r\nContent-Disposition: form-data; name=\"name\"\r\n\r\nn\r\n\
         --B\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a%22b.png\"\r\nContent-Type: image/png\r\n\r\n"
    );
    assert_eq!(
        request.body().tail,
        "\r\n--B\r\nContent-Disposition: form-data; name=\"more\"; filename=\"file\"\r\n\
         Content-Type: text/plain; charset=utf-8\r\n\r\nm\r\n--B--\r\n"
    );
    let raw = with_action(
        "PUT /x",
        "body = \"raw\"\n[action.params]\ncontent = { line = \"file! | Content\", as = \".\" }",
    );
    let request = around(&raw, json!({"content": {"upload": true}}), &coming).unwrap();
    assert_eq!(request.headers()["content-type"], "image/png");
    assert!(request.body().head.is_empty() && request.body().tail.is_empty());
    // What a stranger's host says is no media type is bytes, and what the caller says is a fault.
    let odd = Coming {
        media_type: Some("a\r\nx: 1/2"),
        ..coming
    };
    let request = around(&raw, json!({"content": {"upload": true}}), &odd).unwrap();
    assert_eq!(request.headers()["content-type"], "application/octet-stream");
    let own = around(
        &raw,
        json!({"content": {"upload": true, "type": "none"}}),
        &coming,
    )
    .unwrap_err();
    assert_eq!(
        field_faults(&own),
        ["content: has the type `none`, which is no media type"]
    );
    let nowhere = Connection::default()
        .build(&raw, json!({"content": {"upload": true}}))
        .unwrap_err();
    assert_eq!(
        field_faults(&nowhere),
        ["content: must be `text` or `base64` here"]
    );
}

#[test]
fn the_file_that_comes_is_found_among_the_arguments() {
    let parts = with_action(
        "POST /x",
        "body = \"multipart\"\n[action.params]\nfile = \"file | File\"\nmore = \"file[] | More\"",
    );
    let action = parts.action("act").unwrap();
    for (arguments, wanted) in [
        (json!({}), Ok(None)),
        (
            json!({"file": {"text": "a"}, "more": [{"base64": "AA=="}]}),
            Ok(None),
        ),
        (
            json!({"file": {"url": "https://a.example"}}),
            Ok(Some(("file", FileFrom::Url("https://a.example")))),
        ),
        (
            json!({"more": [{"text": "a"}, {"upload": true}]}),
            Ok(Some(("more", FileFrom::Upload))),
        ),
        (json!({"file": {}}), Err(1)),
        (
            json!({"file": {"url": "a", "upload": true}, "more": [{"text": "a", "base64": ""}]}),
            Err(2),
        ),
        (json!({"file": {"url": "a"}, "more": [{"upload": true}]}), Err(1)),
    ] {
        let arguments = object(arguments);
        assert_eq!(action.validate(&arguments), Ok(()));
        let found = action.coming_file(&arguments);
        let told = found
            .map(|found| found.map(|file| (file.param, file.from)))
            .map_err(|faults| faults.len());
        assert_eq!(told, wanted, "{arguments:?}");
    }
    let both = with_action(
        "POST /x",
        "download = true\nbody = \"multipart\"\n[action.params]\nfile = \"file | File\"",
    );
    let arguments = object(json!({"file": {"upload": true}}));
    assert!(both.action("act").unwrap().coming_file(&arguments).is_err());
}

#[test]
fn lists_in_parts_follow_the_style() {
    let part = |name: &str, value: &str| format!("name=\"{name}\"\r\n\r\n{value}\r\n");
    for (style, wanted) in [
        ("", part("to", "[\"a\",\"b\"]")),
        (
            "form_style = \"repeat\"\n",
            part("to", "a") + "--B\r\nContent-Disposition: form-data; " + &part("to", "b"),
        ),
        (
            "form_style = \"brackets\"\n",
            part("to[0]", "a") + "--B\r\nContent-Disposition: form-data; " + &part("to[1]", "b"),
        ),
    ] {
        let rest = format!(
            "{style}body = \"multipart\"\n[action.params]\nto = \"string[] | To\"\nfiles = {{ line = \"file[] | Files\", as = \"files[]\" }}"
        );
        let request = build(
            &with_action("POST /x", &rest),
            json!({"to": ["a", "b"], "files": [{"text": "1"}, {"text": "2"}]}),
        );
        let kind = request.headers()["content-type"].to_str().unwrap();
        let boundary = kind.strip_prefix("multipart/form-data; boundary=").unwrap();
        let text = String::from_utf8_lossy(request.body()).replace(boundary, "B");
        assert!(text.contains(&wanted), "{text}");
        assert_eq!(text.matches("name=\"files[]\"; filename=").count(), 2, "{text}");
    }
}
