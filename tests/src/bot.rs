use crate::Http;
use anyhow::{Context, bail, ensure};
use serde_json::Value;
use std::{
    io::{BufRead, BufReader, Write},
    net::SocketAddr,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};
use uuid::Uuid;

/// The program under test: `MADOGUCHI_BINARY`, or the release build of this workspace.
pub fn binary() -> PathBuf {
    if let Some(path) = std::env::var_os("MADOGUCHI_BINARY") {
        return path.into();
    }
    target().join("release/bot")
}

fn target() -> PathBuf {
    std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root().join("target"), PathBuf::from)
}

/// The workspace's root.
pub fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().map(Path::to_owned).unwrap_or_default()
}

/// Third-party data beside the project, if it is there. Where it must be (on CI), its absence is a failure.
pub fn shared(path: &str) -> Option<PathBuf> {
    let folder = std::env::var_os("SHARED_DIR").map_or_else(|| root().join("../shared"), PathBuf::from);
    let file = folder.join("data").join(path);
    if file.exists() {
        return Some(file);
    }
    assert!(std::env::var("CI").as_deref() != Ok("true"), "{} is missing", file.display());
    println!("skipped: {} is not here", file.display());
    None
}

/// A folder that is removed with its owner.
pub struct Folder(pub PathBuf);

impl Folder {
    #[expect(clippy::disallowed_methods, reason = "tests that run side by side need folders of their own")]
    pub fn new() -> anyhow::Result<Self> {
        let path = std::env::temp_dir().join(format!("madoguchi-test-{}", &Uuid::new_v4().simple().to_string()[..12]));
        std::fs::create_dir_all(&path)?;
        Ok(Self(path))
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// A running `bot serve --demo`.
pub struct Bot {
    child: Child,
    pub address: SocketAddr,
    pub http: Http,
}

impl Bot {
    /// Starts it on a free port and waits until it is ready.
    pub async fn serve(data: &Path, settings: &[(&str, &str)]) -> anyhow::Result<Self> {
        Self::start(data, settings, &["serve", "--demo"]).await
    }

    pub async fn start(data: &Path, settings: &[(&str, &str)], arguments: &[&str]) -> anyhow::Result<Self> {
        Self::start_at(data, "127.0.0.1:0", settings, arguments).await
    }

    pub async fn start_at(data: &Path, listen: &str, settings: &[(&str, &str)], arguments: &[&str]) -> anyhow::Result<Self> {
        let mut command = command(data, settings);
        let mut child = command
            .args(arguments)
            .env("BOT_LISTEN", listen)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .spawn()
            .with_context(|| format!("{} cannot be run; build it with `make build`", binary().display()))?;
        let lines = BufReader::new(child.stdout.take().context("no output")?).lines();
        // The first line names the address.
        let address = tokio::task::spawn_blocking(move || {
            let mut lines = lines;
            let first = lines.next().context("the program ended before it served")??;
            let address: SocketAddr = first.rsplit("http://").next().unwrap_or_default().trim().parse().context(first)?;
            // What it says further must not block it.
            std::thread::spawn(move || for _ in lines.by_ref() {});
            anyhow::Ok(address)
        })
        .await?;
        let address = match address {
            Ok(address) => address,
            Err(error) => {
                let _ = child.kill();
                return Err(error);
            }
        };
        let bot = Self { child, address, http: Http::new(address) };
        bot.wait_ready().await?;
        Ok(bot)
    }

    async fn wait_ready(&self) -> anyhow::Result<()> {
        let began = Instant::now();
        loop {
            if let Ok(answer) = self.http.get("/health/ready").await
                && answer.status == 200 {
                    return Ok(());
                }
            ensure!(began.elapsed() < Duration::from_secs(60), "not ready within a minute");
            tokio::task::yield_now().await;
        }
    }

    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    /// As the power cut does it.
    pub fn kill(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }

    /// Asks it to stop, and waits until it has.
    pub async fn stop(mut self) -> anyhow::Result<()> {
        signal(self.child.id(), rustix::process::Signal::TERM)?;
        let status = tokio::task::spawn_blocking(move || self.child.wait()).await??;
        ensure!(status.success(), "the server ended with {status}");
        Ok(())
    }
}

impl Drop for Bot {
    fn drop(&mut self) {
        // Its PostgreSQL stops with it; the data folder is removed afterwards.
        let _ = signal(self.child.id(), rustix::process::Signal::TERM);
        let began = Instant::now();
        while began.elapsed() < Duration::from_secs(10) {
            match self.child.try_wait() {
                Ok(None) => std::thread::yield_now(),
                _ => return,
            }
        }
        self.kill();
    }
}

pub fn signal(pid: u32, signal: rustix::process::Signal) -> anyhow::Result<()> {
    let pid = i32::try_from(pid).ok().and_then(rustix::process::Pid::from_raw).context("no such process")?;
    rustix::process::kill_process(pid, signal)?;
    Ok(())
}

fn command(data: &Path, settings: &[(&str, &str)]) -> Command {
    let mut command = Command::new(binary());
    command.current_dir(root()).env("BOT_DATA", data).env("BOT_LOG", std::env::var("BOT_LOG").unwrap_or_else(|_| "error".into())).env_remove("DATABASE_URL");
    // No telephone, unless the test wants one: there is one port for it.
    command.env("BOT_PHONE__LINES", "0").env("BOT_VOICE__SPEECH", target().join("speech"));
    command.envs(settings.iter().copied());
    command
}

/// Runs a command to its end: exit status, output, errors.
pub fn run(data: &Path, arguments: &[&str], input: &str) -> anyhow::Result<(bool, String, String)> {
    run_with(data, &[], arguments, input)
}

/// As [`run`], with settings.
pub fn run_with(data: &Path, settings: &[(&str, &str)], arguments: &[&str], input: &str) -> anyhow::Result<(bool, String, String)> {
    let mut child =
        command(data, settings).args(arguments).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn()?;
    let mut stdin = child.stdin.take().context("no input")?;
    let input = input.to_owned();
    let writer = std::thread::spawn(move || stdin.write_all(input.as_bytes()));
    let output = child.wait_with_output()?;
    let _ = writer.join();
    Ok((output.status.success(), String::from_utf8(output.stdout)?, String::from_utf8(output.stderr)?))
}

/// As [`run`] for a command that answers in JSON lines.
pub fn json_lines(data: &Path, arguments: &[&str], input: &[Value]) -> anyhow::Result<Vec<Value>> {
    let input: String = input.iter().map(|line| format!("{line}\n")).collect();
    let (fine, out, errors) = run(data, arguments, &input)?;
    if !fine {
        bail!("{arguments:?} failed: {errors}");
    }
    out.lines().map(|line| serde_json::from_str(line).with_context(|| line.to_owned())).collect()
}

/// The demo city with these lines at the end of its settings; the path of its folder.
pub fn city_with(folder: &Folder, settings: &str) -> anyhow::Result<String> {
    let to = folder.0.join("city");
    copy(&root().join("fixtures/cities/aoba"), &to)?;
    let file = to.join("city.toml");
    let text = std::fs::read_to_string(&file)?;
    std::fs::write(&file, format!("{text}\n{settings}"))?;
    Ok(to.display().to_string())
}

/// A folder with all that is in it.
pub fn copy(from: &Path, to: &Path) -> anyhow::Result<()> {
    std::fs::create_dir_all(to)?;
    for entry in std::fs::read_dir(from)? {
        let entry = entry?;
        let target = to.join(entry.file_name());
        if entry.path().is_dir() { copy(&entry.path(), &target)? } else { std::fs::copy(entry.path(), target).map(|_| ())? }
    }
    Ok(())
}
