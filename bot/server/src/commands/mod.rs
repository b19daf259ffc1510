mod chat;
mod check;
mod content;
mod export;
mod pay;
mod procedure;
mod rank;
mod say;
mod staff;
mod transcribe;
mod understand;
mod voucher;

use crate::{boot, serve, settings::Settings};
use clap::{Args, Parser, Subcommand};
use model::{Channel, CityId};
use std::{path::PathBuf, process::ExitCode};

/// The conversational counter of a city hall.
#[derive(Parser)]
#[command(name = "bot", disable_version_flag = true)]
pub struct Cli {
    /// A settings file (TOML); BOT_… in the environment overrides it.
    #[arg(long, global = true)]
    config: Option<PathBuf>,
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Serve: HTTP, workers, delivery.
    Serve(ServeArgs),
    /// Bring the schema up to date.
    Migrate,
    /// Check settings, content, models and connections, and say what is wrong.
    Check,
    /// Cities.
    City {
        #[command(subcommand)]
        command: CityCommand,
    },
    /// Import content of a city: shelters, shelter-status, addresses, waste, places, desks, faq,
    /// guide, sentences, procedures, postal-codes, facilities, rooms, fees, closures, bulky-items, blocks,
    /// payment-methods, seal, vouchers, voucher-shops.
    Import {
        kind: String,
        file: PathBuf,
        #[arg(long)]
        city: CityId,
    },
    /// Export what can be booked: facilities, rooms, fees, closures, bulky-items (CSV, as they are imported); ical of a room or
    /// facility (busy, and no more); draw of a room's month, for checking.
    Export {
        what: String,
        #[arg(long)]
        of: Option<String>,
        #[arg(long)]
        city: CityId,
    },
    /// Procedures that a city's staff wrote.
    Procedure {
        #[command(subcommand)]
        command: ProcedureCommand,
    },
    /// Members of staff.
    Staff {
        #[command(subcommand)]
        command: StaffCommand,
    },
    /// Money at the counter: fees, cash, refunds, the ledger.
    Pay {
        #[command(subcommand)]
        command: pay::PayCommand,
    },
    /// Premium vouchers.
    Voucher {
        #[command(subcommand)]
        command: voucher::VoucherCommand,
    },
    /// Talk in the terminal.
    Chat(ChatArgs),
    /// Understand a JSON line at a time.
    Understand {
        #[arg(long)]
        now: Option<String>,
        #[arg(long)]
        city: Option<CityId>,
    },
    /// Search a corpus of questions and answers.
    Rank {
        #[arg(long)]
        corpus: PathBuf,
        #[arg(long)]
        queries: PathBuf,
    },
    /// Speak a text into a WAV file (8 kHz, as the telephone does).
    Say {
        text: String,
        #[arg(long)]
        out: PathBuf,
        /// 1 is as usual, less is slower.
        #[arg(long, default_value_t = 1.0)]
        speed: f32,
    },
    /// Write down what WAV files say (8 or 16 kHz, mono), with the model that voice.model names.
    Transcribe { files: Vec<PathBuf> },
    /// The version and what the models are.
    Version,
}

#[derive(Args)]
pub struct ServeArgs {
    /// Load the demo city and switch the stand-ins on.
    #[arg(long)]
    pub demo: bool,
    /// One part only: web, worker or phone.
    #[arg(long)]
    pub role: Option<serve::Role>,
}

#[derive(Subcommand)]
enum CityCommand {
    /// Add a city from its folder, or renew it.
    Add { dir: PathBuf },
}

#[derive(Subcommand)]
enum ProcedureCommand {
    /// Read a file, say what is wrong with it, and show what it will ask. Changes nothing.
    Preview { file: PathBuf },
    /// All versions of all procedures.
    List {
        #[arg(long)]
        city: CityId,
    },
    /// Publish a version: an older one, to roll back.
    Publish {
        id: String,
        version: i32,
        #[arg(long)]
        city: CityId,
    },
}

#[derive(Subcommand)]
enum StaffCommand {
    /// Make an account and print its initial password, once. The same login again: a new initial password.
    Add {
        #[arg(long)]
        city: CityId,
        /// What is typed at login; unset, the name.
        #[arg(long)]
        login: Option<String>,
        /// As residents and colleagues see it.
        #[arg(long)]
        name: String,
        /// administrator, editor, operator, outsourced or viewer.
        #[arg(long)]
        role: backoffice::Role,
        /// Only this desk's conversations; several times for several.
        #[arg(long = "desk")]
        desks: Vec<String>,
    },
}

#[derive(Args)]
pub struct ChatArgs {
    #[arg(long)]
    pub city: CityId,
    #[arg(long, default_value = "web")]
    pub channel: Channel,
    /// Who is talking; the same name goes on with the same conversation.
    #[arg(long)]
    pub user: Option<String>,
    /// The time at which it is said (RFC 3339).
    #[arg(long)]
    pub now: Option<String>,
    /// One JSON object a line in, one a line out.
    #[arg(long)]
    pub jsonl: bool,
}

pub async fn run(cli: Cli) -> anyhow::Result<ExitCode> {
    let settings = Settings::load(cli.config.as_deref())?;
    match cli.command {
        Command::Serve(args) => serve::serve(settings, args).await?,
        Command::Migrate => {
            let (options, _private) = boot::database(&settings).await?;
            store::migrate(&options, &boot::schema(&intents::services(intents::Tools::default()))).await?;
            println!("the schema is up to date");
        }
        Command::Check => return check::check(settings).await,
        Command::City { command: CityCommand::Add { dir } } => content::add_city(&settings, &dir).await?,
        Command::Import { kind, file, city } => return content::import(&settings, &kind, &file, &city).await,
        Command::Export { what, of, city } => export::export(&settings, &what, of.as_deref(), &city).await?,
        Command::Procedure { command } => match command {
            ProcedureCommand::Preview { file } => return procedure::preview(&file),
            ProcedureCommand::List { city } => procedure::list(&settings, &city).await?,
            ProcedureCommand::Publish { id, version, city } => procedure::publish(&settings, &id, version, &city).await?,
        },
        Command::Staff { command: StaffCommand::Add { city, login, name, role, desks } } => {
            staff::add(&settings, &city, login.as_deref().unwrap_or(&name), &name, role, &desks).await?;
        }
        Command::Pay { command } => pay::pay(&settings, command).await?,
        Command::Voucher { command } => voucher::voucher(&settings, command).await?,
        Command::Chat(args) => chat::chat(&settings, args).await?,
        Command::Understand { now, city } => understand::understand(&settings.models, now.as_deref(), city.as_ref())?,
        Command::Rank { corpus, queries } => rank::rank(&settings.models, &corpus, &queries)?,
        Command::Say { text, out, speed } => say::say(&settings, &text, &out, speed)?,
        Command::Transcribe { files } => return transcribe::transcribe(&settings, &files),
        Command::Version => {
            let manifest = crate::models::understanding(&settings.models)?.manifest().clone();
            println!("{}", serde_json::json!({ "version": env!("CARGO_PKG_VERSION"), "model": manifest }));
        }
    }
    Ok(ExitCode::SUCCESS)
}
