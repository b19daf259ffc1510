//! The talk of one call: hears, asks the dialogue, speaks.

use crate::{
    Answer, Desks, Digits, Ears, Event, Handle, Heard, Hints, Order, Prompts, Talk, TalkError, Tried, Word, Words,
    desks::Progress,
    is_back_channel, patience, sentences,
    transfer::{Transfer, staff},
};
use model::{Content, Expecting, Lang};
use std::{collections::HashMap, sync::Arc, time::Duration};
use tokio::{
    sync::{
        Semaphore,
        mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel},
    },
    task::AbortHandle,
    time::{Instant, sleep_until},
};

/// After so long without an answer the caller is told that we are still there.
const FILLER: Duration = Duration::from_millis(1_500);
/// An utterance over keys-only lines is not judged by its words: steps of silence that end it.
const UNHEARD: u32 = 25;
/// Unanswered questions until we say good-bye.
const SILENCES: u32 = 3;
/// As a slow speaker speaks.
const SLOW: f32 = 0.7;

/// What all calls of this process share.
pub struct Line {
    /// `None`: no speech model; the keys must do.
    pub ears: Option<Arc<dyn Ears>>,
    pub prompts: Arc<Prompts>,
    /// Utterances that are being recognised at a time.
    pub hearing: Arc<Semaphore>,
    /// `None`: nobody can be put through.
    pub desks: Option<Arc<Desks>>,
}

impl Line {
    pub fn new(ears: Option<Arc<dyn Ears>>, prompts: Arc<Prompts>, at_once: usize) -> Self {
        Self { ears, prompts, hearing: Arc::new(Semaphore::new(at_once.max(1))), desks: None }
    }

    pub fn with_desks(self, desks: Desks) -> Self {
        Self { desks: Some(Arc::new(desks)), ..self }
    }
}

/// Talks until one side hangs up.
pub async fn converse(line: &Line, talk: Box<dyn Talk>, call: &Arc<Handle>, mut events: UnboundedReceiver<Event>) {
    let words = talk.words();
    let (ask, questions) = unbounded_channel();
    let (answered, mut answers) = unbounded_channel();
    let (told, mut hearings) = unbounded_channel();
    let (progress, mut transfers) = unbounded_channel();
    let dialogue = tokio::spawn(ask_in_order(talk, questions, answered));
    let mut talking = Talking {
        line,
        call,
        ask,
        told,
        progress,
        words,
        lang: Lang::default(),
        batch: 0,
        speaking: None,
        last: Vec::new(),
        expecting: None,
        speed: 1.0,
        open: 0,
        filler: None,
        texts: HashMap::new(),
        ended: None,
        silences: 0,
        leaving: None,
        transfer: Transfer::None,
    };
    talking.put(Ask::Heard(Content::Follow));
    loop {
        let filler = talking.filler;
        tokio::select! {
            event = events.recv() => match event {
                None | Some(Event::Gone | Event::Dead) => break,
                Some(Event::Said { batch }) if talking.leaving == Some(batch) => break,
                Some(event) => talking.event(event),
            },
            event = staff(&mut talking.transfer) => match event {
                // The staff have hung up, and so do we.
                None | Some(Event::Gone | Event::Dead) => break,
                Some(_) => {}
            },
            Some(progress) = transfers.recv() => talking.progress(progress),
            Some(answer) = answers.recv() => talking.answer(answer),
            Some((take, heard)) = hearings.recv() => talking.heard(take, heard),
            () = async move { match filler { Some(at) => sleep_until(at).await, None => std::future::pending().await } } => talking.say_filler(),
        }
    }
    talking.hush();
    // What was said last is still handled; then the dialogue learns that the caller is gone.
    talking.put(Ask::Heard(Content::Hangup));
    drop(talking);
    let _ = dialogue.await;
}

/// The dialogue answers one thing after the other, while the call goes on.
async fn ask_in_order(mut talk: Box<dyn Talk>, mut questions: UnboundedReceiver<Ask>, answers: UnboundedSender<Result<Answer, TalkError>>) {
    while let Some(ask) = questions.recv().await {
        let answer = match ask {
            Ask::Heard(content) => talk.say(content).await,
            Ask::Tried(desk, tried) => talk.tried(&desk, tried).await,
        };
        let _ = answers.send(answer);
    }
}

/// What the dialogue is asked.
pub(crate) enum Ask {
    Heard(Content),
    Tried(String, Tried),
}

pub(crate) struct Talking<'a> {
    pub line: &'a Line,
    pub call: &'a Arc<Handle>,
    ask: UnboundedSender<Ask>,
    told: UnboundedSender<(u32, Result<Heard, String>)>,
    pub progress: UnboundedSender<Progress>,
    words: Arc<dyn Words>,
    lang: Lang,
    /// Numbers our answers: what is older is not said any more.
    pub batch: u64,
    speaking: Option<AbortHandle>,
    /// What was said last, for those who could not hear it.
    last: Vec<String>,
    expecting: Option<Expecting>,
    speed: f32,
    /// Questions that the dialogue has not answered yet.
    open: u32,
    filler: Option<Instant>,
    /// What was recognised, by take.
    texts: HashMap<u32, String>,
    /// An utterance that has ended and is still being recognised.
    ended: Option<(u32, bool)>,
    /// Times that nothing came, in a row.
    silences: u32,
    /// The batch after which we hang up.
    leaving: Option<u64>,
    pub transfer: Transfer,
}

impl Talking<'_> {
    fn event(&mut self, event: Event) {
        let Some(event) = self.in_transfer(event) else { return };
        match event {
            Event::Paused { take, audio } => self.recognise(take, audio),
            Event::Resumed { take } => {
                self.texts.remove(&take);
            }
            Event::Ended { take, over } => match self.texts.remove(&take) {
                Some(text) => self.utterance(&text, over),
                None if self.line.ears.is_none() => self.keys_only(),
                None => self.ended = Some((take, over)),
            },
            Event::Digits(digits) => self.digits(digits),
            Event::Quiet => self.quiet(),
            Event::Said { .. } | Event::Dead | Event::Gone => {}
        }
    }

    fn recognise(&mut self, take: u32, audio: Vec<i16>) {
        let Some(ears) = self.line.ears.clone() else {
            self.call.order(Order::Wait { take, steps: UNHEARD });
            return;
        };
        let hints = Hints { words: self.expecting.as_ref().map(|expecting| expecting.options.clone()).unwrap_or_default() };
        let (told, turn) = (self.told.clone(), self.line.hearing.clone());
        tokio::spawn(async move {
            let Ok(_permit) = turn.acquire_owned().await else { return };
            let heard = tokio::task::spawn_blocking(move || ears.hear(&audio, &hints)).await;
            let heard = heard.map_err(|error| error.to_string()).and_then(|heard| heard.map_err(|error| error.to_string()));
            let _ = told.send((take, heard));
        });
    }

    fn heard(&mut self, take: u32, heard: Result<Heard, String>) {
        let text = heard.map(|heard| heard.text).unwrap_or_else(|error| {
            tracing::warn!(%error, "speech could not be recognised");
            String::new()
        });
        if let Some((_, over)) = self.ended.take_if(|(ended, _)| *ended == take) {
            return self.utterance(&text, over);
        }
        self.call.order(Order::Wait { take, steps: patience(&text, self.expecting.as_ref()) });
        // Only the latest take can still end.
        self.texts.clear();
        self.texts.insert(take, text);
    }

    fn utterance(&mut self, text: &str, over: bool) {
        if over && (text.trim().is_empty() || is_back_channel(text, self.expecting.as_ref())) {
            self.call.order(Order::Resume);
            return;
        }
        if text.trim().is_empty() {
            return self.quiet();
        }
        self.silences = 0;
        self.hush();
        self.put(Ask::Heard(Content::Text { text: text.to_owned() }));
    }

    fn digits(&mut self, digits: String) {
        // What was being said is overtaken.
        (self.silences, self.ended) = (0, None);
        self.texts.clear();
        self.hush();
        match digits.as_str() {
            "#" => {}
            "*" => self.repeat(),
            // On every telephone, zero is a person.
            "0" if self.expecting.as_ref().is_none_or(|expecting| matches!(expecting.kind.as_str(), "choice" | "yes_no")) => {
                self.put(Ask::Heard(Content::Postback { value: "human".to_owned(), label: None }));
            }
            _ => self.put(Ask::Heard(Content::Dtmf { digits })),
        }
    }

    fn quiet(&mut self) {
        self.silences += 1;
        if self.silences >= SILENCES {
            let farewell = self.word(Word::Farewell);
            self.say(vec![farewell]);
            self.leaving = Some(self.batch);
        } else {
            self.put(Ask::Heard(Content::Silence));
        }
    }

    fn keys_only(&mut self) {
        let mut all = vec![self.word(Word::KeysOnly)];
        all.extend(self.last.iter().cloned());
        self.speak(all);
    }

    fn repeat(&mut self) {
        self.speak(self.last.clone());
    }

    pub(crate) fn word(&self, word: Word) -> String {
        self.words.word(word, self.lang)
    }

    pub(crate) fn put(&mut self, ask: Ask) {
        if matches!(self.transfer, Transfer::After { .. }) {
            // The caller has something else to say first.
            self.transfer = Transfer::None;
        }
        self.open += 1;
        self.filler = (!matches!(self.transfer, Transfer::Joined(_))).then(|| Instant::now() + FILLER);
        // The dialogue outlives the talk.
        let _ = self.ask.send(ask);
    }

    fn say_filler(&mut self) {
        self.filler = None;
        let wait = self.word(Word::Wait);
        self.speak(vec![wait]);
    }

    fn answer(&mut self, answer: Result<Answer, TalkError>) {
        self.open = self.open.saturating_sub(1);
        self.filler = self.filler.filter(|_| self.open > 0);
        let answer = match answer {
            Ok(answer) => answer,
            Err(error) => {
                tracing::error!(%error, "a turn of a call failed");
                let failed = self.word(Word::Failed);
                return self.say(vec![failed]);
            }
        };
        if matches!(self.transfer, Transfer::Joined(_)) {
            return;
        }
        self.expecting = answer.expecting;
        self.lang = answer.lang;
        self.speed = if answer.lang == Lang::JaEasy { SLOW } else { 1.0 };
        self.call.order(Order::Digits(awaited(self.expecting.as_ref())));
        let all = sentences(&answer.parts);
        if !all.is_empty() && self.leaving.is_none() {
            self.say(all);
            if let Some(connect) = answer.connect {
                self.transfer = Transfer::After { batch: self.batch, connect };
            }
        }
    }

    fn say(&mut self, sentences: Vec<String>) {
        self.last.clone_from(&sentences);
        self.speak(sentences);
    }

    /// Sentence by sentence: the first is heard while the next is being made.
    pub(crate) fn speak(&mut self, sentences: Vec<String>) {
        self.hush();
        let (prompts, call, batch, speed) = (self.line.prompts.clone(), self.call.clone(), self.batch, self.speed);
        let speaking = tokio::spawn(async move {
            let count = sentences.len();
            for (n, sentence) in sentences.into_iter().enumerate() {
                let audio = prompts.sound(&sentence, speed).await.unwrap_or_else(|error| {
                    tracing::warn!(%error, "a sentence could not be spoken");
                    Arc::from([])
                });
                call.order(Order::Say { batch, audio, last: n + 1 == count });
            }
        });
        self.speaking = Some(speaking.abort_handle());
    }

    pub(crate) fn hush(&mut self) {
        if let Some(speaking) = self.speaking.take() {
            speaking.abort();
        }
        self.batch += 1;
        self.call.order(Order::Hush { batch: self.batch });
    }
}

/// What keys mean for what is being asked.
fn awaited(expecting: Option<&Expecting>) -> Digits {
    match expecting.map_or("", |expecting| expecting.kind.as_str()) {
        "phone" => Digits::Number { most: 11 },
        "postal_code" => Digits::Number { most: 7 },
        "number" | "digits" | "date" | "birthday" | "time" | "address" => Digits::Number { most: 20 },
        _ => Digits::One,
    }
}
