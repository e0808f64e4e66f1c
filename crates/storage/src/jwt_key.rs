//! Keys that verify JWTs; secrets among them are sealed.

use crate::database::{ListSql, Storage};
use crate::row::{Columns, Row, corrupt};
use crate::{AuditEntry, ChangeKind, Error};
use solder_model::{AccountId, JwtAlgorithm, JwtKey, JwtKeyId, JwtMaterial, Page, Paged, Sealed};

macro_rules! select {
    ($rest:literal) => {
        concat!(
            "SELECT id, account_id, name, algorithm, secret, public_key, jwks_url, kid, issuer, audience, created_at ",
            "FROM jwt_keys ",
            $rest
        )
    };
}

impl Storage {
    /// Keeps a new key. [`Error::NotFound`] where the account does not exist; [`Error::Conflict`]: `JWT key id`.
    pub async fn create_jwt_key(&self, key: &JwtKey, entry: &AuditEntry) -> Result<(), Error> {
        const SQL: &str = "INSERT INTO jwt_keys \
            (id, account_id, name, algorithm, secret, public_key, jwks_url, kid, issuer, audience, created_at) \
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)";
        let (secret, public_key, jwks_url) = match &key.material {
            JwtMaterial::Secret(sealed) => (Some(sealed.0.as_slice()), None, None),
            JwtMaterial::PublicKey(pem) => (None, Some(pem.as_str()), None),
            JwtMaterial::Jwks(url) => (None, None, Some(url.as_str())),
        };
        let mut write = self.write(entry.at).await?;
        let query = sqlx::query(SQL)
            .bind(key.id.as_str())
            .bind(key.account.as_str())
            .bind(&key.name)
            .bind(key.algorithm.map(JwtAlgorithm::as_str))
            .bind(secret)
            .bind(public_key)
            .bind(jwks_url)
            .bind(key.kid.as_deref())
            .bind(key.issuer.as_deref())
            .bind(key.audience.as_deref())
            .bind(key.created_at.0);
        query.execute(write.connection()).await?;
        write.audit(entry).await?;
        write
            .change(entry.at, ChangeKind::JwtKeys, key.account.as_str())
            .await?;
        write.commit().await
    }

    /// The key of that id, if it is the account's.
    pub async fn find_jwt_key(&self, account: &AccountId, id: &JwtKeyId) -> Result<Option<JwtKey>, Error> {
        const SQL: &str = select!("WHERE id = $1 AND account_id = $2");
        let query = sqlx::query(SQL).bind(id.as_str()).bind(account.as_str());
        let row = query.fetch_optional(self.reader()).await?;
        row.as_ref().map(read).transpose()
    }

    /// A page of an account's keys, newest first.
    pub async fn list_jwt_keys(&self, account: &AccountId, page: Page) -> Result<Paged<JwtKey>, Error> {
        const COUNT: &str = "SELECT COUNT(*) FROM jwt_keys WHERE account_id = $1";
        const SQL: &str =
            select!("WHERE account_id = $1 ORDER BY created_at DESC, id DESC LIMIT $2 OFFSET $3");
        let sql = ListSql {
            count: COUNT,
            page: SQL,
        };
        self.list(&sql, &[account.as_str()], page, read).await
    }

    /// At most `most` keys of all accounts whose issuer or whose `kid` it is, oldest first. An absent text is nobody's.
    pub async fn find_jwt_keys(
        &self,
        issuer: Option<&str>,
        kid: Option<&str>,
        most: u32,
    ) -> Result<Vec<JwtKey>, Error> {
        const SQL: &str = select!("WHERE issuer = $1 OR kid = $2 ORDER BY created_at, id LIMIT $3");
        let query = sqlx::query(SQL).bind(issuer).bind(kid).bind(i64::from(most));
        query.fetch_all(self.reader()).await?.iter().map(read).collect()
    }

    /// Removes a key of the account. False, and nothing logged, where the account has no such key.
    pub async fn delete_jwt_key(
        &self,
        account: &AccountId,
        id: &JwtKeyId,
        entry: &AuditEntry,
    ) -> Result<bool, Error> {
        const SQL: &str = "DELETE FROM jwt_keys WHERE id = $1 AND account_id = $2";
        let mut write = self.write(entry.at).await?;
        let query = sqlx::query(SQL).bind(id.as_str()).bind(account.as_str());
        if query.execute(write.connection()).await?.rows_affected() == 0 {
            return Ok(false);
        }
        write.audit(entry).await?;
        write
            .change(entry.at, ChangeKind::JwtKeys, account.as_str())
            .await?;
        write.commit().await?;
        Ok(true)
    }
}

fn read(row: &Row) -> Result<JwtKey, Error> {
    let algorithm = row.optional_text("algorithm")?;
    let algorithm = algorithm.map(|name| JwtAlgorithm::from_name(&name).ok_or_else(|| corrupt("algorithm")));
    let secret = row.optional_bytes("secret")?;
    let public_key = row.optional_text("public_key")?;
    let material = match (secret, public_key, row.optional_text("jwks_url")?) {
        (Some(sealed), None, None) => JwtMaterial::Secret(Sealed(sealed)),
        (None, Some(pem), None) => JwtMaterial::PublicKey(pem),
        (None, None, Some(url)) => JwtMaterial::Jwks(url),
        _ => return Err(corrupt("secret")),
    };
    Ok(JwtKey {
        id: row.id("id")?,
        account: row.id("account_id")?,
        name: row.text("name")?,
        algorithm: algorithm.transpose()?,
        material,
        kid: row.optional_text("kid")?,
        issuer: row.optional_text("issuer")?,
        audience: row.optional_text("audience")?,
        created_at: row.time("created_at")?,
    })
}
