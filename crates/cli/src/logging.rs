//! Logs go to standard error, so that standard output holds what was asked for and nothing else.

use crate::settings::{LogFormat, LogLevel};
use std::io::IsTerminal;
use tracing::level_filters::LevelFilter;
use tracing_subscriber::filter::Targets;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;
use tracing_subscriber::{Layer, fmt};

/// What passes: our own crates at the level that was set, libraries at `info` at most, since beyond it they may print
/// addresses and headers. No setting lifts that.
fn filter(level: LevelFilter) -> Targets {
    Targets::new()
        .with_default(level.min(LevelFilter::INFO))
        .with_target("solder", level)
}

/// Starts logging, for the whole process. A second start is without effect.
pub(crate) fn start(level: LogLevel, format: LogFormat) {
    let layer = fmt::layer().with_writer(std::io::stderr);
    let layer = match format {
        LogFormat::Text => layer.with_ansi(std::io::stderr().is_terminal()).boxed(),
        LogFormat::Json => layer.json().flatten_event(true).boxed(),
    };
    let started = tracing_subscriber::registry()
        .with(layer.with_filter(filter(level.0)))
        .try_init();
    drop(started);
}

#[cfg(test)]
mod tests {
    use super::filter;
    use tracing::Level;
    use tracing::level_filters::LevelFilter;

    #[test]
    fn libraries_are_never_logged_beyond_info() {
        let trace = filter(LevelFilter::TRACE);
        assert!(trace.would_enable("solder_engine::call", &Level::TRACE));
        assert!(trace.would_enable("solder", &Level::TRACE));
        for library in ["hyper", "reqwest::connect", "sqlx::query", "rustls"] {
            assert!(trace.would_enable(library, &Level::INFO), "{library}");
            assert!(!trace.would_enable(library, &Level::DEBUG), "{library}");
        }
        assert!(!filter(LevelFilter::ERROR).would_enable("hyper", &Level::WARN));
        assert!(!filter(LevelFilter::OFF).would_enable("solder", &Level::ERROR));
    }
}
