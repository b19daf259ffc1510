//! The telephone from outside: the real binary, its voice, calls by SIP and RTP.

use anyhow::Context;
use e2e::{
    Bot, Folder,
    calls::{answered, heard},
    run,
};
use handset::{Phone, free_address};
use std::{
    fs,
    net::{SocketAddr, UdpSocket},
    path::Path,
    process::Command,
    time::Duration,
};

async fn serve(folder: &Folder, settings: &[(&str, &str)]) -> anyhow::Result<(Bot, SocketAddr)> {
    let sip = free_address()?;
    let listen = sip.to_string();
    let mut all = vec![("BOT_PHONE__SIP_LISTEN", listen.as_str()), ("BOT_PHONE__LINES", "60")];
    all.extend(settings);
    Ok((Bot::serve(&folder.0, &all).await?, sip))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_caller_is_greeted_by_voice_and_chooses_with_keys() -> anyhow::Result<()> {
    let folder = Folder::new()?;
    let (bot, sip) = serve(&folder, &[]).await?;
    // The city's number, as the trunk writes it.
    let mut phone = Phone::new(sip, "+81600002000")?;
    let took = phone.call()?;
    println!("answered after {} ms", took.as_millis());
    assert!(took < Duration::from_secs(1), "{took:?}");
    let first = phone.until(true, 10)?;
    println!("the greeting began after {} ms", first * 20);
    // A key silences the greeting at once, one that means nothing too; the answer to another is spoken.
    phone.press('#')?;
    let silent = phone.until(false, 5)?;
    println!("silent {} ms after the key", (silent - 5) * 20);
    assert!(silent <= 15, "{silent} frames");
    phone.press('1')?;
    phone.until(true, 10)?;
    let events = heard(&folder.0, 2).await?;
    assert_eq!((events[0]["type"].as_str(), &events[1]), (Some("follow"), &serde_json::json!({ "type": "dtmf", "digits": "1" })));
    let said = answered(&folder.0).await?;
    assert!(said[0].to_string().contains("1、") && said.len() == 2, "{said:?}");
    assert_ne!(said[0]["parts"], said[1]["parts"], "the key led on");
    phone.hang_up()?;
    assert_eq!(heard(&folder.0, 3).await?[2]["type"], "hangup");
    bot.stop().await
}

#[tokio::test(flavor = "multi_thread")]
async fn one_line_is_held_taken_hung_up_in_mid_turn_and_free_again() -> anyhow::Result<()> {
    let folder = Folder::new()?;
    let (bot, sip) = serve(&folder, &[("BOT_PHONE__LINES", "1")]).await?;
    let mut phone = Phone::new(sip, "aoba")?;
    phone.call()?;
    phone.until(true, 10)?;
    phone.offer_again("sendonly")?;
    assert!(phone.nothing_for(Duration::from_millis(200))?, "on hold not even packets come");
    // The only line is taken: the trunk's overflow has to take this call.
    let mut other = Phone::new(sip, "aoba")?;
    other.send("INVITE", "", &other.offer("")?)?;
    let full = other.answer()?;
    assert_eq!((full.status, full.header("Retry-After")), (503, Some("10")), "{}", full.text);
    other.send("ACK", "", "")?;
    phone.offer_again("sendrecv")?;
    phone.until(true, 10)?;
    // Gone while the answer is being thought of: the key still counts, and nobody waits on the line.
    phone.press('1')?;
    phone.hang_up()?;
    let events = heard(&folder.0, 3).await?;
    let kinds: Vec<&str> = events.iter().filter_map(|event| event["type"].as_str()).collect();
    assert_eq!(kinds, ["follow", "dtmf", "hangup"]);
    let calls = Command::new("sipp").current_dir(&folder.0).args(["-sn", "uac", "-s", "aoba", "-m", "3", "-l", "1", "-d", "300", "-i", "127.0.0.1", "-nostdin", "-timeout", "60", &sip.to_string()]).output()?;
    assert!(calls.status.success(), "{}", String::from_utf8_lossy(&calls.stderr));
    bot.stop().await
}

#[tokio::test(flavor = "multi_thread")]
async fn who_wants_a_person_leaves_a_number_with_the_keys_alone() -> anyhow::Result<()> {
    let folder = Folder::new()?;
    let (bot, sip) = serve(&folder, &[]).await?;
    let mut phone = Phone::new(sip, "aoba")?;
    phone.call()?;
    phone.until(true, 10)?;
    // A person; a call back; the number; in the morning; yes.
    for (n, keys) in ["0", "1", "0600001234#", "1", "1"].into_iter().enumerate() {
        keys.chars().try_for_each(|key| phone.press(key))?;
        heard(&folder.0, n + 2).await?;
        // The answer is being spoken: from now on keys mean what it asks for.
        phone.until(false, 5)?;
        phone.until(true, 5)?;
    }
    phone.hang_up()?;
    let events = heard(&folder.0, 7).await?;
    assert_eq!(events[3]["digits"], "0600001234");
    let said = answered(&folder.0).await?;
    let last = said.last().map(ToString::to_string).unwrap_or_default();
    assert!(said[1].to_string().contains("06-") && last.contains("受付番号"), "{said:?}");
    bot.stop().await
}

#[tokio::test(flavor = "multi_thread")]
async fn strangers_get_no_answer_at_all() -> anyhow::Result<()> {
    let folder = Folder::new()?;
    let sip = SocketAddr::from(([0, 0, 0, 0], free_address()?.port()));
    let bot = Bot::serve(&folder.0, &[("BOT_PHONE__SIP_LISTEN", &sip.to_string()), ("BOT_PHONE__LINES", "1"), ("BOT_PHONE__PEERS", "[\"127.0.0.3\"]")]).await?;
    let ask = |host: &str| -> anyhow::Result<UdpSocket> {
        let socket = UdpSocket::bind((host, 0))?;
        let from = socket.local_addr()?;
        let text = format!("OPTIONS sip:100@{sip} SIP/2.0\r\nVia: SIP/2.0/UDP {from};branch=z9hG4bK{host};rport\r\nMax-Forwards: 70\r\nFrom: <sip:100@{from}>;tag=1\r\nTo: <sip:100@{sip}>\r\nCall-ID: {host}\r\nCSeq: 1 OPTIONS\r\nContact: <sip:100@{from}>\r\nContent-Length: 0\r\n\r\n");
        socket.send_to(text.as_bytes(), ("127.0.0.1", sip.port()))?;
        Ok(socket)
    };
    let stranger = ask("127.0.0.2")?;
    // Who was asked later is answered, so the stranger's question has been dropped.
    for host in ["127.0.0.3", "127.0.0.1"] {
        let peer = ask(host)?;
        peer.set_read_timeout(Some(Duration::from_secs(20)))?;
        let mut bytes = [0; 2_048];
        let length = peer.recv(&mut bytes)?;
        assert!(bytes[..length].starts_with(b"SIP/2.0 200"), "{}", String::from_utf8_lossy(&bytes[..length]));
    }
    stranger.set_nonblocking(true)?;
    assert!(stranger.recv(&mut [0; 2_048]).is_err(), "a scanner learns nothing");
    bot.stop().await
}

/// What baresip needs to call with a file for a microphone and to keep what it hears.
fn baresip(folder: &Folder, said: &Path) -> anyhow::Result<Command> {
    let home = folder.0.join("baresip");
    fs::create_dir_all(&home)?;
    let (listen, said, home_text) = (free_address()?, said.display(), home.display());
    let modules = ["/usr/lib/baresip/modules", "/usr/lib/x86_64-linux-gnu/baresip/modules", "/usr/lib/aarch64-linux-gnu/baresip/modules"];
    let modules = modules.into_iter().find(|folder| Path::new(folder).exists()).context("baresip-core is not installed")?;
    fs::write(
        home.join("config"),
        format!(
            "poll_method epoll\nsip_listen {listen}\naudio_source aufile,{said}\naudio_player aufile,{home_text}/out.wav\naudio_alert aufile,{home_text}/none.wav\nausrc_srate 8000\nauplay_srate 8000\nausrc_channels 1\nauplay_channels 1\nsnd_path {home_text}\nmodule_path {modules}\nmodule g711.so\nmodule aufile.so\nmodule sndfile.so\nmodule_tmp uuid.so\nmodule_tmp account.so\nmodule_app menu.so\n"
        ),
    )?;
    fs::write(home.join("accounts"), "<sip:0611112222@127.0.0.1>;regint=0;audio_codecs=PCMA/8000\n")?;
    fs::write(home.join("contacts"), "")?;
    let mut command = Command::new("baresip");
    command.arg("-f").arg(&home);
    Ok(command)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_telephone_that_others_wrote_hears_the_greeting_and_is_heard() -> anyhow::Result<()> {
    let folder = Folder::new()?;
    let said = folder.0.join("said.wav");
    let (fine, _, errors) = run(&folder.0, &["say", "図書館は、何時まで開いていますか。教えてください。お願いします。", "--out", &said.to_string_lossy()], "")?;
    assert!(fine, "{errors}");
    let (bot, sip) = serve(&folder, &[]).await?;
    let called = baresip(&folder, &said)?.args(["-e", &format!("/dial sip:aoba@{sip}"), "-t", "10"]).output()?;
    let told = String::from_utf8_lossy(&called.stdout).into_owned();
    assert!(told.contains("Call established"), "{told}");
    let kept = fs::read_dir(folder.0.join("baresip"))?.filter_map(Result::ok).map(|entry| entry.path()).find(|path| path.to_string_lossy().ends_with("-dec.wav")).context("baresip kept nothing of what it heard")?;
    let sound = fs::read(kept)?;
    let loud = sound.chunks_exact(320).filter(|frame| frame.chunks_exact(2).any(|sample| i16::from_le_bytes([sample[0], sample[1]]).unsigned_abs() > 1_000)).count();
    assert!(loud > 150, "{loud} frames of 20 ms were heard");
    let events = heard(&folder.0, 2).await?;
    assert_eq!((events[0]["type"].as_str(), events.last().and_then(|event| event["type"].as_str())), (Some("follow"), Some("hangup")));
    bot.stop().await
}

#[test]
fn a_text_is_spoken_into_a_file() -> anyhow::Result<()> {
    let folder = Folder::new()?;
    let out = folder.0.join("said.wav");
    let (fine, _, errors) = run(&folder.0, &["say", "こんにちは。図書館は12月1日の9時からです。", "--out", &out.to_string_lossy()], "")?;
    assert!(fine, "{errors}");
    let sound = std::fs::read(&out)?;
    let seconds = (sound.len() - 44) as f64 / 16_000.0;
    assert!((3.0..9.0).contains(&seconds), "{seconds}");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_broken_speech_model_leaves_the_keys_and_check_tells() -> anyhow::Result<()> {
    let folder = Folder::new()?;
    let model = folder.0.join("model.bin");
    std::fs::write(&model, b"no model")?;
    let model = model.to_string_lossy().into_owned();
    let (bot, sip) = serve(&folder, &[("BOT_VOICE__MODEL", &model)]).await?;
    let mut phone = Phone::new(sip, "aoba")?;
    phone.call()?;
    phone.until(true, 10)?;
    phone.press('1')?;
    assert_eq!(heard(&folder.0, 2).await?[1]["digits"], "1");
    phone.hang_up()?;
    bot.stop().await?;
    let settings = folder.0.join("settings.toml");
    std::fs::write(&settings, format!("[phone]\nlines = 1\n[voice]\nmodel = \"{model}\"\n"))?;
    let (fine, said, _) = run(&folder.0, &["check", "--config", &settings.to_string_lossy()], "")?;
    assert!(fine && said.contains("switched off"), "the environment wins: {said}");
    let (fine, _, errors) = run(&folder.0, &["transcribe", "--config", &settings.to_string_lossy(), "x.wav"], "")?;
    assert!(!fine && errors.contains("too short"), "{errors}");
    Ok(())
}
