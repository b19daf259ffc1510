//! Settings: defaults, then a TOML file, then the environment (`BOT_…`, `__` for nesting). An unknown or wrong one is
//! an error that names it.

use anyhow::{Context, bail};
use channels::line::SdkApi;
use figment::{
    Figment,
    providers::{Env, Format, Serialized, Toml},
};
use serde::{Deserialize, Serialize};
use std::{
    net::{IpAddr, SocketAddr},
    path::{Path, PathBuf},
    time::Duration,
};

#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// Where HTTP is served.
    pub listen: SocketAddr,
    /// The folder of what this installation keeps: its key, its private database.
    pub data: PathBuf,
    /// A PostgreSQL server; unset, a private one is started under `data`. Also `DATABASE_URL`.
    pub database_url: Option<String>,
    /// The file of the installation's key; unset, `data/master.key`.
    pub key_file: Option<PathBuf>,
    pub models: Models,
    pub line: Line,
    pub queue: Queue,
    pub payments: Payments,
    pub web: Web,
    pub demo: Demo,
    pub lock: Lock,
    pub phone: Phone,
    pub voice: Voice,
    // Outer services of parts that are still to come: named here so that a setting meant for them is no error.
    pub stripe: Address,
    pub paypay: Address,
    pub identity: Address,
    pub koha: Address,
    pub sms: Address,
    pub jma: Address,
}

#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Models {
    /// The folder of understanding's weights (`manifest.json`, `model.safetensors`), as the training command writes it;
    /// unset, those that the program was built with.
    pub folder: Option<PathBuf>,
    /// The folder of a larger encoder (`config.json`, `tokenizer.json`, `model.safetensors`) that helps to find answers.
    pub encoder: Option<PathBuf>,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Line {
    pub api_url: Option<String>,
    pub data_url: Option<String>,
    /// Seconds until a call without an answer is given up.
    pub timeout_seconds: u64,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Queue {
    /// Workers that run turns, in this process.
    pub workers: usize,
    /// Conversations that one worker runs together.
    pub batch: u16,
    /// Seconds after which the work of a process that died is taken over.
    pub lease_seconds: u64,
    /// Milliseconds between looks for work that nobody announced.
    pub poll_ms: u64,
    /// Senders of LINE messages, in this process.
    pub senders: usize,
    /// Milliseconds of the first pause after a failed delivery; it doubles each time.
    pub back_off_ms: u64,
    /// Connections to the database.
    pub connections: u32,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Payments {
    /// Seconds until a call to a provider without an answer is given up.
    pub timeout_seconds: u64,
    /// The font of receipts: one with Japanese in it.
    pub font: PathBuf,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Web {
    /// What the outside knows this installation as (`https://…`), for links in messages; unset, the address where it listens.
    pub public_url: Option<String>,
    /// Networks of the proxies in front; what they say of the client's address and of TLS is believed.
    pub trusted_proxies: Vec<String>,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Demo {
    /// The folder of the demo city.
    pub folder: PathBuf,
}

/// The system that opens doors by pass codes.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Lock {
    /// Where it (or an adapter) speaks the protocol of `bot/outer/src/locks/http.rs`.
    pub api_url: Option<String>,
    pub token: String,
    /// Seconds until a call without an answer is given up.
    pub timeout_seconds: u64,
    /// Codes for trying out, which open nothing; on in the demo.
    pub built_in: bool,
}

#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Address {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub api_url: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub issuer: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub feed_url: Option<String>,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Phone {
    /// Calls at once; 0: no telephone.
    pub lines: usize,
    /// Where SIP is listened on, by UDP and TCP; unset, 127.0.0.1:5060 if nobody else has it.
    pub sip_listen: Option<SocketAddr>,
    /// The address that peers are told, behind a NAT.
    pub public_address: Option<IpAddr>,
    /// UDP ports for sound, `16384-16583`; unset, any that is free.
    pub rtp_ports: Option<String>,
    /// Addresses and networks that may call; this machine always may.
    pub peers: Vec<String>,
    /// Where calls go that find all lines taken, such as `sip:0600001000@pbx.example`; unset, they are refused (503).
    pub overflow: Option<String>,
    /// Seconds that a desk's telephone rings before the caller is back at the counter.
    pub ring_seconds: u64,
    /// Seconds that a caller waits for a desk that is busy.
    pub wait_seconds: u64,
    /// A PBX or carrier to register with, such as `sip:pbx.example`.
    pub registrar: Option<String>,
    pub user: String,
    /// The password there; `@/path` reads it from a file.
    pub password: String,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Voice {
    /// The folder of the voice, as `make speech` makes it.
    pub speech: PathBuf,
    /// A speech model of whisper.cpp (ggml); unset, callers answer with keys.
    pub model: Option<PathBuf>,
    /// Threads that work on one utterance.
    pub threads: usize,
    /// Utterances that are worked on at a time.
    pub at_once: usize,
}

impl Default for Phone {
    fn default() -> Self {
        Self { lines: 60, sip_listen: None, public_address: None, rtp_ports: None, peers: Vec::new(), overflow: None, ring_seconds: 25, wait_seconds: 120, registrar: None, user: String::new(), password: String::new() }
    }
}

impl Default for Voice {
    fn default() -> Self {
        Self { speech: PathBuf::from("target/speech"), model: None, threads: 1, at_once: 2 }
    }
}

impl Default for Line {
    fn default() -> Self {
        Self { api_url: None, data_url: None, timeout_seconds: 8 }
    }
}

impl Default for Queue {
    fn default() -> Self {
        Self { workers: 2, batch: 24, lease_seconds: 15, poll_ms: 500, senders: 2, back_off_ms: 1_000, connections: 16 }
    }
}

impl Default for Lock {
    fn default() -> Self {
        Self { api_url: None, token: String::new(), timeout_seconds: 8, built_in: false }
    }
}

impl Default for Payments {
    fn default() -> Self {
        Self { timeout_seconds: 15, font: PathBuf::from(pages::receipt::FONT) }
    }
}

impl Default for Web {
    fn default() -> Self {
        Self { public_url: None, trusted_proxies: vec!["127.0.0.0/8".to_owned(), "::1/128".to_owned()] }
    }
}

impl Default for Demo {
    fn default() -> Self {
        Self { folder: PathBuf::from("fixtures/cities/aoba") }
    }
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            listen: SocketAddr::from(([127, 0, 0, 1], 8080)),
            data: PathBuf::from("data"),
            database_url: None,
            key_file: None,
            models: Models::default(),
            line: Line::default(),
            queue: Queue::default(),
            payments: Payments::default(),
            web: Web::default(),
            demo: Demo::default(),
            lock: Lock::default(),
            phone: Phone::default(),
            voice: Voice::default(),
            stripe: Address::default(),
            paypay: Address::default(),
            identity: Address::default(),
            koha: Address::default(),
            sms: Address::default(),
            jma: Address::default(),
        }
    }
}

impl Settings {
    pub fn load(file: Option<&Path>) -> anyhow::Result<Self> {
        let mut figment = Figment::from(Serialized::defaults(Self::default()));
        if let Some(file) = file {
            if !file.exists() {
                bail!("the settings file {} does not exist", file.display());
            }
            figment = figment.merge(Toml::file_exact(file));
        }
        // BOT_LOG is the log filter, which is read before the settings are.
        let environment = Env::prefixed("BOT_").ignore(&["log"]).split("__");
        let mut settings: Self = figment
            .merge(environment)
            .extract()
            .map_err(|error| anyhow::anyhow!("{error}"))
            .context("a setting is not right (BOT_… in the environment, or the settings file)")?;
        if let Ok(url) = std::env::var("DATABASE_URL")
            && !url.is_empty() {
                settings.database_url = Some(url);
            }
        let urls = [
            ("web.public_url", &settings.web.public_url),
            ("line.api_url", &settings.line.api_url),
            ("line.data_url", &settings.line.data_url),
            ("lock.api_url", &settings.lock.api_url),
            ("stripe.api_url", &settings.stripe.api_url),
            ("paypay.api_url", &settings.paypay.api_url),
        ];
        for (key, url) in urls {
            if let Some(url) = url.as_deref().filter(|url| !url.starts_with("http://") && !url.starts_with("https://")) {
                bail!("{key} must begin with http:// or https://, not `{url}`");
            }
        }
        settings.proxies()?;
        Ok(settings)
    }

    /// The networks of the proxies in front.
    pub fn proxies(&self) -> anyhow::Result<Vec<ipnet::IpNet>> {
        let read = |network: &String| network.parse().map_err(|_| anyhow::anyhow!("web.trusted_proxies: `{network}` is no network; write for example 10.0.0.0/8"));
        self.web.trusted_proxies.iter().map(read).collect()
    }

    /// The client of LINE's API.
    pub fn line_api(&self) -> anyhow::Result<SdkApi> {
        let api = self.line.api_url.as_deref().unwrap_or("https://api.line.me");
        // A stand-in serves both.
        let data = self.line.data_url.as_deref().or(self.line.api_url.as_deref()).unwrap_or("https://api-data.line.me");
        SdkApi::new(api, data, Duration::from_secs(self.line.timeout_seconds.max(1))).context("the client of LINE's API")
    }

    /// What links in messages begin with.
    pub fn public_url(&self) -> String {
        let url = self.web.public_url.clone().unwrap_or_else(|| format!("http://{}", self.listen));
        url.trim_end_matches('/').to_owned()
    }

    pub fn key_file(&self) -> PathBuf {
        self.key_file.clone().unwrap_or_else(|| self.data.join("master.key"))
    }
}
