//! The one binary, `solder`: settings, start-up and the operator's commands. The rules live below, in the engine.

mod arguments;
mod commands;
mod data_folder;
mod failure;
mod installation;
mod logging;
mod master_key;
mod password;
mod print;
mod settings;
mod system;

use arguments::{Arguments, Command};
use clap::Parser;
use commands::serve::Start;
use std::io::Write;
use std::process::ExitCode;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    match run(&Arguments::parse().command) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            if let Some(text) = failure.text() {
                // There is nobody left to tell where standard error is closed.
                let told = writeln!(std::io::stderr(), "solder: {text}");
                drop(told);
            }
            ExitCode::from(failure.code())
        }
    }
}

fn run(command: &Command) -> failure::Result<()> {
    match command {
        Command::Up(serve) => commands::serve::run(serve, Start::Up),
        Command::Serve(serve) => commands::serve::run(serve, Start::Serve),
        Command::Accounts(accounts) => commands::accounts::run(accounts),
        Command::Keys(keys) => commands::keys::run(keys),
        Command::JwtKeys(keys) => commands::jwt_keys::run(keys),
        Command::Users(users) => commands::users::run(users),
        Command::Vault(vault) => commands::vault::run(vault),
        Command::Connectors(connectors) => commands::connectors::run(connectors),
        Command::Settings(settings) => commands::settings::run(settings),
    }
}
