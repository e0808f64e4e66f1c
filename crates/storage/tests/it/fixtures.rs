//! Records to keep, made from small numbers, and what the tests say of them.

use serde_json::json;
use solder_model::{
    Account, AccountId, ApiKey, ApiKeyId, Connection, ConnectorId, Credential, CredentialId, Digest, JwtKey,
    JwtKeyId, JwtMaterial, Page, Restrictions, Role, Sealed, Server, ServerId, Timestamp, User, UserId,
    UserName, WaysIn,
};
use solder_storage::{AuditEntry, Change, Storage};

/// The moment at which everything here is done, but for what says otherwise.
pub(crate) const NOW: Timestamp = Timestamp(1_750_000_000_000);

pub(crate) fn page(limit: u32, offset: u64) -> Page {
    Page { limit, offset }
}

pub(crate) fn digest(number: u8) -> Digest {
    Digest([number; 32])
}

pub(crate) fn account(number: u32) -> Account {
    Account {
        id: AccountId::new(&format!("acc_{number:016}")).unwrap(),
        name: format!("Account {number}"),
        created_at: NOW.plus_ms(i64::from(number)),
    }
}

pub(crate) fn user(of: &Account, number: u32, name: &str) -> User {
    User {
        id: UserId::new(&format!("usr_{number:016}")).unwrap(),
        account: of.id.clone(),
        name: UserName::new(name).unwrap(),
        created_at: NOW.plus_ms(i64::from(number)),
    }
}

pub(crate) fn key(of: &User, number: u8) -> ApiKey {
    ApiKey {
        id: ApiKeyId::new(&format!("key_{number:016}")).unwrap(),
        account: of.account.clone(),
        user: of.id.clone(),
        user_name: of.name.clone(),
        name: format!("Key {number}"),
        role: if number.is_multiple_of(2) {
            Role::Admin
        } else {
            Role::Member
        },
        user_bound: number.is_multiple_of(3),
        digest: digest(number),
        created_at: NOW.plus_ms(i64::from(number)),
        expires_at: (number > 4).then(|| NOW.plus_ms(Timestamp::DAY_MS)),
        last_used_at: None,
    }
}

/// A server in which every field that may be absent is absent.
pub(crate) fn server(of: &User, id: &str, name: &str) -> Server {
    Server {
        id: ServerId::new(id).unwrap(),
        account: of.account.clone(),
        owner: of.id.clone(),
        owner_name: of.name.clone(),
        name: name.to_owned(),
        description: String::new(),
        mode: "connectivity".to_owned(),
        is_public: false,
        ways_in: WaysIn::ALL,
        restrictions: Restrictions::read(&json!({})).unwrap(),
        custom_instructions: None,
        token_digest: digest(1),
        token_sealed: Sealed(vec![0, 1, 255]),
        token_expires_at: None,
        token_days: None,
        old_token_digest: None,
        old_token_expires_at: None,
        created_at: NOW,
        updated_at: NOW,
    }
}

pub(crate) fn credential(of: &User, number: u32, connector: &str) -> Credential {
    Credential {
        id: CredentialId::new(&format!("{number:024x}")).unwrap(),
        account: of.account.clone(),
        user: of.id.clone(),
        connector_owner: "built-in".to_owned(),
        connector: ConnectorId::new(connector).unwrap(),
        kind: "bot_token".to_owned(),
        name: "Zürich \u{1f40d}".to_owned(),
        made_through: None,
        sealed: Sealed(vec![1, 0, 2]),
        connection: Connection::default(),
        created_at: NOW.plus_ms(i64::from(number)),
        updated_at: NOW,
    }
}

/// A key set without an issuer, which engine never makes; storage does not judge.
pub(crate) fn jwt_key(of: &Account, number: u32) -> JwtKey {
    JwtKey {
        id: JwtKeyId::new(&format!("jwt_{number:016}")).unwrap(),
        account: of.id.clone(),
        name: format!("Key {number}"),
        algorithm: None,
        material: JwtMaterial::Jwks("https://login.example/jwks".to_owned()),
        kid: None,
        issuer: None,
        audience: None,
        created_at: NOW.plus_ms(i64::from(number)),
    }
}

pub(crate) fn entry(of: &Account, action: &str, target: &str) -> AuditEntry {
    AuditEntry {
        account: of.id.clone(),
        at: NOW,
        actor: "operator".to_owned(),
        acting_user: None,
        action: action.to_owned(),
        target: target.to_owned(),
        from: None,
        details: json!(null),
    }
}

pub(crate) fn at(moment: Timestamp, entry: AuditEntry) -> AuditEntry {
    AuditEntry { at: moment, ..entry }
}

/// An account with its first user, `admin`, kept.
pub(crate) async fn kept_account(storage: &Storage, number: u32) -> (Account, User) {
    let account = account(number);
    let admin = user(&account, number, "admin");
    let entry = entry(&account, "account.create", account.id.as_str());
    storage
        .create_account(&account, &admin, None, &entry)
        .await
        .unwrap();
    (account, admin)
}

/// What the account's log says, oldest first: what was done to what.
pub(crate) async fn log(storage: &Storage, account: &Account) -> Vec<(String, String)> {
    let entries = storage.list_audit(&account.id, Page::default()).await.unwrap();
    let told = entries.items.into_iter().rev();
    told.map(|entry| (entry.action, entry.target)).collect()
}

/// What the feed says after a number.
pub(crate) async fn feed(storage: &Storage, after: i64) -> Vec<Change> {
    storage.changes_after(after, 1_000).await.unwrap()
}
