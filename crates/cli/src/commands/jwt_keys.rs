//! `solder jwt-keys`.

use super::{account, day, list, on_installation, whole};
use crate::arguments::{Account, Algorithm, JwtKeys, KeySource};
use crate::failure::{Failure, Result};
use crate::installation::Making;
use crate::print;
use clap::ValueEnum;
use serde_json::{Map, Value, json};
use solder_engine::{Installation, JwtKeyView};
use solder_model::JwtKeyId;
use std::io::Read;
use std::path::Path;

/// No secret and no public key is longer, in bytes.
const MOST: u64 = 64 * 1024;

/// Runs one of them.
pub(crate) fn run(command: &JwtKeys) -> Result<()> {
    match command {
        JwtKeys::Create {
            account: named,
            algorithm,
            source,
            kid,
            issuer,
            audience,
            name,
            open,
        } => {
            let texts = [
                ("kid", kid),
                ("issuer", issuer),
                ("audience", audience),
                ("name", name),
            ];
            let body = body(*algorithm, source, texts)?;
            on_installation(open, Making::Nothing, async |installation| {
                let account = account(&installation, named).await?;
                let key = installation.create_jwt_key(&account.id, &body).await;
                let key = key.map_err(in_flags)?;
                if open.json {
                    return print::json(&to_json(&key));
                }
                print::line(&format!(
                    "JWT key {} of {} verifies from now on. A running Solder follows within a second.",
                    key.jwt_key_id,
                    print::visible(&account.name)
                ))
            })
        }
        JwtKeys::List { account: named, open } => {
            on_installation(open, Making::Nothing, async |installation| {
                let account = account(&installation, named).await?;
                let keys = whole(|page| installation.list_jwt_keys(&account.id, page)).await?;
                let heads = [
                    "ID",
                    "NAME",
                    "ALGORITHM",
                    "KIND",
                    "KID",
                    "ISSUER",
                    "AUDIENCE",
                    "CREATED (UTC)",
                ];
                if keys.is_empty() && !open.json {
                    return print::line("There are no JWT keys.");
                }
                list(open.json, "jwtKeys", &keys, to_json, &heads, row)
            })
        }
        JwtKeys::Delete {
            key,
            account: named,
            open,
        } => {
            let id = JwtKeyId::new(key)
                .map_err(|error| Failure::Settings(format!("{error}; `solder jwt-keys list` shows it.")))?;
            on_installation(open, Making::Nothing, async |installation| {
                delete(&installation, named, &id).await?;
                if open.json {
                    return print::json(&json!({ "jwtKeyId": id.as_str(), "deleted": true }));
                }
                print::line(&format!(
                    "JWT key {id} is gone. A running Solder follows within a second."
                ))
            })
        }
    }
}

/// The body that the same key would be registered by over REST.
fn body(
    algorithm: Option<Algorithm>,
    source: &KeySource,
    texts: [(&str, &Option<String>); 4],
) -> Result<Map<String, Value>> {
    let mut body = Map::new();
    let mut put = |name: &str, text: String| body.insert(name.to_owned(), Value::String(text));
    if let Some(value) = algorithm.and_then(|algorithm| algorithm.to_possible_value()) {
        put("algorithm", value.get_name().to_owned());
    }
    if let Some(file) = &source.secret_file {
        let text = read(file)?;
        let secret = text.strip_suffix('\n').unwrap_or(&text);
        put("secret", secret.strip_suffix('\r').unwrap_or(secret).to_owned());
    }
    if let Some(file) = &source.public_key_file {
        put("publicKey", read(file)?);
    }
    if let Some(url) = &source.jwks_url {
        put("jwksUrl", url.clone());
    }
    for (name, text) in texts {
        if let Some(text) = text {
            put(name, text.clone());
        }
    }
    Ok(body)
}

/// A file as text; `-` is standard input. What it holds is in no message.
fn read(file: &Path) -> Result<String> {
    let shown = if file.as_os_str() == "-" {
        "standard input".to_owned()
    } else {
        file.display().to_string()
    };
    let broken = |error: std::io::Error| Failure::because(format!("{shown} cannot be read"), &error);
    let source: Box<dyn Read> = if file.as_os_str() == "-" {
        Box::new(std::io::stdin())
    } else {
        Box::new(std::fs::File::open(file).map_err(broken)?)
    };
    let mut text = String::new();
    source.take(MOST + 1).read_to_string(&mut text).map_err(broken)?;
    if text.len() as u64 > MOST {
        return Err(Failure::Failed(format!("{shown} is too long to be a key.")));
    }
    Ok(text)
}

/// Faults by the names that the command line has for the fields.
fn in_flags(error: solder_engine::Error) -> Failure {
    let solder_engine::Error::Invalid(faults) = error else {
        return error.into();
    };
    let lines: Vec<String> = faults
        .iter()
        .map(|fault| match fault.field.as_str() {
            "" => fault.message.clone(),
            "secret" => format!("--secret-file: {}", fault.message),
            "publicKey" => format!("--public-key-file: {}", fault.message),
            "jwksUrl" => format!("--jwks-url: {}", fault.message),
            name => format!("--{name}: {}", fault.message),
        })
        .collect();
    Failure::Failed(lines.join("\n"))
}

fn to_json(key: &JwtKeyView) -> Value {
    serde_json::to_value(key).unwrap_or_default()
}

fn row(key: &JwtKeyView) -> Vec<String> {
    let text = |text: &Option<String>| text.clone().unwrap_or_default();
    vec![
        key.jwt_key_id.to_string(),
        key.name.clone(),
        key.algorithm.unwrap_or("(of the set)").to_owned(),
        key.kind.to_owned(),
        text(&key.kid),
        text(&key.issuer),
        text(&key.audience),
        day(key.created_at),
    ]
}

/// Deletes the key in the account that is named, or in whichever has it: ids are unique in an installation.
async fn delete(installation: &Installation, named: &Account, id: &JwtKeyId) -> Result<()> {
    if named.account.is_some() {
        let account = account(installation, named).await?;
        return Ok(installation.delete_jwt_key(&account.id, id).await?);
    }
    for account in whole(|page| installation.list_accounts(page)).await? {
        match installation.delete_jwt_key(&account.id, id).await {
            Err(solder_engine::Error::NotFound(_)) => {}
            done => return Ok(done?),
        }
    }
    Err(Failure::Failed(format!(
        "There is no JWT key {id}: `solder jwt-keys list` shows those that there are."
    )))
}
