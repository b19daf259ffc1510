//! A caller is put through to a desk's telephone: both are real SIP and RTP.

use e2e::{Bot, Folder, calls::answered, city_folder};
use handset::{Extension, Phone, free_address};
use serde_json::Value;

/// The demo city with a telephone at its hotline, always open; a caller who has asked for a person.
async fn asked(folder: &Folder, extension: &Extension, ring: &str) -> anyhow::Result<(Bot, Phone)> {
    let address = extension.address()?;
    let city = city_folder(folder, |toml| {
        toml.replace("hours = \"月-金 8:45-17:15\"", &format!("hours = \"毎日 0:00-24:00\"\nextension = \"{address}\""))
    })?;
    let sip = free_address()?;
    let listen = sip.to_string();
    let settings = [("BOT_PHONE__SIP_LISTEN", listen.as_str()), ("BOT_PHONE__LINES", "2"), ("BOT_DEMO__FOLDER", &city), ("BOT_PHONE__RING_SECONDS", ring), ("BOT_PHONE__WAIT_SECONDS", "2")];
    let bot = Bot::serve(&folder.0, &settings).await?;
    let mut phone = Phone::new(sip, "aoba")?;
    phone.call()?;
    phone.until(true, 10)?;
    phone.press('0')?;
    Ok((bot, phone))
}

/// What came of putting somebody through, as the conversation has heard it.
async fn result(folder: &Folder, count: usize) -> anyhow::Result<String> {
    let events = heard(folder, count).await?;
    Ok(events[count - 1]["result"].as_str().unwrap_or_default().to_owned())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_caller_talks_with_the_staff_who_heard_first_what_it_is_about() -> anyhow::Result<()> {
    let folder = Folder::new()?;
    let mut desk = Extension::new()?;
    let (bot, mut phone) = asked(&folder, &desk, "60").await?;
    desk.rung()?;
    let said = answered(&folder.0).await?;
    assert!(said[1].to_string().contains("総合案内におつなぎします"), "{said:?}");
    // Music while it rings.
    phone.drain()?;
    phone.until(true, 10)?;
    desk.pick_up()?;
    // The word to the staff, then silence: nobody speaks yet.
    let told = desk.until(true, 15, false)?;
    println!("the staff hear the first words after {} ms", (told - 15) * 20);
    assert_eq!(result(&folder, 3).await?, "talking");
    phone.drain()?;
    phone.until(false, 20)?;
    // Each hears the other.
    let caller = std::thread::spawn(move || -> anyhow::Result<Phone> {
        phone.until(true, 20)?;
        Ok(phone)
    });
    desk.until(false, 40, true)?;
    let mut phone = caller.join().map_err(|_| anyhow::anyhow!("the caller's side broke"))??;
    for n in 0..60 {
        phone.hear()?;
        phone.speak(&handset::voice(n))?;
    }
    desk.until(true, 20, false)?;
    // The staff hang up: so do we.
    desk.hang_up()?;
    phone.request("BYE")?;
    let events = heard(&folder, 4).await?;
    assert_eq!(events[3]["type"], "hangup");
    bot.stop().await
}

async fn heard(folder: &Folder, count: usize) -> anyhow::Result<Vec<Value>> {
    e2e::calls::heard(&folder.0, count).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_desk_that_does_not_answer_or_is_busy_gives_the_caller_back_with_choices() -> anyhow::Result<()> {
    let folder = Folder::new()?;
    let mut desk = Extension::new()?;
    let (bot, mut phone) = asked(&folder, &desk, "2").await?;
    desk.rung()?;
    desk.given_up()?;
    assert_eq!(result(&folder, 3).await?, "no_answer");
    let said = answered(&folder.0).await?;
    let last = said.last().map(ToString::to_string).unwrap_or_default();
    assert!(last.contains("だれも出ません") && last.contains("折り返し") && last.contains("もう一度つなぐ"), "{last}");
    // Once more: busy, and busy again.
    phone.drain()?;
    phone.until(true, 10)?;
    phone.press('2')?;
    for _ in 0..2 {
        desk.rung()?;
        desk.reply("486 Busy Here", "")?;
    }
    assert_eq!(result(&folder, 5).await?, "busy");
    // A call back instead: the number is asked for.
    phone.drain()?;
    phone.until(true, 10)?;
    phone.press('1')?;
    heard(&folder, 6).await?;
    let said = answered(&folder.0).await?;
    let last = said.last().map(ToString::to_string).unwrap_or_default();
    assert!(last.contains("電話番号"), "{last}");
    phone.hang_up()?;
    bot.stop().await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_caller_who_hangs_up_or_changes_their_mind_stops_the_ringing() -> anyhow::Result<()> {
    let folder = Folder::new()?;
    let mut desk = Extension::new()?;
    let (bot, mut phone) = asked(&folder, &desk, "60").await?;
    desk.rung()?;
    phone.press('5')?;
    desk.given_up()?;
    assert_eq!(result(&folder, 3).await?, "given_up");
    phone.drain()?;
    phone.until(true, 10)?;
    phone.press('2')?;
    desk.rung()?;
    phone.hang_up()?;
    desk.given_up()?;
    assert_eq!(heard(&folder, 5).await?[4]["type"], "hangup");
    bot.stop().await
}
