//! Ten thousand random walks through every form: whatever residents say or tap in whatever order, the dialogue never panics,
//! always comes to a decision, can always be left, stays small, and keeps what was confirmed.

use chrono::{DateTime, TimeDelta, Utc};
use dialogue::{Candidate, Catalogue, Clause, Decision, Fact, Facts, Found, Input, Need, News, Offer, Offered, Outcome, Stage, State, Step, step};
use intents::{Tools, services};
use model::{Choice, Content, Emergency, Part, Point, Postback, Reach, Say, Scored, Understanding};
use std::{collections::BTreeMap, time::Instant};

/// A seeded generator (SplitMix64).
struct Dice(u64);

impl Dice {
    fn below(&mut self, n: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        usize::try_from((z ^ (z >> 31)) >> 33).unwrap_or(0) % n.max(1)
    }

    fn pick<'a, T>(&mut self, all: &'a [T]) -> &'a T {
        &all[self.below(all.len())]
    }
}

/// A procedure with a question of every kind.
const EVERY_KIND: &str = include_str!("../../fixtures/procedures/every-kind.yaml");

const WORDS: [&str; 44] = [
    "はい", "いいえ", "やめます", "一つ戻る", "もう一度", "人と話したい", "メニュー", "ちょっと待って", "さくら町3丁目", "フライパン", "来週の土曜の午後",
    "いいえ、21日です", "06-0000-1234", "午後", "2番目", "10人", "", "🗾", "あ", "英語で", "わかりません", "ごみの日はいつですか、あと図書館は何時までですか",
    "\u{202e}abc\u{0}", "全然わかってない", "3", "山田太郎", "違います。猫です", "電話番号が違いました。06-0000-9999", "午前ではなくて午後", "間違えました", "やっぱりやめます", "続けます", "どういう意味ですか", "わかりません",
    "とばす", "先にこちら", "図書館は？", "000-0101", "3丁目2-5", "10時から12時", "1234567", "ヤマダ タロウ", "同意します", "名前はタナカの間違いです",
];

fn event(key: &str) -> Content {
    Content::Event { service: "payments".to_owned(), event: "paid".to_owned(), key: key.to_owned() }
}

/// What the outside world might answer to a question of the dialogue.
fn find_out(need: &Need, dice: &mut Dice) -> Fact {
    let candidate = |n: usize| Candidate { value: format!("v{n}"), label: format!("候補{n}") };
    match need {
        Need::Lookup { .. } => Fact::Found(match dice.below(5) {
            0 => Found::None,
            1 => Found::Many((0..2 + dice.below(12)).map(candidate).collect()),
            2 => Found::Refused(Say::plain("市の外です")),
            n => Found::One(candidate(n)),
        }),
        Need::Perform { form, answers, .. } => Fact::Outcome(match dice.below(6) {
            0 => Outcome::Nothing,
            1 if !answers.is_empty() => {
                let field = answers.keys().nth(dice.below(answers.len())).cloned().unwrap_or_default();
                let choices = (0..3).map(|n| Choice::new(Say::plain(format!("代わり{n}")), Postback::set(form, &field, format!("w{n}")))).collect();
                Outcome::Rejected { field, say: Say::plain("ふさがりました"), choices }
            }
            2 => Outcome::Done { say: vec![Part::text(Say::plain("受け付けました"))], alternatives: Vec::new(), receipt: Some("C-123456".to_owned()) },
            3 if form != "people.callback" => Outcome::Go { form: "people.callback".to_owned(), given: BTreeMap::new() },
            _ => Outcome::done(vec![Part::text(Say::plain("できました"))]),
        }),
        Need::Undo { .. } => Fact::Outcome(if dice.below(2) == 0 { Outcome::Nothing } else { Outcome::done(Vec::new()) }),
        Need::Offer { form, field, answers } => Fact::Offer(match dice.below(12) {
            0..=5 => Offer::worked_out(format!("v{}", dice.below(3)), "候補"),
            6 if !answers.is_empty() => {
                let other = answers.keys().nth(dice.below(answers.len())).cloned().unwrap_or_default();
                Offer::Rejected { field: other.clone(), say: Say::plain("できません"), choices: vec![Choice::new(Say::plain("代わり"), Postback::set(form, &other, "w"))] }
            }
            7 => Offer::Over(vec![Part::text(Say::plain("ありません"))]),
            _ => Offer::Choose { say: (field == "slot").then(|| Say::plain("どれにしますか")), choices: (0..4).map(|n| Offered::new(format!("v{n}"), format!("候補{n}"))).collect() },
        }),
        Need::Tell(event) => Fact::News(match event.key.as_str() {
            "gone" => News::default(),
            key => News { say: vec![Part::text(Say::plain(format!("お知らせ {key}")))], ..News::default() },
        }),
        Need::PostalCode(_) => Fact::Found(if dice.below(3) == 0 { Found::None } else { Found::One(candidate(1)) }),
    }
}

fn understand(text: &str, intents: &[String], dice: &mut Dice, now: DateTime<Utc>) -> Understanding {
    let scored = |intent: &str, confidence: f32| Scored { intent: intent.to_owned(), confidence };
    let said = match text {
        "はい" => "control.yes",
        "いいえ" | "いいえ、21日です" => "control.no",
        "やめます" => "control.cancel",
        "一つ戻る" => "control.back",
        "もう一度" => "control.repeat",
        "人と話したい" => "control.human",
        "メニュー" => "control.menu",
        "英語で" => "control.language",
        _ => dice.pick(intents).as_str(),
    };
    let first = [0.95, 0.8, 0.55, 0.3][dice.below(4)];
    let emergency = (dice.below(60) == 0).then(|| *dice.pick(&Emergency::ALL));
    Understanding {
        intents: vec![scored(said, first), scored(dice.pick::<String>(intents), (1.0 - first) * 0.8)],
        slots: normalise::read(text, now.fixed_offset()),
        emergency,
        ..Understanding::default()
    }
}

/// Everything that the last answer offers to tap.
fn taps(decision: &Decision) -> Vec<String> {
    let choices = |part: &Part<Say>| match part {
        Part::Choices { choices, .. } => choices.iter().map(|choice| choice.value.clone()).collect(),
        _ => Vec::new(),
    };
    decision.say.iter().flat_map(choices).collect()
}

struct Walker<'a> {
    catalogue: &'a Catalogue,
    intents: Vec<String>,
    dice: Dice,
    now: DateTime<Utc>,
    /// Time spent in the engine alone, by step (microseconds).
    times: Vec<f64>,
}

impl Walker<'_> {
    fn go(&mut self, state: &State, content: &Content) -> Decision {
        let text = match content {
            Content::Text { text } => Some(text.as_str()),
            _ => None,
        };
        let understanding = text.map(|text| understand(text, &self.intents, &mut self.dice, self.now));
        self.decide(state, content, understanding.as_ref())
    }

    fn decide(&mut self, state: &State, content: &Content, understanding: Option<&Understanding>) -> Decision {
        let clauses: Vec<_> = match (content, self.dice.below(8)) {
            (Content::Text { text }, 0) => (0..2).map(|_| Clause { text: text.clone(), understanding: understand(text, &self.intents, &mut self.dice, self.now) }).collect(),
            _ => Vec::new(),
        };
        let at_once = if self.dice.below(3) == 0 { Some(3) } else { None };
        let input = Input { content, understanding, now: self.now, today: self.now.date_naive(), clauses: &clauses, at_once, reach: if at_once.is_some() { Reach::Not } else { Reach::Costly }, silent: false };
        let mut facts = Facts::default();
        for _ in 0..24 {
            let began = Instant::now();
            let next = step(self.catalogue, state, &input, &facts);
            self.times.push(began.elapsed().as_secs_f64() * 1e6);
            match next {
                Step::Done(decision) => return *decision,
                Step::Need(need) => {
                    let fact = find_out(&need, &mut self.dice);
                    facts.insert(need, fact);
                }
            }
        }
        panic!("no decision after 24 facts: {state:?} {content:?}");
    }

    fn content(&mut self, offered: &[String]) -> Content {
        match self.dice.below(10) {
            0..=3 if !offered.is_empty() => Content::Postback { value: self.dice.pick(offered).clone(), label: None },
            4 => Content::Postback { value: self.dice.pick(&["do:no.such", "set:waste.schedule/area=x", "cancel", "yes", "edit", "つくりもの"]).to_string(), label: None },
            5 => Content::Location { point: Point::new(34.65, 135.6).expect("on the globe"), address: None, title: None },
            6 => self.dice.pick(&[Content::Silence, Content::Follow, Content::Hangup, event("paid"), event("gone")]).clone(),
            _ => Content::Text { text: (*self.dice.pick(&WORDS)).to_owned() },
        }
    }
}

#[test]
fn ten_thousand_walks_come_to_a_good_end() {
    let services = services(Tools::default());
    let texts = intents::Texts::load(&services).expect("texts");
    let procedure = intents::procedures::read(EVERY_KIND, |_| true).expect("a procedure");
    let every_kind = intents::procedures::form(&procedure, 1).form;
    let mut catalogue = intents::catalogue(&services).expect("a catalogue").with(vec![every_kind]).expect("one more form");
    catalogue.learn_names(&|key| texts.wordings(key));
    let mut intents: Vec<String> = catalogue.forms().flat_map(|form| form.intents.iter().map(ToString::to_string)).collect();
    intents.extend(["control.yes", "control.no", "control.wait", "control.slower", "control.cancel", "smalltalk.greet", "smalltalk.thanks", "smalltalk.complaint", "out_of_scope"].map(str::to_owned));
    let forms: Vec<String> = catalogue.forms().map(|form| form.id.to_string()).collect();
    let now = DateTime::from_timestamp(1_793_667_600, 0).expect("a time");
    let mut walker = Walker { catalogue: &catalogue, intents, dice: Dice(20_261_128), now, times: Vec::new() };
    let mut largest = 0;
    for walk in 0..10_000 {
        let mut state = State::default();
        // Every form is begun many times.
        let begin = Content::Postback { value: Postback::begin(&forms[walk % forms.len()]).to_string(), label: None };
        let mut decision = walker.go(&state, &begin);
        for _ in 0..12 {
            state = decision.state.clone();
            assert!(!state.said.is_empty() || decision.say.is_empty(), "an answer can be repeated");
            largest = largest.max(state.encode().expect("a state that can be stored").len());
            // Mostly minutes; now and then a day, or two months.
            let minutes = [90, 90, 90, 90, 90, 90, 90, 90, 2_000, 90_000][walker.dice.below(10)];
            walker.now += TimeDelta::minutes(i64::try_from(walker.dice.below(minutes)).unwrap_or(0));
            let content = walker.content(&taps(&decision));
            decision = walker.go(&state, &content);
        }
        leave(&mut walker, decision.state);
    }
    assert!(largest <= 8 * 1024, "a state of {largest} bytes");
    let mut times = walker.times;
    times.sort_by(f64::total_cmp);
    println!("largest state {largest} bytes; a step {:.1} µs in the middle, {:.1} at the 99th percentile", times[times.len() / 2], times[times.len() * 99 / 100]);
}

/// From anywhere, 「やめます」 a few times leads out.
fn leave(walker: &mut Walker<'_>, mut state: State) {
    let cancel = Content::Postback { value: "cancel".to_owned(), label: None };
    for _ in 0..8 {
        if state.stack.is_empty() {
            return;
        }
        state = walker.decide(&state, &cancel, None).state;
    }
    panic!("cannot be left: {state:?}");
}

/// What was read back and waits for a yes is still there after a side question, a repeat, a wait and a greeting.
#[test]
fn what_is_about_to_be_confirmed_survives_everything_but_a_change() {
    let services = services(Tools::default());
    let catalogue = intents::catalogue(&services).expect("a catalogue");
    let now = DateTime::from_timestamp(1_793_667_600, 0).expect("a time");
    let mut walker = Walker { catalogue: &catalogue, intents: vec!["faq".to_owned()], dice: Dice(7), now, times: Vec::new() };
    let mut state = State::default();
    for value in ["do:people.callback", "set:people.callback/topic=x", "set:people.callback/phone=0600001234", "set:people.callback/when=any"] {
        state = walker.go(&state, &Content::Postback { value: value.to_owned(), label: None }).state;
    }
    let answers = |state: &State| state.stack.iter().find(|frame| frame.form == "people.callback").map(|frame| frame.answers.clone());
    let before: BTreeMap<_, _> = answers(&state).expect("the form runs");
    assert!(matches!(state.stack.last().map(|frame| &frame.stage), Some(Stage::Confirming { .. })));
    let certain = |intent: &str| Understanding { intents: vec![Scored { intent: intent.to_owned(), confidence: 0.97 }], ..Understanding::default() };
    for (text, intent) in [("図書館は何時まで開いていますか", "library.hours"), ("もう一度", "control.repeat"), ("ちょっと待って", "control.wait"), ("こんにちは", "smalltalk.greet"), ("英語で", "control.language")] {
        let content = Content::Text { text: text.to_owned() };
        // Facts come as they come: whatever the side question finds, this form waits untouched.
        state = walker.decide(&state, &content, Some(&certain(intent))).state;
        assert_eq!(answers(&state).as_ref(), Some(&before), "lost at {text}");
    }
}
