//! Conversations that an older version of the program put away go on with this one: `fixtures/states/<version>-<what>.json`.

use chrono::{DateTime, Utc};
use dialogue::{Decision, Event, Fact, Facts, Input, Need, News, Outcome, STATE_VERSION, State, StateError, Step, step};
use e2e::root;
use intents::{Tools, services};
use model::{Content, Part, Reach, Say};
use std::fs;

/// The engine's decision on a tap, for which no fact is needed.
fn tap(state: &State, value: &str, now: DateTime<Utc>) -> Decision {
    let catalogue = intents::catalogue(&services(Tools::default())).expect("a catalogue");
    let content = Content::Postback { value: value.to_owned(), label: None };
    let input = Input { content: &content, understanding: None, now, today: now.date_naive(), clauses: &[], at_once: None, reach: Reach::Free, silent: false };
    match step(&catalogue, state, &input, &Facts::default()) {
        Step::Done(decision) => *decision,
        Step::Need(need) => panic!("{need:?}"),
    }
}

#[test]
fn old_states_are_read_and_gone_on_with() {
    let now: DateTime<Utc> = "2026-11-20T01:05:00Z".parse().expect("a time");
    let mut versions = Vec::new();
    for entry in fs::read_dir(root().join("fixtures/states")).expect("fixtures") {
        let path = entry.expect("a file").path();
        let name = path.file_stem().expect("a name").to_string_lossy().into_owned();
        let version: u16 = name.split('-').next().and_then(|n| n.parse().ok()).expect("a version in front");
        versions.push(version);
        let state = State::decode(version, &fs::read(&path).expect("a state")).unwrap_or_else(|error| panic!("{name}: {error}"));
        let top = state.stack.last().unwrap_or_else(|| panic!("{name}: nothing runs"));
        assert_eq!(top.form, "people.callback", "{name}");
        // It goes on: the next answer is taken, and what was given before is still there.
        let before = top.answers.len();
        let decision = tap(&state, "set:people.callback/phone=0600009999", now);
        let after = decision.state.stack.last().unwrap_or_else(|| panic!("{name}: it ended"));
        assert!(after.answers.len() >= before && after.answers.get("phone").is_some_and(|answer| answer.value == "0600009999"), "{name}: {after:?}");
        assert!(!decision.say.is_empty(), "{name}: nothing is said");
        // And what this version writes, it reads.
        let written = decision.state.encode().expect("it can be written");
        assert_eq!(State::decode(STATE_VERSION, &written).expect("it can be read"), decision.state, "{name}");
    }
    versions.sort_unstable();
    versions.dedup();
    assert_eq!(versions, (1..=STATE_VERSION).collect::<Vec<_>>(), "every version has a state to show");
}

#[test]
fn a_state_of_a_newer_program_is_refused_by_name() {
    let newer = STATE_VERSION + 1;
    assert!(matches!(State::decode(newer, b"{}"), Err(StateError::Newer(version)) if version == newer));
    assert!(matches!(State::decode(STATE_VERSION, b"{"), Err(StateError::Unreadable(_))));
}

/// A request is handed in anew, and the earlier one is with staff already: it must not be said to be withdrawn.
#[test]
fn what_could_not_be_withdrawn_is_not_said_to_be() {
    let now: DateTime<Utc> = "2026-11-20T01:05:00Z".parse().expect("a time");
    let catalogue = intents::catalogue(&services(Tools::default())).expect("a catalogue");
    let mut state = State::decode(1, &fs::read(root().join("fixtures/states/1-confirming.json")).expect("a state")).expect("it can be read");
    let frame = state.stack.last_mut().expect("a form");
    frame.replaces = Some("C-000000-0".to_owned());
    let (form, answers, text) = (frame.form.clone(), frame.answers.clone(), frame.opening.clone());
    let content = Content::Postback { value: "yes".to_owned(), label: None };
    let input = Input { content: &content, understanding: None, now, today: now.date_naive(), clauses: &[], at_once: None, reach: Reach::Free, silent: false };
    for (undone, key) in [(Outcome::Nothing, "replaced-by-staff"), (Outcome::done(Vec::new()), "replaced")] {
        let mut facts = Facts::default();
        facts.insert(Need::Perform { form: form.clone(), answers: answers.clone(), text: text.clone() }, Fact::Outcome(Outcome::done(Vec::new())));
        facts.insert(Need::Undo { form: form.clone(), receipt: "C-000000-0".to_owned() }, Fact::Outcome(undone));
        let Step::Done(decision) = step(&catalogue, &state, &input, &facts) else { panic!("one more need") };
        let said = |wanted: &str| decision.say.iter().any(|part| matches!(part, Part::Text { text: Say::Key { key, .. } } if key == wanted));
        assert!(said(key), "{key}: {:?}", decision.say);
    }
}

fn hear(state: &State, content: &Content, reach: Reach, news: &str) -> Decision {
    let catalogue = intents::catalogue(&services(Tools::default())).expect("a catalogue");
    let now: DateTime<Utc> = "2026-11-20T01:06:00Z".parse().expect("a time");
    let input = Input { content, understanding: None, now, today: now.date_naive(), clauses: &[], at_once: None, reach, silent: false };
    let mut facts = Facts::default();
    let event = Event { service: "payments".to_owned(), event: "paid".to_owned(), key: "B-1".to_owned() };
    let say = if news.is_empty() { Vec::new() } else { vec![Part::text(Say::plain(news))] };
    facts.insert(Need::Tell(event), Fact::News(News { say, ..News::default() }));
    match step(&catalogue, state, &input, &facts) {
        Step::Done(decision) => *decision,
        Step::Need(need) => panic!("{need:?}"),
    }
}

/// A payment comes in while a form is being filled in: it is told, and the form is as it was, and asked again.
#[test]
fn what_happens_elsewhere_is_told_and_touches_no_form() {
    let state = State::decode(1, &fs::read(root().join("fixtures/states/1-confirming.json")).expect("a state")).expect("it can be read");
    let paid = Content::Event { service: "payments".to_owned(), event: "paid".to_owned(), key: "B-1".to_owned() };
    let told = hear(&state, &paid, Reach::Costly, "お支払いを確認しました");
    assert_eq!(told.say.first(), Some(&Part::text(Say::plain("お支払いを確認しました"))));
    assert!(told.say.len() > 1, "what runs is asked again");
    assert_eq!((&told.state.stack, told.state.touched), (&state.stack, state.touched), "no answer is touched, and nobody was heard");
    assert!(hear(&state, &paid, Reach::Costly, "").say.is_empty(), "what is no longer true costs no word");
    // Where nobody listens it waits for the resident's next word, and is said once.
    let waits = hear(&state, &paid, Reach::Not, "お支払いを確認しました");
    assert!(waits.say.is_empty() && waits.state.untold.len() == 1);
    let twice = hear(&waits.state, &paid, Reach::Not, "お支払いを確認しました");
    assert_eq!(twice.state.untold.len(), 1);
    let tap = Content::Postback { value: "resume".to_owned(), label: None };
    let heard = hear(&twice.state, &tap, Reach::Not, "お支払いを確認しました");
    assert!(heard.say.contains(&Part::text(Say::plain("お支払いを確認しました"))) && heard.state.untold.is_empty());
    assert!(!hear(&heard.state, &tap, Reach::Not, "お支払いを確認しました").say.contains(&Part::text(Say::plain("お支払いを確認しました"))));
}
