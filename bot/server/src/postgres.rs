//! A private PostgreSQL: Debian's binaries, an unprivileged user, a socket and no port. It stops with this process,
//! comes back when it dies, and other commands on the same data folder join it.

use anyhow::{Context, bail};
use rustix::process::{Pid, Signal, geteuid, kill_process, test_kill_process};
use sqlx::{Connection, PgConnection, postgres::PgConnectOptions};
use std::{
    fs::{self, File},
    os::unix::fs::{MetadataExt, PermissionsExt, chown},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    thread::JoinHandle,
    time::{Duration, Instant},
};

/// The private server, ours or joined.
pub struct Private {
    pub options: PgConnectOptions,
    /// Present if this process started the server.
    owner: Option<Owner>,
}

struct Owner {
    stop: Arc<AtomicBool>,
    guard: Option<JoinHandle<()>>,
    /// Held while we own the server; others that find it taken join.
    _lock: File,
}

/// Where things lie.
#[derive(Clone)]
struct Home {
    binaries: PathBuf,
    cluster: PathBuf,
    socket: PathBuf,
    /// Run as this user (uid, gid) when we are root.
    user: Option<(u32, u32)>,
}

const DATABASE: &str = "madoguchi";
const USER: &str = "madoguchi";
const START_WITHIN: Duration = Duration::from_secs(60);
/// Longer paths do not fit a socket's address (108 bytes with the file's name).
const SOCKET_PATH: usize = 80;

impl Private {
    /// Starts the server of this data folder, or joins the one that runs.
    pub async fn open(data: &Path) -> anyhow::Result<Self> {
        fs::create_dir_all(data).with_context(|| format!("the data folder {} cannot be made", data.display()))?;
        let data = data.canonicalize()?;
        let home = Home::of(&data)?;
        let lock = File::create(data.join("postgres.lock"))?;
        let owner = match lock.try_lock() {
            Ok(()) => {
                home.prepare()?;
                home.wait_for_predecessor()?;
                Some(Owner::start(&home, lock)?)
            }
            Err(fs::TryLockError::WouldBlock) => None,
            Err(fs::TryLockError::Error(error)) => return Err(error).context("the data folder cannot be locked"),
        };
        let server = PgConnectOptions::new_without_pgpass().socket(&home.socket).username(USER).database("postgres");
        create_database(&server).await?;
        Ok(Self { options: server.database(DATABASE), owner })
    }

    /// Stops the server, if it is ours, and waits until it has.
    pub fn close(&mut self) {
        if let Some(mut owner) = self.owner.take() {
            owner.stop.store(true, Ordering::SeqCst);
            if let Some(guard) = owner.guard.take() {
                guard.thread().unpark();
                let _ = guard.join();
            }
        }
    }
}

impl Drop for Private {
    fn drop(&mut self) {
        self.close();
    }
}

async fn create_database(server: &PgConnectOptions) -> anyhow::Result<()> {
    let began = Instant::now();
    let mut connection = loop {
        match PgConnection::connect_with(server).await {
            Ok(connection) => break connection,
            Err(error) if began.elapsed() > START_WITHIN => return Err(error).context("the private PostgreSQL does not answer"),
            Err(_) => tokio::time::sleep(Duration::from_millis(25)).await,
        }
    };
    let exists: bool =
        sqlx::query_scalar("SELECT EXISTS (SELECT 1 FROM pg_database WHERE datname = $1)").bind(DATABASE).fetch_one(&mut connection).await?;
    if !exists {
        // Another command may have been faster.
        let made = sqlx::query("CREATE DATABASE madoguchi").execute(&mut connection).await;
        if let Err(error) = made {
            let code = error.as_database_error().and_then(|e| e.code().map(|c| c.into_owned()));
            if !matches!(code.as_deref(), Some("42P04" | "23505")) {
                return Err(error.into());
            }
        }
    }
    connection.close().await?;
    Ok(())
}

impl Home {
    fn of(data: &Path) -> anyhow::Result<Self> {
        let user = if geteuid().is_root() { Some(unprivileged_user()?) } else { None };
        // Another user must be able to reach the folder; under /root, say, it cannot.
        let reachable = user.is_none() || data.ancestors().all(|folder| fs::metadata(folder).is_ok_and(|meta| meta.mode() & 0o001 != 0));
        let base = if reachable { data.to_owned() } else { Path::new("/var/lib").join(format!("madoguchi-{}", name_of(data))) };
        let socket = base.join("run");
        let socket = if socket.as_os_str().len() <= SOCKET_PATH { socket } else { std::env::temp_dir().join(format!("madoguchi-{}", name_of(data))) };
        Ok(Self { binaries: binaries()?, cluster: base.join("postgres"), socket, user })
    }

    fn prepare(&self) -> anyhow::Result<()> {
        for folder in [&self.cluster, &self.socket] {
            fs::create_dir_all(folder).with_context(|| format!("{} cannot be made", folder.display()))?;
            if let Some((uid, gid)) = self.user {
                chown(folder, Some(uid), Some(gid))?;
            }
            fs::set_permissions(folder, fs::Permissions::from_mode(0o700))?;
        }
        if self.cluster.join("PG_VERSION").exists() {
            return Ok(());
        }
        let made = self
            .command("initdb")
            .args(["--no-sync", "--auth=trust", "--encoding=UTF8", "--locale=C.UTF-8", "--username", USER, "--pgdata"])
            .arg(&self.cluster)
            .output()
            .context("initdb cannot be run")?;
        if !made.status.success() {
            bail!("initdb failed: {}", String::from_utf8_lossy(&made.stderr).trim());
        }
        Ok(())
    }

    /// A program of PostgreSQL as the unprivileged user; `setpriv` (util-linux) has it get SIGINT when we die.
    fn command(&self, program: &str) -> Command {
        let mut command = Command::new("setpriv");
        if let Some((uid, gid)) = self.user {
            command.arg(format!("--reuid={uid}")).arg(format!("--regid={gid}")).arg("--clear-groups");
        }
        command.args(["--pdeathsig", "INT", "--"]).arg(self.binaries.join(program)).current_dir("/").stdin(Stdio::null());
        command
    }

    fn start(&self) -> anyhow::Result<Child> {
        let log = fs::OpenOptions::new().create(true).append(true).open(self.cluster.with_file_name("postgres.log"))?;
        self.command("postgres")
            .arg("-D")
            .arg(&self.cluster)
            .arg("-k")
            .arg(&self.socket)
            .args(["-h", "", "-c", "max_connections=120", "-c", "shared_buffers=128MB", "-c", "log_min_messages=warning"])
            .args(["-c", "max_wal_size=2GB", "-c", "wal_compression=on", "-c", "checkpoint_timeout=10min"])
            .stdout(log.try_clone()?)
            .stderr(log)
            .spawn()
            .context("postgres cannot be run")
    }

    /// A server whose parent was killed is still stopping; ours can start only afterwards.
    fn wait_for_predecessor(&self) -> anyhow::Result<()> {
        let file = self.cluster.join("postmaster.pid");
        let began = Instant::now();
        while let Some(pid) = fs::read_to_string(&file).ok().and_then(|text| text.lines().next().and_then(|l| l.trim().parse().ok())).and_then(Pid::from_raw) {
            if test_kill_process(pid).is_err() {
                break;
            }
            if began.elapsed() > Duration::from_secs(5) && began.elapsed() < Duration::from_millis(5_100) {
                tracing::warn!("an earlier PostgreSQL of this data folder is still stopping");
                let _ = kill_process(pid, Signal::INT);
            }
            if began.elapsed() > START_WITHIN {
                bail!("a PostgreSQL (process {}) still runs on {}; stop it first", pid.as_raw_nonzero(), self.cluster.display());
            }
            std::thread::sleep(Duration::from_millis(25));
        }
        Ok(())
    }
}

impl Owner {
    /// Starts the server on a thread of its own and keeps it running. The signal at our death follows the thread that
    /// started it, so this thread lives as long as the server.
    fn start(home: &Home, lock: File) -> anyhow::Result<Self> {
        let stop = Arc::new(AtomicBool::new(false));
        let (home, told) = (home.clone(), stop.clone());
        let guard = std::thread::Builder::new().name("postgres".to_owned()).spawn(move || guard(&home, &told))?;
        Ok(Self { stop, guard: Some(guard), _lock: lock })
    }
}

fn guard(home: &Home, stop: &AtomicBool) {
    while !stop.load(Ordering::SeqCst) {
        let mut child = match home.start() {
            Ok(child) => child,
            Err(error) => {
                tracing::error!("{error:#}");
                std::thread::park_timeout(Duration::from_secs(1));
                continue;
            }
        };
        loop {
            std::thread::park_timeout(Duration::from_millis(100));
            if stop.load(Ordering::SeqCst) {
                if let Some(pid) = i32::try_from(child.id()).ok().and_then(Pid::from_raw) {
                    let _ = kill_process(pid, Signal::INT);
                }
                let _ = child.wait();
                return;
            }
            match child.try_wait() {
                Ok(None) => {}
                Ok(Some(status)) => {
                    tracing::error!(%status, "the private PostgreSQL has ended; starting it again");
                    break;
                }
                Err(error) => {
                    tracing::error!(%error, "the private PostgreSQL cannot be watched");
                    break;
                }
            }
        }
        std::thread::park_timeout(Duration::from_millis(200));
    }
}

/// Debian keeps them off the path; the newest version counts.
fn binaries() -> anyhow::Result<PathBuf> {
    let mut found: Vec<(u32, PathBuf)> = fs::read_dir("/usr/lib/postgresql")
        .into_iter()
        .flatten()
        .flatten()
        .filter_map(|entry| Some((entry.file_name().to_str()?.parse().ok()?, entry.path().join("bin"))))
        .filter(|(_, bin)| bin.join("postgres").exists() && bin.join("initdb").exists())
        .collect();
    found.sort();
    match found.pop() {
        Some((version, bin)) if version >= 15 => Ok(bin),
        _ => bail!("PostgreSQL 15 or newer is not installed; `apt-get install postgresql` or set DATABASE_URL"),
    }
}

/// `postgres`, or else `nobody`.
fn unprivileged_user() -> anyhow::Result<(u32, u32)> {
    let users = fs::read_to_string("/etc/passwd")?;
    ["postgres", "nobody"]
        .iter()
        .find_map(|name| {
            let line = users.lines().find(|line| line.split(':').next() == Some(name))?;
            let mut fields = line.split(':').skip(2);
            Some((fields.next()?.parse().ok()?, fields.next()?.parse().ok()?))
        })
        .context("there is neither a user `postgres` nor `nobody` to run PostgreSQL as; it refuses to run as root")
}

/// A short name for a path (FNV-1a).
fn name_of(path: &Path) -> String {
    let hash = path.as_os_str().as_encoded_bytes().iter().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3));
    format!("{hash:016x}")
}
