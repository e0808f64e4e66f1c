//! Runs the binary in a folder of its own, with nothing of the outer environment.

use serde_json::Value;
use std::io::{BufRead, BufReader, Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Output, Stdio};
use std::time::Duration;
use tempfile::TempDir;

/// A folder to run in.
pub(crate) struct Place(TempDir);

/// What a command gave.
#[derive(Debug)]
pub(crate) struct Done {
    pub(crate) code: Option<i32>,
    pub(crate) out: String,
    pub(crate) told: String,
}

impl Done {
    pub(crate) fn json(&self) -> Value {
        assert_eq!(self.code, Some(0), "{self:?}");
        serde_json::from_str(&self.out).expect(&self.out)
    }
}

impl Place {
    pub(crate) fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    pub(crate) fn path(&self) -> &Path {
        self.0.path()
    }

    pub(crate) fn data(&self) -> PathBuf {
        self.path().join("solder-data")
    }

    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_solder"));
        command
            .args(arguments)
            .current_dir(self.path())
            .env_clear()
            .stdin(Stdio::null());
        command
    }

    pub(crate) fn run(&self, arguments: &[&str]) -> Done {
        self.run_with(arguments, &[])
    }

    pub(crate) fn run_with(&self, arguments: &[&str], environment: &[(&str, &str)]) -> Done {
        let environment = environment.iter().copied();
        let Output {
            status,
            stdout,
            stderr,
        } = self.command(arguments).envs(environment).output().unwrap();
        let text = |bytes| String::from_utf8(bytes).unwrap();
        Done {
            code: status.code(),
            out: text(stdout),
            told: text(stderr),
        }
    }

    /// Runs a command and gives it a text by standard input.
    pub(crate) fn run_fed(&self, arguments: &[&str], text: &str) -> Done {
        let mut child = self
            .command(arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        // One that refuses its arguments has ended before it reads.
        drop(child.stdin.take().unwrap().write_all(text.as_bytes()));
        let Output {
            status,
            stdout,
            stderr,
        } = child.wait_with_output().unwrap();
        let text = |bytes| String::from_utf8(bytes).unwrap();
        Done {
            code: status.code(),
            out: text(stdout),
            told: text(stderr),
        }
    }

    /// Starts `up` or `serve` and waits for the line that it prints when it serves.
    pub(crate) fn start(&self, command: &str, more: &[&str]) -> Running {
        let arguments = [&[command, "--listen", "127.0.0.1:0", "--json"], more].concat();
        let mut child = self
            .command(&arguments)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut line = String::new();
        let mut out = BufReader::new(child.stdout.take().unwrap());
        out.read_line(&mut line).unwrap();
        if line.is_empty() {
            let mut told = String::new();
            child.stderr.take().unwrap().read_to_string(&mut told).unwrap();
            assert!(!line.is_empty(), "it ended: {told}");
        }
        Running {
            child,
            out,
            ready: serde_json::from_str(&line).expect(&line),
        }
    }
}

impl Place {
    /// Starts `up` as a person does, who reads words.
    pub(crate) fn start_for_people(&self) -> Words {
        let arguments = ["up", "--listen", "127.0.0.1:0"];
        let mut child = self
            .command(&arguments)
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let out = BufReader::new(child.stdout.take().unwrap());
        Words { child, out }
    }
}

/// A server that tells people how to connect.
pub(crate) struct Words {
    child: Child,
    out: BufReader<std::process::ChildStdout>,
}

impl Words {
    /// What is printed up to the line that ends so.
    pub(crate) fn until(&mut self, end: &str) -> String {
        let mut words = String::new();
        while !words.trim_end().ends_with(end) {
            assert_ne!(self.out.read_line(&mut words).unwrap(), 0, "it ended: {words}");
        }
        words
    }
}

impl Drop for Words {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

/// A server that runs until it is stopped or dropped.
pub(crate) struct Running {
    child: Child,
    out: BufReader<std::process::ChildStdout>,
    pub(crate) ready: Value,
}

impl Running {
    pub(crate) fn url(&self) -> &str {
        self.ready.get("url").and_then(Value::as_str).unwrap()
    }

    /// Sends a signal by name and waits for the end. Gives the rest of what was printed and logged.
    pub(crate) fn stop(mut self, signal: &str) -> (ExitStatus, String, String) {
        let id = self.child.id().to_string();
        let sent = Command::new("kill").args([signal, &id]).status().unwrap();
        assert!(sent.success());
        for _ in 0..1_000 {
            if self.child.try_wait().unwrap().is_some() {
                break;
            }
            std::thread::sleep(Duration::from_millis(10));
        }
        let status = self
            .child
            .try_wait()
            .unwrap()
            .expect("it did not stop within ten seconds");
        let (mut out, mut log) = (String::new(), String::new());
        self.out.read_to_string(&mut out).unwrap();
        self.child
            .stderr
            .take()
            .unwrap()
            .read_to_string(&mut log)
            .unwrap();
        (status, out, log)
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // It has gone already where the test stopped it.
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

/// Posts JSON to a path, or gets it where there is no body, as a plain HTTP/1.1 client does.
pub(crate) fn ask(url: &str, body: Option<&str>) -> String {
    let rest = url.strip_prefix("http://").unwrap();
    let (host, path) = rest.split_once('/').unwrap();
    let method = if body.is_some() { "POST" } else { "GET" };
    let body = body.unwrap_or_default();
    let head = format!(
        "{method} /{path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\nContent-Type: application/json\r\n\
         Accept: application/json, text/event-stream\r\nContent-Length: {}\r\n\r\n",
        body.len()
    );
    let mut connection = std::net::TcpStream::connect(host).unwrap();
    connection.write_all(head.as_bytes()).unwrap();
    connection.write_all(body.as_bytes()).unwrap();
    let mut answer = String::new();
    connection.read_to_string(&mut answer).unwrap();
    answer
}
