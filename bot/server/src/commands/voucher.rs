use crate::{boot::Booted, settings::Settings};
use clap::Subcommand;
use model::CityId;

#[derive(Subcommand)]
pub enum VoucherCommand {
    /// Give a shop its secret number, by which it takes vouchers.
    Pin {
        shop: String,
        pin: String,
        #[arg(long)]
        city: CityId,
    },
}

pub async fn voucher(settings: &Settings, command: VoucherCommand) -> anyhow::Result<()> {
    let VoucherCommand::Pin { shop, pin, city } = command;
    anyhow::ensure!((6..=12).contains(&pin.len()) && pin.bytes().all(|b| b.is_ascii_digit()), "a secret number has 6 to 12 digits");
    let booted = Booted::new(settings).await?;
    let db = &booted.engine.db;
    let mut tx = db.city(&city).await?;
    let known = intents::vouchers::set_pin(db, &mut tx, &city, &shop, &pin).await?;
    tx.commit().await?;
    booted.close().await;
    anyhow::ensure!(known, "there is no shop `{shop}`");
    println!("{shop}: done");
    Ok(())
}
