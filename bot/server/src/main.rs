//! `bot`: the counter of a city hall in one binary.

#![forbid(unsafe_code)]

mod boot;
mod clock;
mod commands;
mod files;
mod locks;
mod models;
mod office;
mod phone;
mod postgres;
mod serve;
mod settings;
mod works;

use clap::Parser;
use std::process::ExitCode;

fn main() -> ExitCode {
    let cli = commands::Cli::parse();
    let filter = log_filter(std::env::var("BOT_LOG").ok());
    tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).init();
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => {
            eprintln!("bot: cannot start: {error}");
            return ExitCode::FAILURE;
        }
    };
    match runtime.block_on(commands::run(cli)) {
        Ok(code) => code,
        Err(error) => {
            eprintln!("bot: {error:#}");
            ExitCode::FAILURE
        }
    }
}

/// The SIP stack writes whole messages, callers' numbers in them: it is silent unless it is named.
const SIP_STACK: &str = "rsipstack";

fn log_filter(wanted: Option<String>) -> tracing_subscriber::EnvFilter {
    let usual = || format!("info,sqlx=warn,{SIP_STACK}=warn");
    let wanted = wanted.filter(|wanted| !wanted.is_empty());
    let wanted = wanted.map_or_else(usual, |wanted| if wanted.contains(SIP_STACK) { wanted } else { format!("{wanted},{SIP_STACK}=warn") });
    wanted.parse().unwrap_or_else(|_| usual().into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_sip_stack_is_silent_unless_it_is_named() {
        for wanted in [None, Some(""), Some("info"), Some("debug,sqlx=warn"), Some("no=such=filter")] {
            assert!(log_filter(wanted.map(str::to_owned)).to_string().contains("rsipstack=warn"), "{wanted:?}");
        }
        assert!(!log_filter(Some("info,rsipstack=debug".to_owned())).to_string().contains("rsipstack=warn"));
    }
}
