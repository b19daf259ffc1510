//! Calls by SIP and RTP on a line with a scripted dialogue: refusals, hold, keys, timers, many at once.

use anyhow::ensure;
use futures_util::future::BoxFuture;
use handset::{Phone, Response, free_address};
use model::{CityId, Content, Lang, Part, SequentialIds};
use sip::{Peers, Settings, SipLine};
use std::{
    net::{SocketAddr, UdpSocket},
    process::Command,
    sync::{Arc, Mutex},
    time::{Duration, Instant},
};
use tokio::{sync::watch, task::JoinHandle};
use voice::{Answer, Incoming, Line, Lobby, Media, Mouth, Prompts, SpeechError, Switchboard, Talk, TalkError, Tried, Word, Words};

type Log = Arc<Mutex<Vec<String>>>;

/// Two seconds of a tone for everything; the greeting is loud.
struct Tone;

const LOUD: i16 = 12_000;
const SOFT: i16 = 3_000;

impl Mouth for Tone {
    fn speak(&self, sentence: &str, _: f32) -> Result<Vec<i16>, SpeechError> {
        let level = if sentence == GREETING { LOUD } else { SOFT };
        Ok([level, level, -level, -level].repeat(4_000))
    }
}

const GREETING: &str = "市役所です。";

struct House(Log);

struct Dialogue(Log);

impl Lobby for House {
    fn city_of(&self, called: &str) -> Option<CityId> {
        called.parse().ok().filter(|_| called == "aoba")
    }

    fn open(&self, incoming: Incoming) -> BoxFuture<'static, Result<Box<dyn Talk>, TalkError>> {
        let log = self.0.clone();
        note(&log, format!("from {:?}", incoming.caller.number.map(|number| number.0)));
        Box::pin(async move { Ok(Box::new(Dialogue(log)) as Box<dyn Talk>) })
    }
}

impl Talk for Dialogue {
    fn say(&mut self, content: Content) -> BoxFuture<'_, Result<Answer, TalkError>> {
        note(&self.0, match &content {
            Content::Dtmf { digits } => format!("keys {digits}"),
            other => format!("{other:?}"),
        });
        let parts = match content {
            Content::Hangup => Vec::new(),
            Content::Follow => vec![Part::Text { text: GREETING.to_owned() }],
            _ => vec![Part::Text { text: "はい。".to_owned() }],
        };
        Box::pin(async move { Ok(Answer { parts, ..Answer::default() }) })
    }

    fn tried<'a>(&'a mut self, desk: &'a str, tried: Tried) -> BoxFuture<'a, Result<Answer, TalkError>> {
        note(&self.0, format!("{desk} {tried:?}"));
        Box::pin(async { Ok(Answer::default()) })
    }

    fn words(&self) -> Arc<dyn Words> {
        Arc::new(Names)
    }
}

struct Names;

impl Words for Names {
    fn word(&self, word: Word, _: Lang) -> String {
        format!("{word:?}")
    }
}

fn note(log: &Log, words: String) {
    log.lock().expect("log").push(words);
}

struct Stage {
    sip: SocketAddr,
    log: Log,
    board: Switchboard,
    stop: watch::Sender<bool>,
    serving: JoinHandle<()>,
}

impl Stage {
    async fn new(lines: usize, overflow: Option<&str>) -> anyhow::Result<Self> {
        let sip = free_address()?;
        let settings = Settings { listen: sip, public: None, ports: None, peers: Peers::read(&[])?, overflow: overflow.map(str::to_owned), account: None };
        let line = SipLine::bind(settings, Arc::new(SequentialIds::default())).await?;
        let log = Log::default();
        let board = Switchboard::new(Arc::new(House(log.clone())), Media::start()?, Arc::new(Line::new(None, Arc::new(Prompts::new(Arc::new(Tone))), 1)), lines);
        let (stop, stopped) = watch::channel(false);
        let serving = tokio::spawn(line.serve(board.clone(), stopped));
        Ok(Self { sip, log, board, stop, serving })
    }

    fn phone(&self) -> anyhow::Result<Phone> {
        Phone::new(self.sip, "aoba")
    }

    /// Waits until something is so; it comes about by messages, not by time.
    async fn until(&self, what: &str, mut so: impl FnMut(&[String], usize) -> bool) -> anyhow::Result<()> {
        let began = Instant::now();
        loop {
            let log = self.log.lock().expect("log").clone();
            if so(&log, self.board.taken()) {
                return Ok(());
            }
            ensure!(began.elapsed() < Duration::from_secs(20), "{what}: {log:?}, {} lines taken", self.board.taken());
            tokio::task::yield_now().await;
        }
    }

    fn refused(&self, user: &str, headers: &str, offer: Option<&str>) -> anyhow::Result<Response> {
        let mut phone = Phone::new(self.sip, user)?;
        let offer = offer.map_or_else(|| phone.offer(""), |offer| Ok(offer.to_owned()))?;
        phone.send("INVITE", headers, &offer)?;
        let answer = phone.answer()?;
        phone.send("ACK", "", "")?;
        Ok(answer)
    }

    async fn close(self) -> anyhow::Result<()> {
        self.stop.send(true)?;
        Ok(self.serving.await?)
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_call_is_answered_heard_keyed_and_ended_by_either_side() -> anyhow::Result<()> {
    let stage = Stage::new(4, None).await?;
    let mut phone = stage.phone()?;
    let took = phone.call()?;
    assert!(took < Duration::from_secs(1), "{took:?}");
    phone.until(true, 10)?;
    phone.press('1')?;
    let mut after = 0;
    while phone.hear()?.iter().any(|sample| sample.abs() > 2 * SOFT) {
        after += 1;
    }
    assert!(after <= 12, "the greeting went on for {after} frames of 20 ms");
    phone.until(true, 10)?;
    phone.send("INFO", "Content-Type: application/dtmf-relay\r\n", "Signal=5\r\nDuration=160\r\n")?;
    assert_eq!(phone.answer()?.status, 200);
    stage.until("the keys", |log, _| log == ["from Some(\"0611112222\")", "Follow", "keys 1", "keys 5"]).await?;
    phone.hang_up()?;
    stage.until("the end", |log, taken| log.last().is_some_and(|last| last == "Hangup") && taken == 0).await?;
    phone.send("BYE", "", "")?;
    assert_eq!(phone.answer()?.status, 481, "there is no such call any more");
    // The line closes: who is talking is told.
    let mut other = stage.phone()?;
    other.call()?;
    other.until(true, 3)?;
    let told = tokio::task::spawn_blocking(move || other.request("BYE"));
    stage.close().await?;
    told.await??;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_taken_is_refused_with_the_reason() -> anyhow::Result<()> {
    let stage = Stage::new(1, None).await?;
    assert_eq!(stage.refused("0699999999", "", None)?.status, 404);
    let unknown = "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\nm=audio 4000 RTP/AVP 18\r\n";
    assert_eq!(stage.refused("aoba", "", Some(unknown))?.status, 488);
    assert_eq!(stage.refused("aoba", "", Some(""))?.status, 488);
    let short = stage.refused("aoba", "Supported: timer\r\nSession-Expires: 30\r\n", None)?;
    assert_eq!((short.status, short.header("Min-SE")), (422, Some("90")), "{}", short.text);
    for (method, status) in [("OPTIONS", 200), ("REGISTER", 405), ("MESSAGE", 405)] {
        let mut phone = stage.phone()?;
        phone.send(method, "", "")?;
        assert_eq!(phone.answer()?.status, status, "{method}");
    }
    // What is no SIP at all harms nobody.
    let noise = UdpSocket::bind("127.0.0.1:0")?;
    for bytes in [&b"\r\n\r\n"[..], b"INVITE", &[0xff; 300], b"INVITE sip:aoba@x SIP/2.0\r\n\r\n", b"SIP/2.0 200 OK\r\nCSeq: x\r\n\r\n", b"BYE sip:aoba@x SIP/2.0\r\nVia: \r\nCSeq: 99999999999 BYE\r\nCall-ID: \r\n\r\n"] {
        noise.send_to(bytes, stage.sip)?;
    }
    let mut talking = stage.phone()?;
    talking.send("INVITE", "Supported: timer\r\nSession-Expires: 600\r\n", &talking.offer("")?)?;
    let answer = talking.answer()?;
    assert_eq!((answer.status, answer.header("Session-Expires")), (200, Some("600;refresher=uac")), "{}", answer.text);
    talking.send("ACK", "", "")?;
    talking.until(true, 3)?;
    let full = stage.refused("aoba", "", None)?;
    assert_eq!((full.status, full.header("Retry-After")), (503, Some("10")), "{}", full.text);
    // A sign of life is answered, and sets the timer anew.
    talking.send("UPDATE", "Supported: timer\r\nSession-Expires: 600;refresher=uac\r\n", "")?;
    let alive = talking.answer()?;
    assert_eq!((alive.status, alive.header("Session-Expires")), (200, Some("600;refresher=uac")), "{}", alive.text);
    talking.hang_up()?;
    stage.until("a free line", |_, taken| taken == 0).await?;
    stage.close().await
}

#[tokio::test(flavor = "multi_thread")]
async fn on_hold_nothing_is_sent_and_afterwards_the_sentence_goes_on() -> anyhow::Result<()> {
    let stage = Stage::new(1, Some("sip:0600001000@pbx.example")).await?;
    let mut phone = stage.phone()?;
    phone.call()?;
    phone.until(true, 10)?;
    let held = phone.offer_again("sendonly")?;
    assert!(held.text.contains("a=recvonly"), "{}", held.text);
    assert!(phone.nothing_for(Duration::from_millis(200))?, "not even packets");
    // All lines are taken: the city's switchboard gets the next call.
    let elsewhere = stage.refused("aoba", "", None)?;
    assert_eq!((elsewhere.status, elsewhere.header("Contact")), (302, Some("<sip:0600001000@pbx.example>")), "{}", elsewhere.text);
    assert!(phone.offer_again("sendrecv")?.text.contains("a=sendrecv"));
    phone.until(true, 10)?;
    phone.hang_up()?;
    stage.close().await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_caller_may_vanish_before_during_and_after_the_answer() -> anyhow::Result<()> {
    let stage = Stage::new(8, None).await?;
    // Cancelled at the same moment: either the call is cancelled, or it was answered first and is hung up.
    let mut phone = stage.phone()?;
    phone.send("INVITE", "", &phone.offer("")?)?;
    phone.send("CANCEL", "", "")?;
    let first = phone.answer()?;
    assert!([200, 487].contains(&first.status), "{}", first.text);
    phone.send("ACK", "", "")?;
    if first.status == 200 && first.header("CSeq").is_some_and(|sequence| sequence.contains("INVITE")) {
        phone.hang_up()?;
    }
    // Hung up before the answer was acknowledged.
    let mut phone = stage.phone()?;
    phone.send("INVITE", "", &phone.offer("")?)?;
    assert_eq!(phone.answer()?.status, 200);
    phone.hang_up()?;
    // Hung up at once.
    let mut phone = stage.phone()?;
    phone.call()?;
    phone.hang_up()?;
    stage.until("nobody is left", |_, taken| taken == 0).await?;
    stage.close().await
}

#[tokio::test(flavor = "multi_thread")]
async fn sipp_calls_twenty_times_a_second_and_every_call_is_answered() -> anyhow::Result<()> {
    let stage = Stage::new(60, None).await?;
    for transport in ["u1", "t1"] {
        let calls = Command::new("sipp").current_dir(std::env::temp_dir()).args(["-sn", "uac", "-s", "aoba", "-m", "60", "-r", "20", "-d", "400", "-i", "127.0.0.1", "-t", transport, "-nostdin", "-timeout", "60", &stage.sip.to_string()]).output()?;
        assert!(calls.status.success(), "{transport}: {}\n{}", String::from_utf8_lossy(&calls.stdout), String::from_utf8_lossy(&calls.stderr));
    }
    stage.until("all are over", |log, taken| taken == 0 && log.iter().filter(|line| *line == "Hangup").count() == 120).await?;
    stage.close().await
}
