//! Files that do not load, and what their authors are told.

use crate::support::{action, action_of, faults, head, load};
use proptest::prelude::*;
use solder_connector::{Scheme, parse};

/// A connector of Slack's kind: OAuth beside a pasted token, errors at status 200, a user's token.
const CHAT: &str = include_str!("chat.toml");

/// A connector of Salesforce's kind: the token answer gives the base, errors are an array, pages are URLs.
const RECORDS: &str = include_str!("records.toml");

#[test]
fn the_format_holds_the_platforms_that_it_was_made_for() {
    let chat = parse("chat.toml", CHAT).unwrap();
    let kinds: Vec<_> = chat
        .auth
        .iter()
        .map(|auth| (auth.kind.as_str(), auth.scheme))
        .collect();
    assert_eq!(kinds, [("oauth", Scheme::OAuth), ("bot_token", Scheme::Bearer)]);
    let oauth = chat.auth[0].oauth.as_ref().unwrap();
    assert!(oauth.needs_browser() && oauth.needs_app() && oauth.needs_secret() && !oauth.pkce);
    assert_eq!(
        [None, Some("bot"), Some("user")].map(|identity| oauth.access_field(identity)),
        ["access_token", "access_token", "access_token.user"]
    );
    assert!(
        chat.auth[0].acts_as(Some("user"))
            && !chat.auth[1].acts_as(Some("user"))
            && chat.auth[1].acts_as(None)
    );
    assert_eq!(
        chat.action("search_messages").unwrap().identity.as_deref(),
        Some("user")
    );
    let records = parse("records.toml", RECORDS).unwrap();
    assert!(records.hosts_allow("eu1.salesforce.com") && !records.hosts_allow("salesforce.com.evil.org"));
    assert_eq!(
        records.usage(),
        Some(("sforce-limit-info", "api-usage=(\\d+)/(\\d+)"))
    );
    assert_eq!(
        records.auth[0]
            .fields
            .iter()
            .map(|field| field.name.as_str())
            .collect::<Vec<_>>(),
        ["login_host"]
    );
}

#[test]
fn every_fault_of_a_file_is_told_with_its_line_and_field() {
    let text = "id = \"Bad Id\"\nnmae = \"x\"\nabout = \"\"\ncategories = []\nbase = \"https://api.example.com/\"\nhosts = [\"other.com\", \"Not A Host\"]\n\
                check = \"gone\"\ntimeout = \"10m\"\ndocs = 5\n[headers]\nHost = \"x\"\nX-A = \"{nope}\"\n[resources]\nthings = \"Things\"\nspare = \"Spare\"\n\
                [vars]\nregion = \"string! | Region\"\nlist = \"string[] | List\"\n\
                [auth.key]\nsecrets.key = \"Key\"\napply = { query = \"key\", value = \"{kye}\" }\n\
                [auth.two]\nsecrets.key = \"Key\"\napply = { header = \"X\", cookie = \"y\", value = \"{key}\" }\n\
                [auth.none]\nabout = \"x\"\n\
                [errors]\nok = \"ok\"\nmap = { a = \"oops\" }\n\
                [limits]\nrate = \"fast\"\nretry = [\"429\", 1000]\nreset_is = \"days\"\nalso = [{ status = 403 }, { code = \"x\", is = \"y\" }]\n\
                [paging.p]\nkind = \"scroll\"\n\
                [paging.q]\nkind = \"cursor\"\nsend = \"c\"\n\
                [[action]]\nname = \"a b\"\ntitle = \"A\"\nabout = \"A\"\nresource = \"thing\"\nkind = \"write\"\ncall = \"GET /x/{id}?a=1\"\n\
                [[action]]\nname = \"b\"\ntitle = \"B\"\nabout = \"B\"\nresource = \"thing\"\nkind = \"write\"\ncall = \"GET /x/{id}\"\nbody = \"json\"\npaging = \"p\"\n\
                cache = \"1s\"\nscopes = \"all\"\nunknown = 1\nsample = { zzz = 1 }\n[action.params]\n\"1x\" = \"string | X\"\nq = \"strin | Q\"\n\
                r = { line = \"string | R\", schema = {} }\ns = { schema = { type = 5, description = \"S\" } }\nt = { line = \"string | T\", in = \"body\" }\n\
                [[action]]\nname = \"b\"\n";
    insta::assert_snapshot!("many_faults", faults(text));
}

#[test]
fn what_is_not_toml_is_told_as_that() {
    insta::assert_snapshot!("not_toml", faults("id = \"sample\"\nname = \n[auth\nx = 1\n"));
}

#[test]
fn the_parts_of_an_action_agree() {
    let told: Vec<_> = [
        action_of("write", "GET /x", ""),
        action_of("read", "DELETE /x", ""),
        action_of("read", "GET /x", "body = \"json\""),
        action("GET /x/{id}", ""),
        action("GET /x/{id}", "[action.params]\nid = \"string | Id\""),
        action("GET /x/{id}", "[action.params]\nid = \"string[]! | Id\""),
        action("GET /x", "[action.params]\nid = { line = \"string! | Id\", in = \"path\" }"),
        action("GET /x/{id}", "[action.params]\nid = { line = \"string! | Id\", in = \"query\" }"),
        action("GET /x", "[action.params]\na = \"file | A\""),
        action("POST /x", "[action.params]\na = \"file | A\""),
        action("POST /x", "wrap = \"data\"\nbody = \"form\""),
        action("POST /x", "form_style = \"brackets\""),
        action("POST /x", "body = \"graphql\""),
        action("POST /x", "graphql = \"q\""),
        action("POST /x", "body = \"raw\"\n[action.params]\na = \"object! | A\""),
        action("POST /x", "[action.params]\na = { line = \"string | A\", as = \"c\" }\nb = { line = \"string | B\", as = \"c\" }"),
        action("POST /x", "const = { c = 1 }\n[action.params]\nc = \"string | C\""),
        action("POST /x", "body = \"form\"\n[action.params]\nc = { line = \"object | C\", as = \".\" }"),
        action("GET /x", "[action.params]\nc = { line = \"string | C\", as = \"/a/b\" }"),
        action("GET /x", "[action.params]\nc = { line = \"string | C\", in = \"header\", as = \"Authorization\" }"),
        action("POST /x", "upload = { to = \"header:Location\" }"),
        action("POST /x", "body = \"multipart\"\nupload = { to = \"/url\" }\n[action.params]\na = \"file! | A\""),
        action("POST /x", "upload = { to = \"url\", method = \"GET\", parts = 0, finish = { a = \"{b}\" } }\n[action.params]\na = \"file! | A\""),
        action("POST /x", "upload = { to = \"/u\", start = { call = \"POST https://other.example/x\", const = { n = \"{id}\" } }, keep = { id = \"/id\" } }\n[action.params]\na = \"file | A\""),
        action("POST /x", "json_header = \"X-Arg\"\nbody = \"form\""),
        action("POST /x", "json_header = \"X-Arg\"\n[action.params]\na = { line = \"string | A\", as = \".\" }"),
        action("POST /x", "json_header = \"X-Arg\"\nheaders = { x-arg = \"1\" }"),
        action("POST /x", "json_header = \"Content-Length\""),
        action("POST /x", "json_header = \"X-Arg\"\nwrap = \"data\""),
        action("POST /x", "json_header = \"X-Arg\"\nidempotency = \"body:key\""),
        action("GET /x", "idempotency = \"header:Key\""),
        action("POST /x", "idempotency = \"key\""),
        action("GET /x", "cache = \"2h\""),
        action("POST /x", "cache = \"1m\""),
        action("GET /x", "paging = \"none\""),
        action("GET /x", "paging = { kind = \"page\", send = \"page\" }\n[action.params]\npage = \"integer | Page\""),
        action("GET /x", "paging = { kind = \"page\", send = \"page\" }\n[action.params]\ncursor = \"string | Other\""),
        action("GET /x", "paging = { kind = \"link\" }\n[action.params]\ncursor = \"string | Other\""),
        action("GET /x", "auth = true"),
        action("GET /x", "as = \"user\""),
        action("GET https://other.example/x", ""),
        action("GET /a/../b", ""),
        action("FETCH /x", ""),
        action("/x", ""),
        action("GET /x", "[action.params]\na = { line = \"string! | A\", pattern = \"^a\\\\b[0-9]$\" }"),
        action("GET /x", "[action.params]\na = { line = \"string | A\", pattern = \"(\" }"),
        action("GET /x", "[action.params]\na = { line = \"integer | A\", pattern = \"x\" }"),
        action("GET /x", "[action.params]\na = { line = \"string | A\", required = true }"),
        action("GET /x", "[action.params]\na = \"integer 1..5 = 9 | A\""),
        action("GET /x", "[action.params]\na = { line = \"string | A\", options = \"none\" }"),
        action("GET /x", "") + &action("GET /y", ""),
    ]
    .iter()
    .map(|text| {
        let call = text.lines().skip_while(|line| !line.starts_with("call")).collect::<Vec<_>>().join(" ");
        format!("{call}\n    {}", faults(&(head("") + text)).replace('\n', "\n    "))
    })
    .collect();
    insta::assert_snapshot!("action_faults", told.join("\n"));
}

#[test]
fn the_parts_of_a_file_agree() {
    let act = action("GET /x", "");
    let scoped = action("GET /x", "scopes = [\"a:read\"]");
    let oauth =
        "[auth.oauth]\nauthorize = \"https://a.example/authorize\"\ntoken = \"https://a.example/token\"\n";
    let told: Vec<_> = [
        head("hosts = [\"other.com\"]") + &act,
        head("").replace("api.example.com", "{region}.example.com") + "[vars]\nregion = \"string | R\"\n" + &act,
        head("").replace("api.example.com", "{region}.example.com") + &act,
        head("").replace("https://", "ftp://") + &act,
        head("").replace("https://", "https://user@") + &act,
        head("hosts = [\"a.com\"]").replace("https://api.example.com/v1", "internal:") + &act,
        head("check = \"act\"") + &action("GET /x", "[action.params]\na = \"string! | A\""),
        head("identity = \"/a\"") + &act,
        head("") + oauth + "scopes = [\"b\"]\n" + &scoped,
        head("") + &oauth.replace("https://a.example/token", "http://a.example/token") + &act,
        head("") + oauth + "grant = \"magic\"\nexpires = \"soon\"\nkeep_on_refresh = [\"x\"]\npkec = true\n" + &act,
        head("") + "[auth.oauth]\ntoken = \"https://a.example/token\"\n[[auth.discover]]\ncall = \"GET /x\"\n" + &act,
        head("hosts = [\"*.example.com\"]").replace("api.example.com", "{host}.example.com") + oauth + "keep = { host = \"/h\" }\n[auth.key]\nsecrets.key = \"Key\"\napply = { header = \"X\", value = \"{key}\" }\n" + &act,
        head("").replace("things = \"Things | What there is\"", "") + &act,
        head(""),
        head("") + "[paging.x]\nkind = \"cursor\"\nnext = \"n\"\nsend = \"c\"\n" + &act,
    ]
    .iter()
    .map(|text| faults(text))
    .collect();
    insta::assert_snapshot!("file_faults", told.join("\n---\n"));
    assert!(
        load(&(head("") + oauth + "optional_scopes = [\"a:read\"]\n" + &scoped))
            .action("act")
            .is_some()
    );
}

#[test]
fn the_keys_of_an_oauth_table_agree() {
    let act = action("GET /x", "");
    let base = "[auth.oauth2]\ntoken = \"https://a.example/token\"\n";
    let code = format!("{base}authorize = \"https://a.example/authorize\"\n");
    let told: Vec<_> = [
        format!("{code}authorize_params = {{ a = \"{{secret}}\" }}\nsecrets.secret = \"S\"\n"),
        format!("{code}client = \"none\"\npkce = false\n"),
        format!("{code}client = \"header\"\nsend = \"xml\"\nrotate = \"daily\"\n"),
        format!("{code}issuer = \"http://a.example\"\nscope_param = 5\n"),
        format!("{code}secrets.access_token = \"T\"\n"),
        format!("{code}secrets.client_id = \"I\"\n"),
        format!("{code}token_headers = {{ Authorization = \"x\", \"a b\" = \"y\" }}\n"),
        format!("{code}refresh_on = {{}}\nerror_map = {{ a = \"fatal\" }}\nrefresh_expires = \"later\"\n"),
        format!("{code}extra_scopes = {{ user_scope = \"user\" }}\n"),
        format!("{code}scopes = [\"a\"]\noptional_scopes = [\"a\"]\n"),
        format!("{code}keep = {{ Bad = \"/x\", y = \"z\" }}\n"),
        format!("{code}secrets.team = \"T\"\nkeep = {{ team = \"/t\", refresh_token = \"/r\" }}\ntokens = {{ \"a.b\" = \"/a\" }}\n"),
        format!("{code}refresh = \"https://a.example/refresh?x=1\"\n"),
        format!("{code}revoke = {{ call = \"PUT https://a.example/revoke\" }}\n"),
        format!("{code}revoke = {{ call = \"GET https://a.example/revoke\", token = \"t\", apply = true, client = \"body\", off = 1 }}\n"),
        format!("{code}revoke = {{ call = \"POST https://a.example/{{client_secret}}\", headers = {{ Cookie = \"x\", A = \"{{secret}}\" }} }}\n"),
        format!("{code}refresh_on = [{{ status = 401, text = \"*expired*\" }}, {{ codes = \"X\" }}]\n"),
        format!("{code}device = \"https://a.example/device\"\n"),
        format!("{base}grant = \"device_code\"\npkce = true\n"),
        format!("{base}grant = \"client_credentials\"\nauthorize = \"https://a.example/authorize\"\nissuer = \"https://a.example\"\n"),
        format!("{base}grant = \"jwt_bearer\"\nclient = \"body\"\n"),
        format!("{base}grant = \"jwt_bearer\"\nsecrets.key = \"K\"\nassertion = {{ algorithm = \"none\", key_id = \"{{kye.id}}\", claims = {{ iss = \"{{key.}}\" }}, lifetime = \"1d\" }}\n"),
        format!("{code}[[auth.discover]]\ncall = \"POST https://api.example.com/sites\"\nset = {{ Site = \"/id\" }}\n"),
        format!("{code}[[auth.discover]]\ncall = \"GET https://elsewhere.example/sites\"\nset = {{ site = \"/id\" }}\n"),
        format!("{code}[[auth.discover]]\ncall = \"GET https://api.example.com/{{site}}\"\nset = {{ site = \"/id\" }}\n"),
    ]
    .iter()
    .map(|text| faults(&(head("") + text + &act)))
    .collect();
    insta::assert_snapshot!("oauth_faults", told.join("\n---\n"));
}

#[test]
fn the_files_name_is_the_id() {
    let text = head("") + &action("GET /x", "");
    assert!(parse("/etc/solder/sample.toml", &text).is_ok());
    assert!(parse("other.toml", &text).is_err());
    assert!(parse("(account's own)", &text).is_ok());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn a_file_with_a_line_missing_or_doubled_loads_or_is_refused(line in 0_usize..400, doubled: bool) {
        for text in [CHAT, RECORDS] {
            let mut lines: Vec<&str> = text.lines().collect();
            let at = line % lines.len();
            if doubled { lines.insert(at, lines[at]) } else { lines.remove(at); }
            if let Err(faults) = parse("x", &lines.join("\n")) {
                prop_assert!(!faults.is_empty());
                prop_assert!(faults.iter().all(|fault| fault.line <= lines.len() + 1 && !fault.message.is_empty()));
            }
        }
    }
}

#[test]
fn the_choices_of_a_parameter_come_from_a_read_that_can_be_called() {
    let named = |name: &str, call: &str, rest: &str| {
        action(call, rest).replace("name = \"act\"", &format!("name = \"{name}\""))
    };
    let listing = |more: &str| named("list", "GET /list/{team}", more);
    let of = |options: &str, list: &str| {
        let user = named(
            "use",
            "GET /x",
            &format!("[action.params]\na = {{ line = \"string | A\", options = {options} }}"),
        );
        parse("sample.toml", &(head("") + &user + &listing(list)))
            .map_or_else(|found| crate::support::told(&found), |_| String::new())
    };
    let team = "[action.params]\nteam = \"string! | Team\"\nq = \"string | Words\"\nn = \"integer | N\"";
    let stated = r#"{ action = "list", arguments = { team = "t1" }, query = "q", value = "/key", label = "/names/0" }"#;
    assert_eq!(of(stated, team), "");
    for (options, wanted) in [
        (
            r#""list""#,
            "which needs `team`: state it in `arguments`, have a parameter of that name, or name it in `asks`",
        ),
        (
            r#"{ action = "list", arguments = { tem = "x", team = "y" } }"#,
            "which has no parameter `tem`",
        ),
        (
            r#"{ action = "list", arguments = { team = 7 } }"#,
            "whose parameter `team` does not take 7",
        ),
        (
            r#"{ action = "list", arguments = { team = "t" }, query = "n" }"#,
            "has no text parameter `n` to search by",
        ),
        (
            r#"{ action = "list", arguments = { team = "t" }, value = "key" }"#,
            "`key` is not a pointer",
        ),
        (
            r#"{ action = "list", arguments = { team = "t" }, lable = "/x" }"#,
            "did you mean `label`?",
        ),
        (r#"{ arguments = { team = "t" } }"#, "is missing"),
        (
            r#"{ action = "list", asks = ["team", "q"] }"#,
            "which does not need the `q` of `asks`",
        ),
    ] {
        let told = of(options, team);
        assert!(told.contains(wanted), "{options}: {told}");
    }
    let picked = format!("pick = [\"name\"]\n{team}");
    assert!(
        of(
            r#"{ action = "list", arguments = { team = "t" }, value = "/id" }"#,
            &picked
        )
        .contains("`pick` leaves out `/id`")
    );
    let written = head("")
        + &named(
            "use",
            "GET /x",
            "[action.params]\na = { line = \"string | A\", options = \"make\" }",
        )
        + &named("make", "POST /make", "");
    assert!(faults(&written).contains("which has to be a read that answers a value"));
}
