//! PostgreSQL holds the same contract as SQLite and sees the same. A server is started for the test, from the binaries
//! that Debian's package `postgresql` installs, and stopped after it.

use crate::{contract, sqlite};
use solder_storage::Storage;
use std::net::TcpListener;
use std::os::unix::fs::MetadataExt;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::Command;
use tempfile::TempDir;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn postgresql_holds_the_contract_and_sees_what_sqlite_sees() {
    let Some(server) = Server::start() else {
        return;
    };
    for (name, clause) in contract::ALL {
        let postgres = clause(server.new_database(name)).await;
        let sqlite = clause(sqlite::Database::new().url()).await;
        assert_eq!(postgres, sqlite, "{name}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn postgresql_takes_two_that_open_a_new_database_together() {
    let Some(server) = Server::start() else {
        return;
    };
    let url = server.new_database("together");
    let (one, two) = tokio::join!(Storage::open(&url), Storage::open(&url));
    assert_eq!(one.unwrap().last_change().await.unwrap(), 0);
    assert_eq!(two.unwrap().last_change().await.unwrap(), 0);
}

/// A server on a free port of the loopback address, with nothing in it.
struct Server {
    programs: PathBuf,
    /// The user to run as, where that must be another one: the server refuses to run as root.
    user: Option<(u32, u32)>,
    folder: TempDir,
    port: u16,
}

impl Server {
    /// None, and a line that says so, where PostgreSQL is not installed; in CI that is a failure.
    #[expect(clippy::print_stderr, reason = "what was not checked has to be said")]
    fn start() -> Option<Self> {
        let Some(programs) = programs() else {
            eprintln!("NOT CHECKED on PostgreSQL: it is not installed (Debian package `postgresql`)");
            assert!(
                std::env::var_os("CI").is_none_or(|value| value != "true"),
                "CI needs PostgreSQL"
            );
            return None;
        };
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path().metadata().unwrap().uid() == 0;
        let user = root.then(|| (id("-u"), id("-g")));
        if let Some((user, group)) = user {
            std::os::unix::fs::chown(folder.path(), Some(user), Some(group)).unwrap();
        }
        let free = TcpListener::bind("127.0.0.1:0").unwrap();
        let server = Self {
            programs,
            user,
            folder,
            port: free.local_addr().unwrap().port(),
        };
        drop(free);
        // An order of texts that is not that of their bytes, as most installations have one.
        server.run(
            "initdb",
            &[
                "-U",
                "solder",
                "-A",
                "trust",
                "-E",
                "UTF8",
                "--no-sync",
                "--locale=C.UTF-8",
                "--locale-provider=icu",
                "--icu-locale=en-US",
                "-D",
                &server.data(),
            ],
        );
        let options = format!(
            "-p {} -c listen_addresses=127.0.0.1 -c unix_socket_directories= -c fsync=off",
            server.port
        );
        let log = server.folder.path().join("log");
        server.run(
            "pg_ctl",
            &[
                "-D",
                &server.data(),
                "-l",
                log.to_str().unwrap(),
                "-o",
                &options,
                "-w",
                "start",
            ],
        );
        Some(server)
    }

    /// The URL of a new database.
    fn new_database(&self, name: &str) -> String {
        // Names are cut at 63 bytes.
        let (name, _) = name.split_at(name.len().min(60));
        let port = self.port.to_string();
        self.run(
            "createdb",
            &["-h", "127.0.0.1", "-p", &port, "-U", "solder", name],
        );
        format!("postgres://solder@127.0.0.1:{port}/{name}")
    }

    fn data(&self) -> String {
        self.folder.path().join("data").to_str().unwrap().to_owned()
    }

    fn run(&self, program: &str, arguments: &[&str]) {
        let mut command = Command::new(self.programs.join(program));
        if let Some((user, group)) = self.user {
            command.uid(user).gid(group);
        }
        // Files and not pipes: the server that is started keeps them open.
        let said = self.folder.path().join(format!("{program}.said"));
        let file = std::fs::File::create(&said).unwrap();
        command.args(arguments).current_dir(self.folder.path());
        command.stdout(file.try_clone().unwrap()).stderr(file);
        let status = command.status().unwrap();
        assert!(
            status.success(),
            "{program}: {}",
            std::fs::read_to_string(&said).unwrap()
        );
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        if Path::new(&self.data()).join("postmaster.pid").exists() {
            self.run("pg_ctl", &["-D", &self.data(), "-m", "immediate", "-w", "stop"]);
        }
    }
}

/// The folder of the newest version's programs.
fn programs() -> Option<PathBuf> {
    let versions = std::fs::read_dir("/usr/lib/postgresql").ok()?;
    let folders = versions.filter_map(|entry| Some(entry.ok()?.path().join("bin")));
    let usable = folders.filter(|folder| folder.join("initdb").exists());
    usable.max_by_key(|folder| {
        let version = folder.parent().and_then(|version| version.file_name());
        version.and_then(|name| name.to_str()?.parse::<u32>().ok())
    })
}

/// The user's or the group's number of the user `postgres`.
fn id(which: &str) -> u32 {
    let answer = Command::new("id").args([which, "postgres"]).output().unwrap();
    String::from_utf8(answer.stdout).unwrap().trim().parse().unwrap()
}
