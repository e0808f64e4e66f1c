//! Long lists, read page by page in one manner: `limit` and `cursor`, whatever the platform has.

use serde_json::{Value, json};
use solder_testkit::{FakePlatform, Mcp, Solder};

const LISTS: &str = r#"
id = "lists"
name = "Lists"
about = "Lists"
categories = ["lists"]
base = "https://lists.example"
[resources]
lists = "Lists"
[[action]]
name = "sized"
title = "Sized"
about = "List by pages of a stated length"
resource = "lists"
call = "GET /sized"
kind = "read"
result = "/items"
paging = { kind = "offset", send = "start", size = "per_page", total = "/total" }
[action.params]
per_page = "integer 2..10 = 5 | Items a page"
[[action]]
name = "fixed"
title = "Fixed"
about = "List by pages of five"
resource = "lists"
call = "GET /fixed"
kind = "read"
result = "/items"
paging = { kind = "page", send = "page", last = "/last" }
"#;

async fn started() -> (Solder, FakePlatform, Mcp) {
    let platform = FakePlatform::start(|asked| {
        let given = |name: &str| -> Option<usize> {
            let query = asked.path.split_once('?')?.1;
            query
                .split('&')
                .find_map(|pair| pair.strip_prefix(&format!("{name}=")))?
                .parse()
                .ok()
        };
        let (start, most) = if asked.path.starts_with("/sized") {
            (given("start").unwrap_or(0), given("per_page").unwrap())
        } else {
            ((given("page").unwrap_or(1) - 1) * 5, 5)
        };
        let items: Vec<usize> = (start..(start + most).min(23)).collect();
        (200, json!({ "items": items, "total": 23, "last": 5 }))
    })
    .await;
    let solder = Solder::build()
        .connector_file("lists", LISTS)
        .connector("lists", &platform, "")
        .start()
        .await;
    let mcp = solder.token_url(&json!({ "name": "One" })).await;
    (solder, platform, mcp)
}

async fn all(mcp: &Mcp, action: &str, limits: &[Option<u64>]) -> (Vec<u64>, Vec<usize>) {
    let (mut seen, mut lengths, mut cursor) = (Vec::new(), Vec::new(), Value::Null);
    loop {
        let call = lengths.len();
        assert!(call < 60, "it does not end: {seen:?}");
        let mut arguments = json!({});
        if let Some(limit) = limits[call % limits.len()] {
            arguments["limit"] = json!(limit);
        }
        if !cursor.is_null() {
            arguments["cursor"] = cursor.clone();
        }
        let (is_error, told) = mcp.execute("lists", action, &arguments).await.tool();
        assert!(!is_error, "{told}");
        let items = told.as_array().or_else(|| told["data"].as_array()).unwrap();
        lengths.push(items.len());
        seen.extend(items.iter().map(|item| item.as_u64().unwrap()));
        cursor = told["metadata"]["nextCursor"].clone();
        if cursor.is_null() {
            return (seen, lengths);
        }
    }
}

#[tokio::test]
async fn limit_is_another_name_of_the_platforms_own_and_cuts_where_it_has_none() {
    let (_solder, platform, mcp) = started().await;
    let wanted: Vec<u64> = (0..23).collect();
    for limits in [
        vec![Some(3)],
        vec![None],
        vec![Some(2), None, Some(7)],
        vec![Some(4), Some(1)],
    ] {
        for action in ["sized", "fixed"] {
            assert_eq!(all(&mcp, action, &limits).await.0, wanted, "{action} {limits:?}");
        }
    }
    assert_eq!(
        all(&mcp, "fixed", &[Some(3)]).await.1,
        [3, 2, 3, 2, 3, 2, 3, 2, 3]
    );
    assert!(
        platform
            .received()
            .iter()
            .all(|asked| !asked.path.contains("limit"))
    );
}

#[tokio::test]
async fn what_is_over_the_platforms_most_is_brought_to_that_with_a_note() {
    let (_solder, platform, mcp) = started().await;
    for (arguments, asked, note) in [
        (
            json!({ "limit": 500 }),
            "per_page=10",
            "`limit` is 500, and a page of the platform has at most 10 items",
        ),
        (json!({ "per_page": 500 }), "per_page=10", "`per_page` is 500"),
        (json!({ "limit": 1 }), "per_page=2", "has at least 2 items"),
    ] {
        let (is_error, told) = mcp.execute("lists", "sized", &arguments).await.tool();
        assert!(!is_error, "{told}");
        assert!(
            told["metadata"]["notes"][0].as_str().unwrap().contains(note),
            "{told}"
        );
        assert!(platform.received().last().unwrap().path.contains(asked));
    }
    let (_, told) = mcp
        .execute("lists", "sized", &json!({ "limit": 3, "per_page": 3 }))
        .await
        .tool();
    assert_eq!(told["metadata"].get("notes"), None);
}

#[tokio::test]
async fn a_limit_that_makes_no_sense_is_refused_and_two_that_differ_are_both_named() {
    let (_solder, platform, mcp) = started().await;
    for (action, arguments, field, part) in [
        (
            "sized",
            json!({ "limit": 3, "per_page": 4 }),
            "parameters.limit",
            "differs from `per_page`",
        ),
        ("sized", json!({ "limit": 0 }), "parameters.limit", "1 or more"),
        (
            "fixed",
            json!({ "limit": "3" }),
            "parameters.limit",
            "must be a whole number",
        ),
        ("fixed", json!({ "cursor": "s1.2.x" }), "parameters.cursor", ""),
        ("sized", json!({ "per_page": 1 }), "parameters.per_page", ""),
    ] {
        let (is_error, told) = mcp.execute("lists", action, &arguments).await.tool();
        assert!(is_error && told["error"]["code"] == "INVALID_REQUEST", "{told}");
        assert_eq!(told["error"]["details"]["field"], field);
        assert!(told.to_string().contains(part), "{told}");
    }
    assert!(platform.received().is_empty());
}

#[tokio::test]
async fn the_details_of_a_paged_action_have_limit_and_cursor() {
    let (solder, _platform, _mcp) = started().await;
    for (action, about) in [
        ("sized", "Items a page: the same as `per_page`"),
        ("fixed", "Items at most; nextCursor goes on behind them"),
    ] {
        let told = solder
            .admin()
            .get(&format!("/api/connectors/lists/actions/{action}"))
            .await
            .json();
        let parameters = told["action"]["parameters"].as_array().unwrap();
        let of = |name: &str| parameters.iter().find(|one| one["name"] == name).unwrap();
        assert_eq!(of("limit")["description"], about);
        assert_eq!(of("cursor")["required"], false);
    }
}
