//! Money at the counter, by command.

use crate::{boot::Booted, settings::Settings};
use anyhow::{Context, bail};
use clap::Subcommand;
use intents::{Around, payments::{counter, reconcile}};
use model::{Channel, CityId, RefundId, Yen};
use store::{
    bills::{self, Came, RefundState},
    ledger,
};
use uuid::Uuid;

#[derive(Subcommand)]
pub enum PayCommand {
    /// Ask a resident for a fee; they find it under "pay".
    Ask {
        title: String,
        amount: i64,
        /// The resident's account: `line:U…`, `web:…`.
        #[arg(long)]
        account: String,
        #[arg(long)]
        city: CityId,
    },
    /// A bill was paid in cash at the counter: its number, and what came.
    Cash {
        bill: String,
        amount: i64,
        #[arg(long)]
        city: CityId,
    },
    /// What waits for staff: refunds, and payments that are not what was asked for.
    Waiting {
        #[arg(long)]
        city: CityId,
    },
    /// Say yes to a refund.
    Approve {
        refund: Uuid,
        #[arg(long)]
        city: CityId,
    },
    /// Say no to a refund, and why.
    Refuse {
        refund: Uuid,
        why: String,
        #[arg(long)]
        city: CityId,
    },
    /// A refund was given by hand: from the account `bank` or `cash`.
    Given {
        refund: Uuid,
        account: String,
        #[arg(long)]
        city: CityId,
    },
    /// The accounts of the ledger, and whether they sum.
    Ledger {
        #[arg(long)]
        city: CityId,
    },
    /// Compare a provider's books of the last days with ours.
    Reconcile {
        provider: String,
        #[arg(long, default_value_t = 2)]
        days: i64,
        #[arg(long)]
        city: CityId,
    },
}

pub async fn pay(settings: &Settings, command: PayCommand) -> anyhow::Result<()> {
    let booted = Booted::new(settings).await?;
    let done = run(&booted, command).await;
    booted.close().await;
    done
}

async fn run(booted: &Booted, command: PayCommand) -> anyhow::Result<()> {
    let engine = &booted.engine;
    let (db, now) = (&engine.db, engine.now());
    match command {
        PayCommand::Ask { title, amount, account, city } => {
            let amount = Yen::new(amount)?;
            let (channel, name) = account.split_once(':').context("the account begins with its channel: line:U…, web:…, phone:…")?;
            let channel: Channel = channel.parse().map_err(anyhow::Error::msg)?;
            let conversation = store::find_conversation(db, &city, channel, name).await?.context("there is no such account")?;
            let mut tx = db.city(&city).await?;
            let bill = counter::ask(db, &mut tx, &city, Some(conversation), &title, amount, now).await?;
            tx.commit().await?;
            println!("{}: {} {}円", bill.number, bill.title, bill.total);
        }
        PayCommand::Cash { bill, amount, city } => {
            let mut tx = db.city(&city).await?;
            let amount = Yen::new(amount)?;
            let Some((bill, came)) = counter::cash(db, &mut tx, &city, &bill, amount, db.uuid(), now).await? else { bail!("there is no bill {bill}") };
            // What is not what was asked for is given back over the counter, and never booked.
            match came {
                Came::Paid | Came::Late => tx.commit().await?,
                Came::Differs => bail!("{} is over {}円, not {amount}円", bill.number, bill.total),
                Came::Twice | Came::Known => bail!("{} is paid already", bill.number),
                Came::NoBill => bail!("there is no such bill"),
            }
            println!("{}: {amount}円 in cash", bill.number);
        }
        PayCommand::Waiting { city } => {
            let mut tx = db.city(&city).await?;
            for refund in bills::waiting(&mut tx, &city).await? {
                let todo = match refund.state {
                    RefundState::Asked => "approve or refuse",
                    RefundState::Failed => "the provider would not; give it by hand",
                    _ if refund.by_hand() => "give it by hand",
                    _ => "the provider is at it",
                };
                println!("refund {} {}円 ({}): {todo}", refund.id, refund.amount, refund.reason);
            }
            for (number, what) in counter::held(&mut tx, &city).await? {
                println!("held {number}: {what}");
            }
        }
        PayCommand::Approve { refund, city } => {
            let mut tx = db.city(&city).await?;
            anyhow::ensure!(bills::approve(db, &mut tx, &city, RefundId(refund), now).await?, "this refund does not wait for a yes");
            tx.commit().await?;
        }
        PayCommand::Refuse { refund, why, city } => {
            let mut tx = db.city(&city).await?;
            anyhow::ensure!(bills::refuse(&mut tx, &city, RefundId(refund), &why, now).await?, "this refund does not wait for a no");
            tx.commit().await?;
        }
        PayCommand::Given { refund, account, city } => {
            anyhow::ensure!([ledger::account::BANK, ledger::account::CASH].contains(&account.as_str()), "the account is bank or cash, not {account}");
            let mut tx = db.city(&city).await?;
            anyhow::ensure!(bills::done(db, &mut tx, &city, RefundId(refund), Some(&account), now).await?, "this refund is not to be given");
            tx.commit().await?;
        }
        PayCommand::Ledger { city } => {
            let mut tx = db.city(&city).await?;
            let balances = ledger::balances(&mut tx, &city).await?;
            for (account, yen) in &balances {
                println!("{account:<20} {yen:>14}");
            }
            let sum: i64 = balances.iter().map(|(_, yen)| yen).sum();
            anyhow::ensure!(sum == 0, "the ledger does not sum: {sum} yen over");
        }
        PayCommand::Reconcile { provider, days, city } => {
            let city = engine.cities.find(db, &engine.house(), &city).await?;
            let client = booted.providers.of(db, &city, &provider).with_context(|| format!("the city has no keys for {provider}"))?;
            let around = Around { db: db.clone(), city, now };
            let compared = reconcile(&around, client.as_ref(), now - chrono::TimeDelta::days(days), now).await?;
            for difference in &compared.differences {
                println!("{} {}: {}円 there, {}円 here", difference.kind, difference.payment, difference.theirs, difference.ours);
            }
            println!("{} movements compared, {} differ", compared.movements, compared.differences.len());
        }
    }
    Ok(())
}
