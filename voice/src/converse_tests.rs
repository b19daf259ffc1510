//! Whole calls with scripted ears, mouth and dialogue, in a time that stands still until everybody waits.

use crate::{
    Answer, Caller, Connect, Connection, Desks, Dial, Dialled, Ears, FRAME, Frame, Heard, Hints, Incoming, Leg, Line, Lobby, Media, Mouth, NotReached, Packet, Patience, Prompts, Refusal, SILENCE, SpeechError, Switchboard, Talk, TalkError, Tried, Word, Words, media::Deck,
};
use futures_util::future::BoxFuture;
use model::{CityId, Content, Expecting, Lang, Part, Private};
use std::{
    collections::VecDeque,
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    time::Duration,
};
use tokio::sync::oneshot;

type Log = Arc<Mutex<Vec<String>>>;

fn note(log: &Log, words: impl Into<String>) {
    log.lock().expect("log").push(words.into());
}

/// Hears what the script says, in order.
struct Scripted(Mutex<VecDeque<&'static str>>);

impl Ears for Scripted {
    fn hear(&self, audio: &[i16], _: &Hints) -> Result<Heard, SpeechError> {
        assert!(audio.len() > 10 * FRAME);
        let text = self.0.lock().expect("script").pop_front().ok_or_else(|| SpeechError("nothing more to hear".to_owned()))?;
        Ok(Heard { text: text.to_owned(), confidence: 1.0 })
    }
}

/// 60 ms of a tone for each character.
struct Tone(Log);

impl Mouth for Tone {
    fn speak(&self, sentence: &str, speed: f32) -> Result<Vec<i16>, SpeechError> {
        note(&self.0, format!("make {sentence} {speed}"));
        Ok(vec![4_000; sentence.chars().count() * 3 * FRAME])
    }
}

struct Dialogue {
    log: Log,
    kind: &'static str,
    slow: Duration,
}

fn connect() -> Connect {
    Connect { desk: "市民課".to_owned(), to: "201".to_owned(), from: None, summary: Private("転送です。".to_owned()) }
}

impl Talk for Dialogue {
    fn say(&mut self, content: Content) -> BoxFuture<'_, Result<Answer, TalkError>> {
        note(&self.log, format!("{content:?}"));
        Box::pin(async move {
            tokio::time::sleep(self.slow).await;
            let text = match content {
                Content::Follow => "こちらは市役所です。ご用件をどうぞ。".to_owned(),
                Content::Hangup => return Ok(Answer::default()),
                other => format!("答えは、{}。", match other { Content::Text { text } => text, Content::Dtmf { digits } => digits, _ => "もう一度".to_owned() }),
            };
            let connect = text.contains("9").then(connect);
            let expecting = Some(Expecting { kind: self.kind.to_owned(), options: Vec::new() });
            Ok(Answer { parts: vec![Part::Text { text }], expecting, connect, ..Answer::default() })
        })
    }

    fn tried<'a>(&'a mut self, desk: &'a str, tried: Tried) -> BoxFuture<'a, Result<Answer, TalkError>> {
        note(&self.log, format!("{desk} {tried:?}"));
        Box::pin(async { Ok(Answer { parts: vec![Part::Text { text: "おつなぎできませんでした。".to_owned() }], ..Answer::default() }) })
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

const PATIENCE: Patience = Patience { ring: Duration::from_secs(20), wait: Duration::from_secs(60) };

/// What a desk's telephone does.
#[derive(Clone, Copy)]
enum Does {
    Answers,
    Rings,
    Not(NotReached),
}

/// The desks' telephones: each time one is rung, the next thing of the script.
#[derive(Clone, Default)]
struct Exchange {
    script: Arc<Mutex<VecDeque<Does>>>,
    staff: Handset,
    hung_up: Arc<AtomicBool>,
    rings: Arc<AtomicUsize>,
    /// What the trunk learned of the calls.
    told: Arc<Mutex<Vec<oneshot::Receiver<Connection>>>>,
}

/// Counts the telephones that are ringing.
struct Ring(Arc<AtomicUsize>);

impl Drop for Ring {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

impl Dial for Exchange {
    fn dial(&self, to: &str, _: Option<&Private<String>>) -> BoxFuture<'static, Result<Dialled, NotReached>> {
        assert_eq!(to, "201");
        let (own, does) = (self.clone(), self.script.lock().expect("script").pop_front().expect("rung as often as the script says"));
        own.rings.fetch_add(1, Ordering::Relaxed);
        let ring = Ring(own.rings.clone());
        Box::pin(async move {
            let _ring = ring;
            match does {
                Does::Not(why) => Err(why),
                Does::Rings => std::future::pending().await,
                Does::Answers => {
                    tokio::time::sleep(Duration::from_secs(2)).await;
                    let (connected, told) = oneshot::channel();
                    own.told.lock().expect("told").push(told);
                    let over = own.hung_up.clone();
                    Ok(Dialled { leg: Box::new(own.staff.clone()), ends: Box::new(move || over.store(true, Ordering::Relaxed)), connected })
                }
            }
        })
    }
}

struct House(Log, &'static str, Duration);

impl Lobby for House {
    fn city_of(&self, called: &str) -> Option<CityId> {
        called.parse().ok().filter(|_| called == "aoba")
    }

    fn open(&self, _: Incoming) -> BoxFuture<'static, Result<Box<dyn Talk>, TalkError>> {
        let talk = Dialogue { log: self.0.clone(), kind: self.1, slow: self.2 };
        Box::pin(async move { Ok(Box::new(talk) as Box<dyn Talk>) })
    }
}

/// A caller: what comes from them now, and what they hear.
#[derive(Clone, Default)]
struct Handset {
    speaking: Arc<AtomicBool>,
    keys: Arc<Mutex<Vec<char>>>,
    heard: Arc<Mutex<Vec<bool>>>,
    step: Arc<Mutex<u16>>,
}

impl Leg for Handset {
    fn receive(&mut self, sink: &mut dyn FnMut(Packet)) {
        let mut step = self.step.lock().expect("step");
        *step += 1;
        let n = usize::from(*step);
        let voice: Frame = std::array::from_fn(|k| {
            let at = (n * FRAME + k) as f32 / 8_000.0;
            let harmonics: f32 = (1..14).map(|h| (std::f32::consts::TAU * 140.0 * h as f32 * at).sin() / (1.0 + (h as f32 - 4.0).abs())).sum();
            (harmonics * 4_000.0 * (0.7 + 0.3 * (at * 25.0).sin())) as i16
        });
        let samples = if self.speaking.load(Ordering::Relaxed) { voice } else { SILENCE };
        sink(Packet::Audio { sequence: *step, samples: samples.to_vec() });
        self.keys.lock().expect("keys").drain(..).for_each(|key| sink(Packet::Key(key)));
    }

    fn send(&mut self, frame: &Frame) {
        self.heard.lock().expect("heard").push(frame[0] != 0);
    }
}

struct Stage {
    board: Switchboard,
    deck: Deck,
    log: Log,
    handset: Handset,
    over: Arc<AtomicBool>,
    exchange: Exchange,
}

impl Stage {
    fn new(heard: Option<&[&'static str]>, kind: &'static str, slow: Duration) -> Self {
        let log = Log::default();
        let (media, deck) = Media::by_hand();
        let ears = heard.map(|heard| Arc::new(Scripted(Mutex::new(heard.iter().copied().collect()))) as Arc<dyn Ears>);
        let exchange = Exchange::default();
        let desks = Desks::new(Arc::new(exchange.clone()), media.clone(), PATIENCE);
        let line = Line::new(ears, Arc::new(Prompts::new(Arc::new(Tone(log.clone())))), 1).with_desks(desks);
        let board = Switchboard::new(Arc::new(House(log.clone(), kind, slow)), media, Arc::new(line), 1);
        Self { board, deck, log, handset: Handset::default(), over: Arc::default(), exchange }
    }

    fn ring(&mut self) -> crate::Connection {
        let over = self.over.clone();
        let Ok(admitted) = self.board.admit("aoba", Caller::default()) else { panic!("a free line") };
        admitted.connect(Box::new(self.handset.clone()), Box::new(move || over.store(true, Ordering::Relaxed)))
    }

    async fn steps(&mut self, count: usize) {
        for _ in 0..count {
            self.deck.step();
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    async fn speak(&mut self, steps: usize) {
        self.handset.speaking.store(true, Ordering::Relaxed);
        self.steps(steps).await;
        self.handset.speaking.store(false, Ordering::Relaxed);
    }

    fn press(&self, keys: &str) {
        self.handset.keys.lock().expect("keys").extend(keys.chars());
    }

    /// What the dialogue and the mouth were asked since.
    fn took(&self) -> Vec<String> {
        std::mem::take(&mut self.log.lock().expect("log"))
    }

    fn sounding(&self) -> bool {
        self.handset.heard.lock().expect("heard").last().copied().unwrap_or_default()
    }
}

#[tokio::test(start_paused = true)]
async fn a_caller_is_greeted_heard_and_answered_by_voice_and_by_keys() {
    let mut stage = Stage::new(Some(&["住民票が欲しいです"]), "choice", Duration::ZERO);
    let connection = stage.ring();
    stage.steps(10).await;
    assert!(stage.sounding(), "the greeting is heard within 200 ms");
    stage.steps(90).await;
    assert_eq!(stage.took(), ["Follow", "make こちらは市役所です。 1", "make ご用件をどうぞ。 1"]);
    stage.speak(40).await;
    let ended = stage.handset.heard.lock().expect("heard").len();
    stage.steps(60).await;
    assert_eq!(stage.took(), ["Text { text: \"住民票が欲しいです\" }", "make 答えは、住民票が欲しいです。 1"]);
    let gap = stage.handset.heard.lock().expect("heard")[ended..].iter().position(|sound| *sound).expect("an answer");
    assert!(gap <= 35, "{gap} steps of 20 ms from the end of the voice to the answer");
    stage.press("2");
    stage.steps(20).await;
    assert_eq!(stage.took(), ["Dtmf { digits: \"2\" }", "make 答えは、2。 1"]);
    stage.press("0");
    stage.steps(20).await;
    assert_eq!(stage.took()[0], "Postback { value: \"human\", label: None }");
    connection.gone();
    stage.steps(5).await;
    assert_eq!(stage.took(), ["Hangup"]);
    drop(connection);
    stage.steps(1).await;
    assert!(stage.over.load(Ordering::Relaxed) && stage.deck.calls() == 0 && stage.board.taken() == 0, "nothing is left of it");
}

#[tokio::test(start_paused = true)]
async fn a_nod_lets_us_go_on_and_an_interruption_is_answered() {
    let mut stage = Stage::new(Some(&["はい", "やっぱり図書館です"]), "choice", Duration::ZERO);
    let _connection = stage.ring();
    stage.steps(30).await;
    stage.took();
    stage.speak(15).await;
    assert!(!stage.sounding(), "held while the caller speaks");
    stage.steps(45).await;
    assert!(stage.sounding() && stage.took().is_empty(), "and goes on where it was");
    stage.speak(30).await;
    stage.steps(50).await;
    assert_eq!(stage.took()[0], "Text { text: \"やっぱり図書館です\" }");
}

#[tokio::test(start_paused = true)]
async fn a_number_said_in_pieces_is_one_answer() {
    let mut stage = Stage::new(Some(&["090の", "090の1234の", "090の1234の5678です"]), "phone", Duration::ZERO);
    let _connection = stage.ring();
    stage.steps(110).await;
    stage.took();
    for _ in 0..3 {
        stage.speak(40).await;
        stage.steps(45).await;
    }
    assert_eq!(stage.took()[0], "Text { text: \"090の1234の5678です\" }");
}

#[tokio::test(start_paused = true)]
async fn without_a_model_the_caller_is_told_to_use_the_keys() {
    let mut stage = Stage::new(None, "choice", Duration::ZERO);
    let _connection = stage.ring();
    stage.steps(110).await;
    stage.took();
    stage.speak(40).await;
    stage.steps(60).await;
    assert_eq!(stage.took(), ["make KeysOnly 1"], "then the question again, which is made already");
    stage.press("1");
    stage.steps(10).await;
    assert_eq!(stage.took()[0], "Dtmf { digits: \"1\" }");
}

#[tokio::test(start_paused = true)]
async fn silence_is_asked_about_twice_and_then_there_is_a_farewell() {
    let mut stage = Stage::new(Some(&[]), "choice", Duration::ZERO);
    let _connection = stage.ring();
    stage.steps(1_800).await;
    let took = stage.took();
    assert_eq!(took.iter().filter(|line| *line == "Silence").count(), 2, "{took:?}");
    assert_eq!(took[took.len() - 2..], ["make Farewell 1", "Hangup"]);
    assert!(stage.over.load(Ordering::Relaxed));
}

#[tokio::test(start_paused = true)]
async fn a_long_look_up_is_bridged_with_a_word() {
    let mut stage = Stage::new(Some(&[]), "choice", Duration::from_secs(3));
    let _connection = stage.ring();
    stage.steps(90).await;
    assert_eq!(stage.took(), ["Follow", "make Wait 1"]);
    stage.steps(100).await;
    assert_eq!(stage.took()[0], "make こちらは市役所です。 1");
}

#[tokio::test(start_paused = true)]
async fn an_unknown_number_and_a_full_house_are_refused() {
    let mut stage = Stage::new(None, "choice", Duration::ZERO);
    assert_eq!(stage.board.admit("0000", Caller::default()).err(), Some(Refusal::NoSuchNumber));
    let connection = stage.ring();
    assert_eq!(stage.board.admit("aoba", Caller::default()).err(), Some(Refusal::Full));
    connection.gone();
    drop(connection);
    stage.steps(5).await;
    assert!(stage.board.admit("aoba", Caller::default()).is_ok());
}

/// A caller presses 9, which is answered with being put through; what the desk's telephone does then.
async fn put_through(does: &[Does]) -> (Stage, Connection) {
    let mut stage = Stage::new(Some(&[]), "choice", Duration::ZERO);
    stage.exchange.script.lock().expect("script").extend(does);
    let connection = stage.ring();
    stage.steps(10).await;
    stage.press("9");
    stage.steps(10).await;
    assert_eq!(stage.took()[3..], ["Dtmf { digits: \"9\" }", "make 答えは、9。 1"]);
    (stage, connection)
}

#[tokio::test(start_paused = true)]
async fn who_is_put_through_hears_music_then_the_staff_who_were_told_first() {
    let (mut stage, connection) = put_through(&[Does::Answers]).await;
    stage.steps(60).await;
    assert!(stage.sounding(), "music while it rings");
    stage.steps(60).await;
    assert_eq!(stage.took(), ["make 転送です。 1"]);
    let staff = stage.exchange.staff.clone();
    let told = staff.heard.lock().expect("heard").iter().filter(|sound| **sound).count();
    assert!((10..20).contains(&told), "{told} steps of the word to the staff");
    stage.steps(30).await;
    assert_eq!(stage.took(), ["市民課 Talking"]);
    // Each hears the other, and we say nothing any more.
    staff.heard.lock().expect("heard").clear();
    stage.steps(20).await;
    assert!(!stage.sounding() && staff.heard.lock().expect("heard").iter().all(|sound| !sound));
    stage.speak(20).await;
    assert!(staff.heard.lock().expect("heard").iter().filter(|sound| **sound).count() > 15);
    staff.speaking.store(true, Ordering::Relaxed);
    stage.steps(20).await;
    assert!(stage.sounding());
    // The staff hang up, and the call is over.
    let at_desk = stage.exchange.told.lock().expect("told").pop().expect("a call").try_recv().expect("a connection");
    at_desk.gone();
    stage.steps(5).await;
    assert!(stage.over.load(Ordering::Relaxed) && stage.exchange.hung_up.load(Ordering::Relaxed));
    drop((at_desk, connection));
    stage.steps(2).await;
    assert_eq!((stage.took(), stage.deck.calls(), stage.board.taken()), (vec!["Hangup".to_owned()], 0, 0));
}

#[tokio::test(start_paused = true)]
async fn a_desk_that_is_busy_is_waited_for_with_the_place_said_and_a_key_ends_it() {
    let (mut stage, _connection) = put_through(&[Does::Not(NotReached::Busy), Does::Rings]).await;
    stage.steps(60).await;
    assert_eq!(stage.took(), ["make Place(1) 1"]);
    stage.steps(300).await;
    assert_eq!(stage.exchange.rings.load(Ordering::Relaxed), 1);
    // Talk beside the telephone stops nothing.
    stage.speak(40).await;
    stage.steps(60).await;
    assert!(stage.took().is_empty() && stage.sounding());
    stage.press("1");
    stage.steps(20).await;
    assert_eq!(stage.took(), ["市民課 GivenUp", "make おつなぎできませんでした。 1"]);
    assert_eq!(stage.exchange.rings.load(Ordering::Relaxed), 0, "it has stopped ringing");
}

#[tokio::test(start_paused = true)]
async fn who_cannot_be_put_through_is_back_at_the_counter() {
    for (does, told, seconds) in [(Does::Rings, "市民課 Not(NoAnswer)", 21), (Does::Not(NotReached::Failed), "市民課 Not(Failed)", 1)] {
        let (mut stage, _connection) = put_through(&[does]).await;
        stage.steps(50 * seconds).await;
        assert_eq!(stage.took()[..2], [told, "make おつなぎできませんでした。 1"]);
        stage.press("2");
        stage.steps(20).await;
        assert!(stage.took().contains(&"Dtmf { digits: \"2\" }".to_owned()));
    }
}

#[tokio::test(start_paused = true)]
async fn a_caller_who_hangs_up_while_it_rings_leaves_nothing_ringing() {
    let (mut stage, connection) = put_through(&[Does::Rings]).await;
    stage.steps(60).await;
    assert_eq!(stage.exchange.rings.load(Ordering::Relaxed), 1);
    connection.gone();
    stage.steps(5).await;
    assert_eq!((stage.exchange.rings.load(Ordering::Relaxed), stage.over.load(Ordering::Relaxed)), (0, true));
}
