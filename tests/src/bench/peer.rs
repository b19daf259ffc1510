//! The peer: PostgreSQL's own benchmark on the same cluster.

use anyhow::{Context, ensure};
use std::{path::Path, process::Command};

/// Transactions a second of `pgbench -N -c16`, durable as ours are.
pub async fn pgbench(data: &Path) -> anyhow::Result<f64> {
    let socket = data.join("run");
    let bin = std::fs::read_dir("/usr/lib/postgresql")?.flatten().map(|e| e.path().join("bin/pgbench")).filter(|p| p.exists()).max();
    let bin = bin.context("pgbench is not installed")?;
    let run = |arguments: &[&str]| -> anyhow::Result<String> {
        let done = Command::new(&bin).args(["-h", &socket.to_string_lossy(), "-U", "madoguchi"]).args(arguments).arg("postgres").output()?;
        ensure!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
        Ok(String::from_utf8(done.stdout)?)
    };
    run(&["-i", "-q", "-s", "10"])?;
    let out = run(&["-N", "-c", "16", "-j", "2", "-T", "8"])?;
    let tps = out.lines().find_map(|line| line.strip_prefix("tps = ")?.split_whitespace().next()?.parse().ok());
    tps.context(out)
}
