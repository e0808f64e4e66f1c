//! What an installation has once: its hash key, sealed.

use crate::Error;
use crate::database::Storage;
use crate::row::{Columns, Row};
use solder_model::{Sealed, Timestamp};

const FIND: &str = "SELECT hash_key FROM installation WHERE id = 1";

impl Storage {
    /// The sealed hash key; none in a new installation.
    pub async fn find_hash_key(&self) -> Result<Option<Sealed>, Error> {
        let row = sqlx::query(FIND).fetch_optional(self.reader()).await?;
        row.as_ref().map(read).transpose()
    }

    /// Keeps the sealed hash key of a new installation and returns the one that stands: an earlier one, where
    /// another process was first.
    pub async fn create_hash_key(&self, hash_key: &Sealed, now: Timestamp) -> Result<Sealed, Error> {
        const SQL: &str = "INSERT INTO installation (id, hash_key, created_at) VALUES (1, $1, $2) \
            ON CONFLICT DO NOTHING";
        let mut write = self.write(now).await?;
        let query = sqlx::query(SQL).bind(hash_key.0.as_slice()).bind(now.0);
        query.execute(write.connection()).await?;
        let row = sqlx::query(FIND).fetch_one(write.connection()).await?;
        write.commit().await?;
        read(&row)
    }
}

fn read(row: &Row) -> Result<Sealed, Error> {
    row.bytes("hash_key").map(Sealed)
}
