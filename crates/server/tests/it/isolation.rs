//! Random operations by several accounts, users and keys against a plain model: no one ever sees or changes what is
//! not theirs.

use proptest::prelude::*;
use proptest::test_runner::TestRunner;
use serde_json::{Value, json};
use solder_model::Role;
use solder_testkit::{Answer, Client, Mcp, Solder};
use std::collections::BTreeMap;

const USERS: [&str; 3] = ["admin", "bob", "carol"];
const ACCOUNTS: usize = 2;

/// Who acts: a key of an account, and the user that it names, if any.
#[derive(Debug, Clone, Copy)]
struct Actor {
    account: usize,
    key: Key,
    names: Option<usize>,
}

#[derive(Debug, Clone, Copy)]
enum Key {
    /// May name users; its own is `admin`.
    Admin,
    /// Bound to `bob`.
    Bound,
}

impl Actor {
    /// The user that acts; absent where the key may not name that one.
    fn user(self) -> Option<usize> {
        match (self.key, self.names) {
            (Key::Admin, names) => Some(names.unwrap_or(0)),
            (Key::Bound, None | Some(1)) => Some(1),
            (Key::Bound, Some(_)) => None,
        }
    }
}

/// What is done; targets are places in the order of making, whosever they are.
#[derive(Debug, Clone)]
enum Operation {
    Create(u8),
    Get(usize),
    List,
    Update(usize, u8),
    Delete(usize),
    Rotate(usize),
    CreateCredential,
    GetCredential(usize),
    ListCredentials,
    DeleteCredential(usize),
    Enter(usize),
    EnterByToken(usize, usize),
}

fn operation() -> impl Strategy<Value = Operation> {
    let place = 0_usize..8;
    prop_oneof![
        3 => (0_u8..6).prop_map(Operation::Create),
        3 => place.clone().prop_map(Operation::Get),
        2 => Just(Operation::List),
        2 => (place.clone(), 0_u8..6).prop_map(|(target, name)| Operation::Update(target, name)),
        1 => place.clone().prop_map(Operation::Delete),
        1 => place.clone().prop_map(Operation::Rotate),
        2 => Just(Operation::CreateCredential),
        2 => place.clone().prop_map(Operation::GetCredential),
        2 => Just(Operation::ListCredentials),
        1 => place.clone().prop_map(Operation::DeleteCredential),
        2 => place.clone().prop_map(Operation::Enter),
        2 => (place.clone(), place).prop_map(|(server, token)| Operation::EnterByToken(server, token)),
    ]
}

fn actor() -> impl Strategy<Value = Actor> {
    let key = prop_oneof![2 => Just(Key::Admin), 1 => Just(Key::Bound)];
    (0..ACCOUNTS, key, prop::option::of(0..USERS.len())).prop_map(|(account, key, names)| Actor {
        account,
        key,
        names,
    })
}

#[derive(Debug, Clone)]
struct Server {
    id: String,
    account: usize,
    owner: usize,
    name: String,
    token: String,
    is_gone: bool,
}

#[derive(Debug, Clone)]
struct Credential {
    id: String,
    account: usize,
    owner: usize,
    is_gone: bool,
}

/// The plain model, and the world that it is compared with.
struct World {
    solder: Solder,
    keys: BTreeMap<(usize, bool), String>,
    servers: Vec<Server>,
    credentials: Vec<Credential>,
}

impl World {
    async fn new() -> Self {
        let solder = Solder::start().await;
        let mut keys = BTreeMap::new();
        for place in 0..ACCOUNTS {
            let account = if place == 0 {
                solder.first.clone()
            } else {
                solder.account("second").await
            };
            keys.insert(
                (place, true),
                solder.key(&account, "bob", Role::Member, true).await,
            );
            keys.insert((place, false), account.key);
        }
        Self {
            solder,
            keys,
            servers: Vec::new(),
            credentials: Vec::new(),
        }
    }

    fn client(&self, actor: Actor) -> Client {
        let client = self
            .solder
            .client(&self.keys[&(actor.account, matches!(actor.key, Key::Bound))]);
        actor
            .names
            .map_or(client.clone(), |user| client.as_user(USERS[user]))
    }

    /// What a server's endpoint answers to the actor, where it is not 200: of another account it is unknown, of
    /// another user forbidden.
    fn refusal(&self, target: usize, actor: Actor, user: usize) -> Option<u16> {
        match self.servers.get(target) {
            Some(server) if server.is_gone || server.account != actor.account => Some(404),
            Some(server) if server.owner != user => Some(403),
            Some(_) => None,
            None => Some(404),
        }
    }

    fn id(&self, target: usize) -> String {
        self.servers
            .get(target)
            .map_or_else(|| "unknown-aaaaaaaa".to_owned(), |server| server.id.clone())
    }

    fn is_name_taken(&self, name: &str, actor: Actor, user: usize, but: Option<usize>) -> bool {
        let mut others = self
            .servers
            .iter()
            .enumerate()
            .filter(|(place, _)| Some(*place) != but);
        others.any(|(_, one)| {
            !one.is_gone && one.name == name && (one.account, one.owner) == (actor.account, user)
        })
    }

    async fn step(&mut self, actor: Actor, operation: &Operation) {
        let client = self.client(actor);
        let Some(user) = actor.user() else {
            assert_eq!(client.get("/api/servers").await.status, 403);
            assert_eq!(client.get("/api/credentials").await.status, 403);
            return;
        };
        match operation {
            Operation::Create(_)
            | Operation::Get(_)
            | Operation::List
            | Operation::Update(..)
            | Operation::Delete(_)
            | Operation::Rotate(_) => self.on_servers(&client, actor, user, operation).await,
            Operation::CreateCredential
            | Operation::GetCredential(_)
            | Operation::ListCredentials
            | Operation::DeleteCredential(_) => self.on_credentials(&client, actor, user, operation).await,
            Operation::Enter(target) => self.enter(&client, actor, *target).await,
            Operation::EnterByToken(server, token) => self.enter_by_token(*server, *token).await,
        }
    }

    async fn on_servers(&mut self, client: &Client, actor: Actor, user: usize, operation: &Operation) {
        match operation {
            Operation::Create(name) => {
                let name = format!("Server {name}");
                let taken = self.is_name_taken(&name, actor, user, None);
                let answer = client.post("/api/servers", &json!({ "name": name })).await;
                assert_eq!(answer.status, if taken { 400 } else { 201 }, "{}", answer.text);
                if !taken {
                    self.servers.push(server(&answer.json(), actor.account, user));
                }
            }
            Operation::List => {
                let mine = self
                    .servers
                    .iter()
                    .filter(|one| !one.is_gone && (one.account, one.owner) == (actor.account, user));
                let mut expected: Vec<&str> = mine.map(|one| one.id.as_str()).collect();
                expected.sort_unstable();
                let answer = client.get("/api/servers").await.json();
                assert_eq!(ids(&answer["servers"], "serverId"), expected);
            }
            Operation::Get(target) => {
                let answer = client.get(&format!("/api/servers/{}", self.id(*target))).await;
                if self.agree(&answer, *target, actor, user) {
                    assert_eq!(answer.json()["name"], self.servers[*target].name.as_str());
                    assert!(
                        answer.json()["accessUrl"]
                            .as_str()
                            .unwrap()
                            .ends_with(&self.servers[*target].token)
                    );
                }
            }
            Operation::Update(target, name) => {
                let name = format!("Server {name}");
                let taken = self.is_name_taken(&name, actor, user, Some(*target));
                let path = format!("/api/servers/{}", self.id(*target));
                let answer = client.put(&path, &json!({ "name": name })).await;
                if taken && self.refusal(*target, actor, user).is_none() {
                    assert_eq!(answer.status, 400, "{}", answer.text);
                } else if self.agree(&answer, *target, actor, user) {
                    self.servers[*target].name = name;
                }
            }
            Operation::Delete(target) => {
                let answer = client.delete(&format!("/api/servers/{}", self.id(*target))).await;
                if self.agree(&answer, *target, actor, user) {
                    self.servers[*target].is_gone = true;
                }
            }
            Operation::Rotate(target) => {
                let answer = client
                    .post(&format!("/api/servers/{}/token", self.id(*target)), &json!({}))
                    .await;
                if self.agree(&answer, *target, actor, user) {
                    let token = answer.json()["accessToken"].as_str().unwrap().to_owned();
                    assert!(self.servers.iter().all(|one| one.token != token));
                    self.servers[*target].token = token;
                }
            }
            _ => unreachable!("not an operation on servers"),
        }
    }

    /// Compares an answer about a server with the model; true where the actor may do this.
    fn agree(&self, answer: &Answer, target: usize, actor: Actor, user: usize) -> bool {
        let refusal = self.refusal(target, actor, user);
        assert_eq!(
            answer.status,
            refusal.unwrap_or(200),
            "{actor:?} {target} {}",
            answer.text
        );
        if refusal.is_some()
            && let Some(server) = self.servers.get(target)
        {
            assert!(!answer.text.contains(&server.token) && !answer.text.contains(&server.name));
        }
        refusal.is_none()
    }

    async fn on_credentials(&mut self, client: &Client, actor: Actor, user: usize, operation: &Operation) {
        let is_mine = |one: &Credential| !one.is_gone && (one.account, one.owner) == (actor.account, user);
        match operation {
            Operation::CreateCredential => {
                let body = json!({
                    "connectorId": "slack", "authenticationType": "bot_token", "fields": { "token": "xoxb-secret" },
                });
                let answer = client.post("/api/credentials", &body).await;
                assert_eq!(answer.status, 201, "{}", answer.text);
                let id = answer.json()["credentialId"].as_str().unwrap().to_owned();
                self.credentials.push(Credential {
                    id,
                    account: actor.account,
                    owner: user,
                    is_gone: false,
                });
            }
            Operation::ListCredentials => {
                let mine = self.credentials.iter().filter(|one| is_mine(one));
                let mut expected: Vec<&str> = mine.map(|one| one.id.as_str()).collect();
                expected.sort_unstable();
                let answer = client.get("/api/credentials").await.json();
                assert_eq!(ids(&answer["credentials"], "credentialId"), expected);
            }
            Operation::GetCredential(target) | Operation::DeleteCredential(target) => {
                let found = self.credentials.get(*target).cloned();
                let id = found
                    .as_ref()
                    .map_or_else(|| "0".repeat(24), |one| one.id.clone());
                let path = format!("/api/credentials/{id}");
                let is_deletion = matches!(operation, Operation::DeleteCredential(_));
                let answer = if is_deletion {
                    client.delete(&path).await
                } else {
                    client.get(&path).await
                };
                let may = found.as_ref().is_some_and(is_mine);
                assert_eq!(answer.status, if may { 200 } else { 400 }, "{}", answer.text);
                if may && is_deletion {
                    self.credentials[*target].is_gone = true;
                }
            }
            _ => unreachable!("not an operation on credentials"),
        }
    }

    /// By key, every user of the account may act on its servers, over MCP and over REST, with own credentials alone.
    async fn enter(&self, client: &Client, actor: Actor, target: usize) {
        let mcp = Mcp::new(client, &format!("/mcp/{}", self.id(target)));
        let answer = mcp.call("get_credentials_alloy", &json!({})).await;
        let on_server = client.with("x-mcp-server-id", &self.id(target));
        let asked = json!({ "actionId": "list-credentials" });
        let by_rest = on_server.post("/api/connectors/solder/execute", &asked).await;
        let found = self
            .servers
            .get(target)
            .filter(|one| !one.is_gone && one.account == actor.account);
        if found.is_none() {
            assert_eq!((answer.status, by_rest.status), (404, 404), "{}", answer.text);
            return;
        }
        let user = actor.user();
        self.sees_credentials(&answer, actor.account, user);
        assert_eq!(by_rest.status, 200, "{}", by_rest.text);
        assert_eq!(
            ids(&by_rest.json(), "credentialId"),
            self.credentials_of(actor.account, user)
        );
    }

    /// By token, whoever has it acts as the owner, and it opens one server alone.
    async fn enter_by_token(&self, target: usize, token: usize) {
        let Some(key) = self.servers.get(token) else {
            return;
        };
        let url = format!("{}/mcp/{}/{}", self.solder.url, self.id(target), key.token);
        let answer = self
            .solder
            .mcp_at(&url)
            .call("get_credentials_alloy", &json!({}))
            .await;
        if target != token || key.is_gone {
            // Past thirty guesses a minute the answer is 429 instead.
            assert!(matches!(answer.status, 401 | 429), "{}", answer.text);
            return;
        }
        self.sees_credentials(&answer, key.account, Some(key.owner));
    }

    fn sees_credentials(&self, answer: &Answer, account: usize, user: Option<usize>) {
        let (is_error, listed) = answer.tool();
        assert!(!is_error, "{listed}");
        assert_eq!(
            ids(&listed["credentials"], "credentialId"),
            self.credentials_of(account, user)
        );
    }

    fn credentials_of(&self, account: usize, user: Option<usize>) -> Vec<&str> {
        let mine = self
            .credentials
            .iter()
            .filter(|one| !one.is_gone && one.account == account && Some(one.owner) == user);
        let mut ids: Vec<&str> = mine.map(|one| one.id.as_str()).collect();
        ids.sort_unstable();
        ids
    }
}

fn server(view: &Value, account: usize, owner: usize) -> Server {
    let text = |field: &str| view[field].as_str().unwrap().to_owned();
    Server {
        id: text("serverId"),
        account,
        owner,
        name: text("name"),
        token: text("accessToken"),
        is_gone: false,
    }
}

fn ids<'a>(list: &'a Value, field: &str) -> Vec<&'a str> {
    let mut ids: Vec<&str> = list
        .as_array()
        .unwrap()
        .iter()
        .map(|one| one[field].as_str().unwrap())
        .collect();
    ids.sort_unstable();
    ids
}

#[test]
fn no_one_ever_sees_or_changes_what_is_not_theirs() {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    let mut runner = TestRunner::new(ProptestConfig {
        cases: 12,
        ..ProptestConfig::default()
    });
    let story = prop::collection::vec((actor(), operation()), 40..100);
    runner
        .run(&story, |story| {
            runtime.block_on(async {
                let mut world = World::new().await;
                for (actor, operation) in &story {
                    world.step(*actor, operation).await;
                }
            });
            Ok(())
        })
        .unwrap();
}
