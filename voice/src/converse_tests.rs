//! Whole calls with scripted ears, mouth and dialogue, in a time that stands still until everybody waits.

use crate::{
    Answer, Caller, Ears, FRAME, Frame, Heard, Hints, Incoming, Leg, Line, Lobby, Media, Mouth, Packet, Prompts, Refusal, SILENCE, SpeechError, Switchboard, Talk, TalkError, Word, media::Deck,
};
use futures_util::future::BoxFuture;
use model::{CityId, Content, Expecting, Part};
use std::{
    collections::VecDeque,
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

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
            let expecting = Some(Expecting { kind: self.kind.to_owned(), options: Vec::new() });
            Ok(Answer { parts: vec![Part::Text { text }], expecting, ..Answer::default() })
        })
    }

    fn word(&self, word: Word) -> String {
        format!("{word:?}")
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
}

impl Stage {
    fn new(heard: Option<&[&'static str]>, kind: &'static str, slow: Duration) -> Self {
        let log = Log::default();
        let (media, deck) = Media::by_hand();
        let ears = heard.map(|heard| Arc::new(Scripted(Mutex::new(heard.iter().copied().collect()))) as Arc<dyn Ears>);
        let line = Line::new(ears, Arc::new(Prompts::new(Arc::new(Tone(log.clone())))), 1);
        let board = Switchboard::new(Arc::new(House(log.clone(), kind, slow)), media, Arc::new(line), 1);
        Self { board, deck, log, handset: Handset::default(), over: Arc::default() }
    }

    fn ring(&mut self) -> crate::Connection {
        let over = self.over.clone();
        let admitted = self.board.admit("aoba", Caller::default()).ok().expect("a free line");
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
