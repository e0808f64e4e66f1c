//! Results: what each revision reads, and nothing that it does not know.

use crate::support::{LEGACY, MODERN, Seen, legacy, modern};
use serde_json::{Value, json};

fn ask(version: &str, method: &str, params: Value) -> Seen {
    if version == MODERN {
        modern(method, params)
    } else {
        legacy(version, method, params)
    }
}

fn versions() -> impl Iterator<Item = &'static str> {
    LEGACY.iter().copied().chain([MODERN])
}

#[test]
fn modern_results_say_that_they_are_complete_and_who_answers_and_legacy_ones_do_not() {
    let lists = [
        "tools/list",
        "prompts/list",
        "resources/list",
        "resources/templates/list",
    ];
    for version in versions() {
        for method in lists.into_iter().chain(["tools/call"]) {
            let seen = ask(version, method, json!({ "name": "find" }));
            let result = seen.body["result"].as_object().unwrap();
            let is_modern = version == MODERN;
            assert_eq!(
                result.get("resultType"),
                is_modern.then(|| json!("complete")).as_ref(),
                "{method}"
            );
            let server = is_modern.then(|| {
                json!({ "io.modelcontextprotocol/serverInfo": { "name": "Team \"A\"", "version": "0.1.0" } })
            });
            assert_eq!(result.get("_meta"), server.as_ref(), "{method}");
            let is_kept = is_modern && method != "tools/call";
            assert_eq!(
                result.get("ttlMs"),
                is_kept.then(|| json!(60_000)).as_ref(),
                "{method}"
            );
            assert_eq!(
                result.get("cacheScope"),
                is_kept.then(|| json!("private")).as_ref(),
                "{method}"
            );
        }
    }
}

#[test]
fn the_lists_of_prompts_and_resources_are_empty_in_every_revision() {
    for version in versions() {
        for (method, member) in [
            ("prompts/list", "prompts"),
            ("resources/list", "resources"),
            ("resources/templates/list", "resourceTemplates"),
        ] {
            assert_eq!(
                ask(version, method, json!({})).body["result"][member],
                json!([]),
                "{version}"
            );
        }
    }
}

#[test]
fn a_list_has_one_page() {
    for version in versions() {
        for method in [
            "tools/list",
            "prompts/list",
            "resources/list",
            "resources/templates/list",
        ] {
            for cursor in [json!("x"), json!(""), json!(7), json!({})] {
                let seen = ask(version, method, json!({ "cursor": cursor }));
                assert_eq!(
                    (seen.status, seen.code()),
                    (200, -32602),
                    "{version} {method} {cursor}"
                );
            }
            assert_eq!(ask(version, method, json!({ "cursor": null })).code(), 0);
        }
    }
}

#[test]
fn prompts_and_resources_that_are_not_there_are_told_as_the_era_knows() {
    for version in versions() {
        let prompt = ask(version, "prompts/get", json!({ "name": "p" }));
        assert_eq!((prompt.status, prompt.code()), (200, -32602));
        assert_eq!(ask(version, "prompts/get", json!({})).code(), -32602);
        let resource = ask(version, "resources/read", json!({ "uri": "test://nothing" }));
        assert_eq!(
            (resource.status, resource.code()),
            (200, if version == MODERN { -32602 } else { -32002 })
        );
        assert_eq!(resource.body["error"]["data"]["uri"], "test://nothing");
        assert_eq!(ask(version, "resources/read", json!({})).code(), -32602);
    }
}

#[test]
fn each_revision_lists_tools_with_the_members_that_it_knows() {
    for version in versions() {
        let seen = ask(version, "tools/list", json!({}));
        let tools = seen.body["result"]["tools"].as_array().unwrap();
        let names: Vec<_> = tools.iter().map(|tool| tool["name"].as_str().unwrap()).collect();
        assert_eq!(names, ["find", "count", "move"], "the order is kept");
        for tool in tools {
            let has = |member: &str| tool.get(member).is_some();
            assert!(has("description") && has("inputSchema"));
            assert_eq!(has("annotations"), version >= "2025-03-26", "{version}");
            assert_eq!(has("title"), version >= "2025-06-18", "{version}");
            assert_eq!(
                tool["annotations"].get("title").is_some(),
                version == "2025-03-26",
                "{version}"
            );
        }
        let schemas: Vec<_> = tools
            .iter()
            .map(|tool| tool.get("outputSchema").is_some())
            .collect();
        let expected = match version {
            MODERN => [true, true, false],
            "2025-06-18" | "2025-11-25" => [true, false, false],
            _ => [false, false, false],
        };
        assert_eq!(schemas, expected, "{version}");
    }
}

#[test]
fn structured_content_comes_with_the_revisions_that_have_it_and_never_with_an_error() {
    for version in versions() {
        let call = |name: &str, arguments: Value| {
            let seen = ask(
                version,
                "tools/call",
                json!({ "name": name, "arguments": arguments }),
            );
            seen.body["result"].clone()
        };
        let found = call("find", json!({}));
        let text: Value = serde_json::from_str(found["content"][0]["text"].as_str().unwrap()).unwrap();
        assert_eq!(text["count"], 1);
        assert_eq!(found["isError"], false);
        let structured = found.get("structuredContent");
        assert_eq!(
            structured,
            (version >= "2025-06-18").then_some(&text),
            "{version}"
        );
        let counted = call("count", json!({}));
        assert_eq!(
            counted.get("structuredContent").is_some(),
            version == MODERN,
            "{version}"
        );
        let failed = call("find", json!({ "x": 1 }));
        assert_eq!(failed["isError"], true);
        assert!(failed.get("structuredContent").is_none());
        assert!(
            failed["content"][0]["text"]
                .as_str()
                .unwrap()
                .starts_with(r#"{"error":{"code":"INVALID_REQUEST""#)
        );
        let moved = call("move", json!({}));
        assert_eq!(moved["content"], json!([{ "type": "text", "text": "moved" }]));
        assert!(moved.get("structuredContent").is_none());
    }
}

#[test]
fn a_text_that_is_no_json_stays_text() {
    let result = solder_mcp::CallToolResult::json_text("not json".to_owned());
    assert_eq!((result.as_text(), result.is_error()), ("not json", false));
}

#[test]
fn capabilities_declare_what_is_answered_and_nothing_that_is_announced() {
    let expected = json!({ "tools": {}, "prompts": {}, "resources": {}, "completions": {} });
    let discovered = modern("server/discover", json!({})).body["result"].clone();
    assert_eq!(discovered["capabilities"], expected);
    assert_eq!(discovered["instructions"], "Be kind.");
    let begun = legacy(
        "2025-11-25",
        "initialize",
        json!({ "protocolVersion": "2025-11-25" }),
    )
    .body["result"]
        .clone();
    assert_eq!(begun["capabilities"], expected);
    assert_eq!(begun["serverInfo"]["name"], "Team \"A\"");
    assert_eq!(begun["instructions"], "Be kind.");
}

#[test]
fn a_completion_tells_a_hundred_values_and_that_there_are_more() {
    let params = json!({ "ref": { "type": "ref/resource", "uri": "a://{b}" }, "argument": { "name": "b", "value": "x" } });
    for answer in [
        legacy("2025-06-18", "completion/complete", params.clone()),
        modern("completion/complete", params),
    ] {
        let completion = &answer.body["result"]["completion"];
        let values = completion["values"].as_array().unwrap();
        assert_eq!((values.len(), &values[99]), (100, &json!("x99")));
        assert_eq!(completion["hasMore"], true);
    }
}

#[test]
fn a_resource_that_is_there_is_read() {
    let read = modern("resources/read", json!({ "uri": "test://known" })).body["result"].clone();
    assert_eq!(
        read["contents"],
        json!([{ "uri": "test://known", "mimeType": "text/plain", "text": "it" }])
    );
    assert_eq!(
        (&read["ttlMs"], &read["cacheScope"]),
        (&json!(60_000), &json!("private"))
    );
}
