//! How a password comes in: typed at a terminal that does not show it, or by standard input. Never as an argument, which
//! other users of the machine could see.

use crate::failure::{Failure, Result};
use rustix::termios::{LocalModes, OptionalActions, Termios, tcgetattr, tcsetattr};
use solder_model::Secret;
use std::io::{BufRead, IsTerminal, Read, Stdin, Write, stderr, stdin};

/// So much of standard input is read at most, in bytes: more than any password has.
const MOST: u64 = 4_096;

/// The new password of a user, as `whose` names it. At a terminal it is asked for twice.
pub(crate) fn read(whose: &str) -> Result<Secret> {
    let input = stdin();
    if !input.is_terminal() {
        return piped(input.lock());
    }
    let quiet = Quiet::start(&input)?;
    let first = asked(&input, &format!("New password of {whose}: "))?;
    let second = asked(&input, "Once more: ")?;
    drop(quiet);
    if first.expose() == second.expose() {
        Ok(first)
    } else {
        Err(Failure::Failed(
            "The two are not the same; nothing was changed.".to_owned(),
        ))
    }
}

/// A terminal that does not show what is typed, until it is dropped.
struct Quiet<'a> {
    input: &'a Stdin,
    before: Termios,
}

impl<'a> Quiet<'a> {
    fn start(input: &'a Stdin) -> Result<Self> {
        let broken = |error: rustix::io::Errno| Failure::because("the terminal cannot be made quiet", &error);
        let before = tcgetattr(input).map_err(broken)?;
        let mut quiet = before.clone();
        quiet.local_modes.remove(LocalModes::ECHO);
        quiet.local_modes.insert(LocalModes::ECHONL);
        tcsetattr(input, OptionalActions::Flush, &quiet).map_err(broken)?;
        Ok(Self { input, before })
    }
}

impl Drop for Quiet<'_> {
    fn drop(&mut self) {
        // A terminal that has gone needs nothing more.
        tcsetattr(self.input, OptionalActions::Flush, &self.before).unwrap_or_default();
    }
}

fn asked(input: &Stdin, prompt: &str) -> Result<Secret> {
    let mut out = stderr();
    // Nobody sees a prompt on a standard error that is closed, and the password can be typed all the same.
    drop(out.write_all(prompt.as_bytes()).and_then(|()| out.flush()));
    let mut line = String::new();
    input.lock().take(MOST).read_line(&mut line).map_err(unread)?;
    Ok(without_break(Secret::new(line)))
}

fn piped(input: impl Read) -> Result<Secret> {
    let mut text = String::new();
    input.take(MOST).read_to_string(&mut text).map_err(unread)?;
    Ok(without_break(Secret::new(text)))
}

#[expect(clippy::needless_pass_by_value, reason = "it stands where errors are mapped")]
fn unread(error: std::io::Error) -> Failure {
    Failure::because("the password cannot be read", &error)
}

/// The text without the one line break that ends a line.
fn without_break(text: Secret) -> Secret {
    let Some(line) = text.expose().strip_suffix('\n') else {
        return text;
    };
    Secret::new(line.strip_suffix('\r').unwrap_or(line))
}

#[cfg(test)]
mod tests {
    use super::piped;

    #[test]
    fn one_line_break_at_the_end_is_no_part_of_a_password() {
        let read = |text: &str| piped(text.as_bytes()).unwrap().expose().to_owned();
        assert_eq!(read("correct horse\n"), "correct horse");
        assert_eq!(read("correct horse\r\n"), "correct horse");
        assert_eq!(read(" correct horse "), " correct horse ");
        assert_eq!(read("two\nlines\n\n"), "two\nlines\n");
        assert!(piped(&b"\xff"[..]).is_err());
    }
}
