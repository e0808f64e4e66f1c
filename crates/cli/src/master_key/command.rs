//! The master keys from a program's output: a secret manager's client, or whatever asks a key service.

use crate::failure::{Failure, Result};
use crate::print;
use solder_model::Secret;
use solder_vault::KeyRing;
use std::io::Read;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc;
use std::time::Duration;

/// How long the program may take, in seconds. Then it is ended.
pub(crate) const MOST_SECONDS: u64 = 10;

/// The most that is taken of its output, in bytes.
const MOST_OUTPUT: u64 = 16_384;

/// The most that is shown of what it told on standard error, in bytes.
const MOST_TOLD: u64 = 2_048;

const LOOK_EVERY: Duration = Duration::from_millis(10);

/// A program and its arguments. No shell is between.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct CommandLine {
    program: String,
    arguments: Vec<String>,
}

impl CommandLine {
    /// Reads words with white space between. What stands in quotation marks, single or double, is one word; there is no
    /// other rule, and no character stands for anything else.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let mut words = Vec::new();
        let (mut word, mut quote) = (None::<String>, None::<char>);
        for character in text.chars() {
            match quote {
                Some(end) if character == end => quote = None,
                None if matches!(character, '"' | '\'') => {
                    quote = Some(character);
                    word.get_or_insert_default();
                }
                None if character.is_whitespace() => words.extend(word.take()),
                _ => word.get_or_insert_default().push(character),
            }
        }
        words.extend(word);
        let mut words = words.into_iter();
        let program = words.next().filter(|program| !program.is_empty())?;
        quote.is_none().then(|| Self {
            program,
            arguments: words.collect(),
        })
    }

    /// The program.
    pub(crate) fn program(&self) -> &str {
        &self.program
    }

    /// Runs it and reads the keys that it prints. What it prints is never shown; what it tells on standard error is,
    /// where it fails.
    pub(crate) fn ring(&self) -> Result<KeyRing> {
        let mut child = self.start()?;
        let output = collect(child.stdout.take(), MOST_OUTPUT + 1);
        let told = collect(child.stderr.take(), MOST_TOLD);
        let status = self.wait(&mut child, &told)?;
        if !status.success() {
            return Err(self.failure(&format!("ended with {status}"), &told));
        }
        // The program has ended; where something that it started holds the pipe, that is not waited for.
        let Ok(output) = output.recv_timeout(Duration::from_secs(1)) else {
            return Err(self.failure("ended, and left its output open", &told));
        };
        if output.len() as u64 > MOST_OUTPUT {
            return Err(self.failure("gave more than 16 KB, which are no master keys", &told));
        }
        let text = String::from_utf8(output).map(Secret::new);
        let ring = text.ok().and_then(|text| KeyRing::parse(text.expose()).ok());
        ring.ok_or_else(|| {
            self.failure(
                "gave something else than master keys: 32 bytes each in base64 or hex, one a line, 16 at most; what it \
                 gave is not shown",
                &told,
            )
        })
    }

    fn start(&self) -> Result<Child> {
        let mut command = Command::new(&self.program);
        command
            .args(&self.arguments)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        // Our own settings, among which may be a database's password, are no business of the program.
        for (name, _) in std::env::vars_os() {
            if name.to_string_lossy().starts_with("SOLDER_") {
                command.env_remove(name);
            }
        }
        command.spawn().map_err(|error| {
            let what = format!("SOLDER_MASTER_KEY_COMMAND: `{}` does not start", self.program);
            Failure::because(what, &error)
        })
    }

    fn wait(&self, child: &mut Child, told: &mpsc::Receiver<Vec<u8>>) -> Result<ExitStatus> {
        let broken = |error| Failure::because("SOLDER_MASTER_KEY_COMMAND", &error);
        let looks = u128::from(MOST_SECONDS) * 1_000 / LOOK_EVERY.as_millis();
        for _ in 0..looks {
            if let Some(status) = child.try_wait().map_err(broken)? {
                return Ok(status);
            }
            std::thread::sleep(LOOK_EVERY);
        }
        child.kill().and_then(|()| child.wait()).map_err(broken)?;
        Err(self.failure(
            &format!("took longer than {MOST_SECONDS} seconds, and was ended"),
            told,
        ))
    }

    fn failure(&self, what: &str, told: &mpsc::Receiver<Vec<u8>>) -> Failure {
        let mut text = format!("SOLDER_MASTER_KEY_COMMAND: `{}` {what}.", self.program);
        let told = told.recv_timeout(Duration::from_millis(200)).unwrap_or_default();
        let told = String::from_utf8_lossy(&told);
        if !told.trim().is_empty() {
            text.push_str(" It told:");
            for line in told.trim().lines() {
                text.push_str("\n  ");
                text.push_str(&print::without_controls(line));
            }
        }
        Failure::Failed(text)
    }
}

/// Reads a pipe to its end and gives the first `most` bytes. What follows is read and dropped, so that nobody who writes
/// has to wait.
fn collect(pipe: Option<impl Read + Send + 'static>, most: u64) -> mpsc::Receiver<Vec<u8>> {
    let (given, taken) = mpsc::channel();
    std::thread::spawn(move || {
        let mut bytes = Vec::new();
        if let Some(mut pipe) = pipe {
            // What was read before a fault is what there is.
            pipe.by_ref().take(most).read_to_end(&mut bytes).ok();
            std::io::copy(&mut pipe, &mut std::io::sink()).ok();
        }
        // Nobody may be waiting for it any more.
        given.send(bytes).ok();
    });
    taken
}

#[cfg(test)]
mod tests {
    use super::CommandLine;
    use std::time::Instant;

    fn line(script: &str) -> CommandLine {
        CommandLine::parse(&format!("/bin/sh -c '{script}'")).unwrap()
    }

    #[test]
    fn words_are_split_at_white_space_and_kept_whole_in_quotation_marks() {
        let read = |text: &str| {
            CommandLine::parse(text).map(|line| [vec![line.program], line.arguments].concat().join("|"))
        };
        assert_eq!(read("aws kms  decrypt").as_deref(), Some("aws|kms|decrypt"));
        assert_eq!(
            read("'/opt/a b/x' --q=\"it's\" ''").as_deref(),
            Some("/opt/a b/x|--q=it's|")
        );
        assert_eq!(read("x $HOME ; `y` \\n").as_deref(), Some("x|$HOME|;|`y`|\\n"));
        for bad in ["", "   ", "x 'y", "'' x"] {
            assert_eq!(read(bad), None, "{bad}");
        }
    }

    #[test]
    fn what_a_program_prints_are_the_keys() {
        let (one, two) = ("01".repeat(32), "02".repeat(32));
        let ring = line(&format!("echo {one}; echo {two}; echo fine >&2"))
            .ring()
            .unwrap();
        assert_eq!(ring.ids().len(), 2);
    }

    #[test]
    fn a_program_that_fails_is_told_with_its_words_and_never_with_its_output() {
        for (script, said) in [
            ("echo hunter2; echo no access >&2; exit 3", "exit status: 3"),
            (
                "echo hunter2; echo no access >&2",
                "something else than master keys",
            ),
            (
                "yes hunter2 | head -c 40000; echo no access >&2",
                "more than 16 KB",
            ),
            ("printf \"no\\033[2J access\" >&2; exit 1", "exit status: 1"),
        ] {
            let failure = line(script).ring().unwrap_err();
            let text = failure.text().unwrap();
            assert!(
                text.contains(said) && text.contains("access") && text.contains("/bin/sh"),
                "{text}"
            );
            assert!(!text.contains("hunter2") && !text.contains('\u{1b}'), "{text}");
        }
        let failure = CommandLine::parse("/nowhere/none").unwrap().ring().unwrap_err();
        assert!(failure.text().unwrap().contains("does not start"), "{failure:?}");
    }

    #[test]
    fn a_program_that_does_not_end_is_ended() {
        let began = Instant::now();
        let failure = line("echo waiting >&2; exec sleep 60").ring().unwrap_err();
        assert!(failure.text().unwrap().contains("10 seconds"), "{failure:?}");
        assert!(began.elapsed().as_secs() < 20);
    }
}
