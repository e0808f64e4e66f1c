//! The command line, as `--help` tells it.

use crate::settings::{Flags, uses};
use clap::{Args, Parser, Subcommand, ValueEnum};
use std::path::PathBuf;

const OPEN: u8 = uses::OPEN;
const SERVE: u8 = uses::SERVE | uses::OPEN;

/// Solder joins AI assistants to the platforms that people work with.
#[derive(Debug, Parser)]
#[command(name = "solder", version, max_term_width = 100, arg_required_else_help = true)]
#[command(
    after_help = "Start with `solder up`. Exit codes: 0 done, 1 failed, 2 wrong command line or settings."
)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    pub(crate) command: Command,
}

/// What to do.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Set up what is missing (data folder, account, API key, server), show how to connect, and serve
    Up(Serve),
    /// Serve an installation as it stands, for production
    Serve(Serve),
    /// The tenants of this installation
    #[command(subcommand)]
    Accounts(Accounts),
    /// The API keys of an account
    #[command(subcommand)]
    Keys(Keys),
    /// The keys that verify the JWTs of an account's users
    #[command(subcommand)]
    JwtKeys(JwtKeys),
    /// The users of an account
    #[command(subcommand)]
    Users(Users),
    /// The master keys and all that they seal
    #[command(subcommand)]
    Vault(Vault),
    /// The platforms that Solder knows, and the files that describe them
    #[command(subcommand)]
    Connectors(Connectors),
    /// Every setting, what it is, and where its value comes from
    Settings(Settings),
}

/// `up` and `serve`.
#[derive(Debug, Args)]
pub(crate) struct Serve {
    /// Print one line of JSON when ready, in place of words
    #[arg(long)]
    pub(crate) json: bool,
    #[command(flatten)]
    pub(crate) flags: Flags<SERVE>,
}

/// What every command on the database takes.
#[derive(Debug, Args)]
pub(crate) struct Open {
    /// Print JSON in place of words
    #[arg(long)]
    pub(crate) json: bool,
    #[command(flatten)]
    pub(crate) flags: Flags<OPEN>,
}

/// `solder accounts`.
#[derive(Debug, Subcommand)]
pub(crate) enum Accounts {
    /// Make an account with its first user and an admin API key, which is shown once
    Create {
        /// The account's name, unique in this installation
        name: String,
        /// The first user's id
        #[arg(long, value_name = "ID", default_value = "admin")]
        user: String,
        #[command(flatten)]
        open: Open,
    },
    /// List the accounts
    List {
        #[command(flatten)]
        open: Open,
    },
}

/// Which account is meant.
#[derive(Debug, Args)]
pub(crate) struct Account {
    /// The account's name or id; may be left out where there is only one
    #[arg(long, value_name = "ACCOUNT")]
    pub(crate) account: Option<String>,
}

/// The role of a key, as the command line spells it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum KeyRole {
    Admin,
    Member,
}

/// `solder keys`.
#[derive(Debug, Subcommand)]
pub(crate) enum Keys {
    /// Make an API key, which is shown once
    Create {
        #[command(flatten)]
        account: Account,
        /// The user that the key acts as; is made where there is none
        #[arg(long, value_name = "ID", default_value = "admin")]
        user: String,
        /// What the key may do: an admin has users, keys and all else of the account, a member own servers and own
        /// credentials alone
        #[arg(long, value_enum, default_value_t = KeyRole::Member)]
        role: KeyRole,
        /// The key acts as its own user alone, and never as another
        #[arg(long)]
        user_bound: bool,
        /// A name for people, to know the key again by
        #[arg(long, default_value = "", hide_default_value = true)]
        name: String,
        /// After how many days the key ends: 1 to 3650; never where left out
        #[arg(long, value_name = "DAYS", value_parser = clap::value_parser!(u16).range(1..=3650))]
        expires_in_days: Option<u16>,
        #[command(flatten)]
        open: Open,
    },
    /// List the keys, without the secrets
    List {
        #[command(flatten)]
        account: Account,
        #[command(flatten)]
        open: Open,
    },
    /// Make a key that takes over from another, with the same properties; it is shown once
    Rotate {
        /// The old key's id, `key_…`, as `list` shows it
        key: String,
        /// How long the old key lives on beside the new one, in seconds: at most 2592000, which are 30 days
        #[arg(long, value_name = "SECONDS", default_value_t = 0, value_parser = clap::value_parser!(u32).range(0..=2_592_000))]
        grace_seconds: u32,
        #[command(flatten)]
        account: Account,
        #[command(flatten)]
        open: Open,
    },
    /// End a key at once
    Revoke {
        /// The key's id, `key_…`, as `list` shows it
        key: String,
        #[command(flatten)]
        account: Account,
        #[command(flatten)]
        open: Open,
    },
}

/// The algorithm of a JWT key, as the command line spells it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Algorithm {
    #[value(name = "HS256")]
    Hs256,
    #[value(name = "RS256")]
    Rs256,
    #[value(name = "ES256")]
    Es256,
    #[value(name = "EdDSA")]
    EdDsa,
}

/// What a JWT key verifies with. Secrets come from a file or from standard input: what stands on a command line can be
/// read by others.
#[derive(Debug, Args)]
#[group(required = true, multiple = false)]
pub(crate) struct KeySource {
    /// The file that holds the secret of HS256, at least 32 bytes; `-` is standard input. A line break at its end is
    /// not part of it
    #[arg(long, value_name = "FILE")]
    pub(crate) secret_file: Option<PathBuf>,
    /// The file that holds the public key as PEM; `-` is standard input
    #[arg(long, value_name = "FILE")]
    pub(crate) public_key_file: Option<PathBuf>,
    /// Where the JSON Web Key Set stands; needs --issuer and --audience
    #[arg(long, value_name = "URL")]
    pub(crate) jwks_url: Option<String>,
}

/// `solder jwt-keys`.
#[derive(Debug, Subcommand)]
pub(crate) enum JwtKeys {
    /// Register a key
    Create {
        #[command(flatten)]
        account: Account,
        /// How its tokens are signed; may be left out with --jwks-url
        #[arg(long, value_enum)]
        algorithm: Option<Algorithm>,
        #[command(flatten)]
        source: KeySource,
        /// The signer's own name of the key
        #[arg(long)]
        kid: Option<String>,
        /// The `iss` that tokens must have
        #[arg(long)]
        issuer: Option<String>,
        /// The `aud` that tokens must name; where left out, tokens must name none
        #[arg(long)]
        audience: Option<String>,
        /// A name for people, to know the key again by
        #[arg(long)]
        name: Option<String>,
        #[command(flatten)]
        open: Open,
    },
    /// List the keys, without the secrets
    List {
        #[command(flatten)]
        account: Account,
        #[command(flatten)]
        open: Open,
    },
    /// Delete a key: what it verified ends with it
    Delete {
        /// The key's id, `jwt_…`, as `list` shows it
        key: String,
        #[command(flatten)]
        account: Account,
        #[command(flatten)]
        open: Open,
    },
}

/// `solder users`.
#[derive(Debug, Subcommand)]
pub(crate) enum Users {
    /// Make a user; one that is there already is left as it is
    Create {
        /// Your own id of the user
        user: String,
        #[command(flatten)]
        account: Account,
        #[command(flatten)]
        open: Open,
    },
    /// Set the password that a user signs in to pages by; it is typed, or comes by standard input
    SetPassword {
        /// Your own id of the user
        user: String,
        #[command(flatten)]
        account: Account,
        #[command(flatten)]
        open: Open,
    },
    /// Remove a user's password, and end the user's sign-ins
    RemovePassword {
        /// Your own id of the user
        user: String,
        #[command(flatten)]
        account: Account,
        #[command(flatten)]
        open: Open,
    },
    /// List the users
    List {
        #[command(flatten)]
        account: Account,
        #[command(flatten)]
        open: Open,
    },
}

/// `solder vault`.
#[derive(Debug, Subcommand)]
pub(crate) enum Vault {
    /// Bring everything sealed under a new master key, beside running servers too
    ///
    /// Makes a new key and puts it first into the key file; where the keys come from the environment or a command, takes
    /// the one that stands first there. Then seals under it what another key sealed. Tokens and API keys stay as they are.
    /// Broken off anywhere, it goes on where it was when it is run again. `solder vault forget` drops the old keys then.
    Rotate {
        #[command(flatten)]
        open: Open,
    },
    /// Drop the master keys that are no longer needed, once everything opens without them
    Forget {
        #[command(flatten)]
        open: Open,
    },
    /// Open everything sealed, and say which key sealed how much and what does not open
    Verify {
        #[command(flatten)]
        open: Open,
    },
}

/// What every command on connectors takes.
#[derive(Debug, Args)]
pub(crate) struct Catalog {
    /// Print JSON in place of words
    #[arg(long)]
    pub(crate) json: bool,
    #[command(flatten)]
    pub(crate) flags: Flags<{ uses::CONNECTORS }>,
}

/// `solder connectors`.
#[derive(Debug, Subcommand)]
pub(crate) enum Connectors {
    /// List the connectors
    List {
        #[command(flatten)]
        catalog: Catalog,
    },
    /// Show a connector: how to authenticate, and its actions
    Show {
        /// The connector's id
        connector: String,
        #[command(flatten)]
        catalog: Catalog,
    },
    /// Check connectors for faults: all of them, or those that are named
    Check(Check),
    /// Make a connector file of an API description: `OpenAPI` 3, Swagger 2, Google Discovery, GraphQL, a Postman collection or a HAR recording
    ///
    /// The draft is for your review: what reads is on, what writes is off until you take `off = true` away. No server and no
    /// database is needed or touched. Put the file into the folder of --connectors-dir and it is a connector like any other.
    Import(Import),
}

/// `solder connectors import`.
#[derive(Debug, Args)]
pub(crate) struct Import {
    /// The description, as JSON, YAML or GraphQL SDL, packed by gzip too; `-` is standard input. A URL may be any address, by HTTP too
    #[arg(value_name = "FILE|URL")]
    pub(crate) description: String,
    /// The connector's id, 1 to 48 of a-z, 0-9 and _; made of the description's title where left out
    #[arg(long, value_name = "ID")]
    pub(crate) id: Option<String>,
    /// Where the API is, in place of what the description says, such as <https://api.example.com/v1>
    #[arg(long, value_name = "URL")]
    pub(crate) base: Option<String>,
    /// Where the file goes; standard output where left out. A file that is there is brought up to date: the difference is
    /// shown, and what you edited stays
    #[arg(long, value_name = "FILE")]
    pub(crate) out: Option<PathBuf>,
    /// Take every operation, up to 1000, deprecated ones too, in place of the 40 most useful
    #[arg(long, conflicts_with = "only")]
    pub(crate) all: bool,
    /// Take this operation alone: its operation id, its action's id, or 'GET /path'; several times for several. They are on
    #[arg(long, value_name = "OPERATION")]
    pub(crate) only: Vec<String>,
    /// Print the report as JSON: on standard output with --out, else on standard error
    #[arg(long)]
    pub(crate) json: bool,
}

/// `solder connectors check`.
#[derive(Debug, Args)]
pub(crate) struct Check {
    /// Ids of connectors, or files of your own
    #[arg(value_name = "ID|FILE")]
    pub(crate) connectors: Vec<String>,
    /// Compare one connector with its vendor's API description: `OpenAPI` 3, Swagger 2, Google Discovery or GraphQL (SDL or
    /// introspection), packed by gzip too; several times where the vendor has several
    #[arg(long, value_name = "FILE")]
    pub(crate) spec: Vec<PathBuf>,
    /// Compare each connector with the description that its `spec` names below this folder
    #[arg(long, value_name = "FOLDER", conflicts_with = "spec")]
    pub(crate) specs: Option<PathBuf>,
    /// Call one connector's platform for real: its `check` action and every read that needs no argument. Nothing is written there
    #[arg(long)]
    pub(crate) live: bool,
    /// The credential for --live, as JSON with `authenticationType` and `fields`: a file, `-` for standard input, or `env:NAME`
    #[arg(long, value_name = "FILE", requires = "live")]
    pub(crate) credential: Option<String>,
    #[command(flatten)]
    pub(crate) catalog: Catalog,
}

/// `solder settings`.
#[derive(Debug, Args)]
pub(crate) struct Settings {
    /// Print JSON in place of words
    #[arg(long)]
    pub(crate) json: bool,
    /// Print the reference page in place of what holds
    #[arg(long, conflicts_with = "json")]
    pub(crate) markdown: bool,
    #[command(flatten)]
    pub(crate) flags: Flags<{ uses::ALL }>,
}
