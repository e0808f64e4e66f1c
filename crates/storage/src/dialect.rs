//! The few true differences between the databases: how they are opened, how a transaction begins, and how they name a
//! rule that was broken.

use crate::Error;
use crate::database::{Connection, Db};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};
use sqlx::error::DatabaseError;
use sqlx::migrate::Migrator;
use sqlx::pool::PoolOptions;
use sqlx::{Connection as _, Executor, Pool};
use std::path::{Path, PathBuf};
use std::time::Duration;

static SQLITE_MIGRATIONS: Migrator = sqlx::migrate!("./migrations/sqlite");
static POSTGRES_MIGRATIONS: Migrator = sqlx::migrate!("./migrations/postgres");

/// How long a caller waits for a connection.
const ACQUIRE_TIMEOUT: Duration = Duration::from_secs(10);

/// Connections that read one SQLite file side by side.
const SQLITE_READERS: u32 = 8;

/// Connections to PostgreSQL, which all read and write.
const POSTGRES_CONNECTIONS: u32 = 16;

/// What every connection to a SQLite file is told first. The wait for another process's writing ends well after any
/// transaction of ours.
const SQLITE_CONNECTION: &str = "PRAGMA busy_timeout = 10000; PRAGMA foreign_keys = ON;";

/// What the writing connection is told besides. FULL waits for the disk at each commit, so that what was
/// acknowledged outlives a loss of power too.
const SQLITE_WRITER: &str = "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;";

const SQLITE_READER: &str = "PRAGMA query_only = ON;";

/// Which database it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Dialect {
    Sqlite,
    Postgres,
}

/// The connections that write and those that read.
pub(crate) struct Pools {
    pub(crate) dialect: Dialect,
    pub(crate) writer: Pool<Db>,
    pub(crate) reader: Pool<Db>,
}

impl Dialect {
    /// Begins a transaction that writes. SQLite takes the write lock at once, since a lock that is taken between
    /// reading and writing can fail; PostgreSQL locks the rows that are changed.
    pub(crate) const fn begin_write(self) -> &'static str {
        match self {
            Self::Sqlite => "BEGIN IMMEDIATE",
            Self::Postgres => "BEGIN",
        }
    }

    /// Begins a transaction whose statements all see the same moment.
    pub(crate) const fn begin_read(self) -> &'static str {
        match self {
            Self::Sqlite => "BEGIN",
            Self::Postgres => "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY",
        }
    }
}

/// Opens the database that the URL names and brings its tables up to date.
pub(crate) async fn open(url: &str) -> Result<Pools, Error> {
    sqlx::any::install_default_drivers();
    match url.split_once(':') {
        Some(("sqlite", rest)) => open_sqlite(&sqlite_path(rest)?).await,
        Some(("postgres" | "postgresql", _)) => open_postgres(url).await,
        _ => Err(Error::BadUrl(
            "it starts with neither `sqlite:` nor `postgres:`".to_owned(),
        )),
    }
}

async fn open_sqlite(path: &Path) -> Result<Pools, Error> {
    create_private_file(path).map_err(|error| Error::Unavailable(Box::new(error)))?;
    let url = sqlite_url(path)?;
    prepare_sqlite(&url).await?;
    // One connection writes, and is kept for good: SQLite has one writer at a time, and here they wait in order.
    let writer = sqlite_pool(SQLITE_WRITER).max_connections(1);
    let writer = writer.min_connections(1).idle_timeout(None).max_lifetime(None);
    let reader = sqlite_pool(SQLITE_READER).max_connections(SQLITE_READERS);
    Ok(Pools {
        dialect: Dialect::Sqlite,
        writer: writer.connect(&url).await?,
        reader: reader.connect(&url).await?,
    })
}

/// Sets the file up by a connection of its own, since a pool would try again for long what can never succeed.
async fn prepare_sqlite(url: &str) -> Result<(), Error> {
    let mut connection = Connection::connect(url).await?;
    connection.execute(SQLITE_CONNECTION).await?;
    let mut attempts = 1;
    // Whoever changes the file to WAL needs it alone for a moment and does not wait for that, so two processes that
    // open a new file together may be told that it is busy.
    while let Err(error) = connection.execute(SQLITE_WRITER).await {
        if attempts == 100 || !is_busy(&error) {
            return Err(error.into());
        }
        attempts += 1;
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    // One transaction that holds the write lock, since another process may be doing the same.
    let begin = Dialect::Sqlite.begin_write();
    let mut transaction = connection.begin_with(begin).await?;
    migrate(&SQLITE_MIGRATIONS, &mut transaction).await?;
    transaction.commit().await?;
    Ok(connection.close().await?)
}

fn sqlite_pool(settings: &'static str) -> PoolOptions<Db> {
    PoolOptions::new()
        .acquire_timeout(ACQUIRE_TIMEOUT)
        .test_before_acquire(false)
        .after_connect(move |connection: &mut Connection, _about| {
            Box::pin(async move {
                connection.execute(SQLITE_CONNECTION).await?;
                connection.execute(settings).await?;
                Ok(())
            })
        })
}

async fn open_postgres(url: &str) -> Result<Pools, Error> {
    let pool = PoolOptions::new()
        .acquire_timeout(ACQUIRE_TIMEOUT)
        .max_connections(POSTGRES_CONNECTIONS)
        .connect(url)
        .await?;
    // The migrator takes a lock of its own here.
    migrate(&POSTGRES_MIGRATIONS, &mut *pool.acquire().await?).await?;
    Ok(Pools {
        dialect: Dialect::Postgres,
        writer: pool.clone(),
        reader: pool,
    })
}

async fn migrate(migrations: &Migrator, connection: &mut Connection) -> Result<(), Error> {
    // Of the migrator's ways to run, this is the one whose future the compiler lets go to another thread.
    let migrated = migrations.run_direct(None, connection, false).await;
    migrated.map_err(|error| Error::Migration(Box::new(error)))
}

fn is_busy(error: &sqlx::Error) -> bool {
    // SQLITE_BUSY, alone or with a further cause in the higher bits.
    let code = error.as_database_error().and_then(DatabaseError::code);
    code.and_then(|code| code.parse::<u32>().ok())
        .is_some_and(|code| code & 0xff == 5)
}

/// The path of what follows `sqlite:`; relative to the working directory where it is relative.
fn sqlite_path(rest: &str) -> Result<PathBuf, Error> {
    let bad = |what: &str| Error::BadUrl(what.to_owned());
    let encoded = rest.strip_prefix("//").unwrap_or(rest);
    if encoded.contains(['?', '#']) {
        return Err(bad("a SQLite URL is `sqlite://` and a path, without parameters"));
    }
    let text = percent_decode_str(encoded).decode_utf8();
    let text = text.map_err(|_not_utf8| bad("the path is not UTF-8"))?;
    if text.is_empty() || text.starts_with(':') {
        return Err(bad(
            "a SQLite database is a file here, since several connections share it",
        ));
    }
    std::path::absolute(&*text).map_err(|error| Error::Unavailable(Box::new(error)))
}

fn sqlite_url(path: &Path) -> Result<String, Error> {
    const KEPT: &AsciiSet = &NON_ALPHANUMERIC
        .remove(b'/')
        .remove(b'.')
        .remove(b'-')
        .remove(b'_');
    let text = path.to_str();
    let text = text.ok_or_else(|| Error::BadUrl("the path is not UTF-8".to_owned()))?;
    Ok(format!("sqlite://{}?mode=rw", utf8_percent_encode(text, KEPT)))
}

/// Makes the file where there is none, for its owner's eyes alone. SQLite gives its side files the same mode.
fn create_private_file(path: &Path) -> std::io::Result<()> {
    let mut options = std::fs::OpenOptions::new();
    options.append(true).create(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path).map(drop)
}

/// What has to be unique: PostgreSQL's name of the rule, SQLite's list of its columns, and our words.
const RULES: &[(&str, &str, &str)] = &[
    ("accounts_pkey", "accounts.id", "account id"),
    ("accounts_name", "accounts.name", "account name"),
    ("users_pkey", "users.id", "user id"),
    ("users_account", "users.account_id, users.id", "user id"),
    ("users_name", "users.account_id, users.name_hash", "user name"),
    ("api_keys_pkey", "api_keys.id", "API key id"),
    ("api_keys_digest", "api_keys.digest", "API key"),
    ("servers_pkey", "servers.id", "server id"),
    ("servers_name", "servers.owner_id, servers.name", "server name"),
    ("credentials_pkey", "credentials.id", "credential id"),
    (
        "connectors_pkey",
        "connectors.account_id, connectors.id",
        "connector",
    ),
    (
        "authorization_clients_pkey",
        "authorization_clients.id",
        "client id",
    ),
    (
        "authorization_requests_pkey",
        "authorization_requests.digest",
        "request",
    ),
    ("authorization_grants_pkey", "authorization_grants.id", "grant id"),
    (
        "authorization_grants_code",
        "authorization_grants.code_digest",
        "code",
    ),
    (
        "authorization_tokens_pkey",
        "authorization_tokens.digest",
        "token",
    ),
    (
        "identity_providers_pkey",
        "identity_providers.id",
        "identity provider id",
    ),
    (
        "identity_providers_name",
        "identity_providers.account_id, identity_providers.name",
        "identity provider name",
    ),
    (
        "sign_in_attempts_pkey",
        "sign_in_attempts.id",
        "sign-in attempt id",
    ),
    (
        "sign_in_attempts_digest",
        "sign_in_attempts.digest",
        "sign-in attempt",
    ),
    (
        "sign_in_attempts_state",
        "sign_in_attempts.state",
        "sign-in state",
    ),
    ("connect_tickets_pkey", "connect_tickets.id", "ticket id"),
    ("connect_tickets_digest", "connect_tickets.digest", "ticket"),
    ("jwt_keys_pkey", "jwt_keys.id", "JWT key id"),
    ("oauth_apps_pkey", "oauth_apps.id", "OAuth app id"),
    (
        "oauth_apps_one",
        "oauth_apps.account_id, oauth_apps.connector_owner, oauth_apps.connector_id, oauth_apps.kind",
        "OAuth app",
    ),
    ("redirect_uris_pkey", "redirect_uris.id", "redirect URI id"),
    (
        "redirect_uris_one",
        "redirect_uris.account_id, redirect_uris.uri",
        "redirect URI",
    ),
    ("oauth_flows_state", "oauth_flows.state", "flow state"),
];

/// Our words for the rule of uniqueness that was broken.
pub(crate) fn broken_rule(error: &dyn DatabaseError) -> &'static str {
    let message = error.message();
    let columns = message.strip_prefix("UNIQUE constraint failed: ");
    RULES
        .iter()
        .find(|(name, listed, _)| error.constraint() == Some(name) || columns == Some(listed))
        .map_or("row", |(_, _, words)| words)
}

#[cfg(test)]
mod tests {
    use super::{Migrator, POSTGRES_MIGRATIONS, SQLITE_MIGRATIONS, open, sqlite_path, sqlite_url};
    use std::path::Path;

    #[tokio::test]
    async fn connections_to_a_file_have_the_settings_that_keep_what_was_acknowledged() {
        let folder = tempfile::tempdir().unwrap();
        let url = format!("sqlite://{}/solder.db", folder.path().display());
        let pools = open(&url).await.unwrap();
        let setting = async |pool, sql| sqlx::query_scalar::<_, i64>(sql).fetch_one(pool).await.unwrap();
        for pool in [&pools.writer, &pools.reader] {
            let mode: String = sqlx::query_scalar("PRAGMA journal_mode")
                .fetch_one(pool)
                .await
                .unwrap();
            assert_eq!(mode, "wal");
            assert_eq!(setting(pool, "PRAGMA foreign_keys").await, 1);
            assert_eq!(setting(pool, "PRAGMA busy_timeout").await, 10_000);
        }
        assert_eq!(setting(&pools.writer, "PRAGMA synchronous").await, 2);
        assert_eq!(setting(&pools.reader, "PRAGMA query_only").await, 1);
    }

    #[test]
    fn both_databases_have_migrations_of_the_same_numbers_and_names() {
        let named = |migrations: &Migrator| -> Vec<_> {
            let each = migrations.iter();
            each.map(|migration| (migration.version, migration.description.clone()))
                .collect()
        };
        assert_eq!(named(&SQLITE_MIGRATIONS), named(&POSTGRES_MIGRATIONS));
        assert!(SQLITE_MIGRATIONS.iter().count() > 0);
    }

    #[test]
    fn any_path_can_be_written_in_a_url() {
        for path in ["/tmp/solder.db", "/tmp/a b/100%?#é.db"] {
            let url = sqlite_url(Path::new(path)).unwrap();
            let rest = url
                .strip_prefix("sqlite:")
                .unwrap()
                .strip_suffix("?mode=rw")
                .unwrap();
            assert_eq!(sqlite_path(rest).unwrap(), Path::new(path));
        }
    }

    #[test]
    fn a_relative_path_starts_at_the_working_directory() {
        let here = std::env::current_dir().unwrap();
        assert_eq!(
            sqlite_path("//data/solder.db").unwrap(),
            here.join("data/solder.db")
        );
        assert_eq!(sqlite_path("solder.db").unwrap(), here.join("solder.db"));
    }

    #[test]
    fn what_is_no_file_is_refused() {
        for rest in [
            "",
            "//",
            ":memory:",
            "//:memory:",
            "//%ff",
            "///tmp/x.db?mode=memory",
        ] {
            assert!(sqlite_path(rest).is_err(), "{rest}");
        }
    }
}
