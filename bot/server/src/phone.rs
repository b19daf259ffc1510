//! The telephone, put together: whose number was called, and how a call takes its turns.

use crate::{serve, settings::Settings};
use anyhow::{Context, bail};
use axum::Router;
use futures_util::future::BoxFuture;
use intents::Speaker;
use model::{Channel, CityId, Content, ConversationId, Inbound, Lang, Part, Private, PutThrough, Say};
use sip::{Account, Peers, SipLine};
use std::{future::Future, net::SocketAddr, sync::Arc, time::Duration};
use tokio::sync::watch;
use stream::{Stream, Tokens};
use store::Which;
use turn::{Engine, JobSettings};
use voice::{Answer, Connect, Desks, Ears, Incoming, Line, Lobby, Media, NotReached, Patience, Prompts, Switchboard, Talk, TalkError, Tried, Word, Words};
use whisper::Whisper;

/// Where SIP is listened on if nothing is said.
const USUAL: ([u8; 4], u16) = ([127, 0, 0, 1], 5060);

/// A line that can ring; it has a voice, and ears if there is a model.
pub struct Bound {
    line: SipLine,
    mouth: speech::Voice,
    ears: Option<Arc<dyn Ears>>,
}

/// The speech model that the settings name.
pub fn ears(settings: &Settings) -> anyhow::Result<Option<Arc<dyn Ears>>> {
    let Some(model) = &settings.voice.model else { return Ok(None) };
    let ears = Whisper::load(model, settings.voice.threads).context("the speech model (voice.model)")?;
    Ok(Some(Arc::new(ears)))
}

/// Takes the port and the voice. `None`: there is no telephone here, and nobody asked for one.
pub async fn bind(settings: &Settings) -> anyhow::Result<Option<Bound>> {
    if settings.phone.lines == 0 {
        return Ok(None);
    }
    let asked_for = settings.phone.sip_listen.is_some();
    let bound = async {
        let own = settings.clone();
        let (mouth, ears) = tokio::task::spawn_blocking(move || {
            let mouth = speech::Voice::load(&own.voice.speech)?;
            // A model that is broken does not silence the line: the keys are left.
            let ears = ears(&own).unwrap_or_else(|error| {
                tracing::error!("callers answer with keys: {error:#}");
                None
            });
            anyhow::Ok((mouth, ears))
        })
        .await??;
        let line = SipLine::bind(line_settings(settings)?, Arc::new(crate::clock::TimeIds)).await?;
        anyhow::Ok(Bound { line, mouth, ears })
    };
    match bound.await {
        Ok(bound) => Ok(Some(bound)),
        Err(error) if asked_for => Err(error.context("the telephone")),
        Err(error) => {
            tracing::warn!("no telephone: {error:#}");
            Ok(None)
        }
    }
}

/// The settings as the line wants them.
pub fn line_settings(settings: &Settings) -> anyhow::Result<sip::Settings> {
    let phone = &settings.phone;
    let ports = match phone.rtp_ports.as_deref() {
        None => None,
        Some(range) => {
            let ends = range.split_once('-').and_then(|(from, to)| Some(from.trim().parse::<u16>().ok()?..=to.trim().parse::<u16>().ok()?));
            match ends.filter(|ends| !ends.is_empty()) {
                Some(ends) => Some(ends),
                None => bail!("phone.rtp_ports: `{range}` is no range of ports; write 16384-16583"),
            }
        }
    };
    let account = phone.registrar.as_ref().map(|server| {
        let password = serve::secret(&phone.password).context("phone.password")?;
        anyhow::Ok(Account { server: server.clone(), user: phone.user.clone(), password })
    });
    Ok(sip::Settings {
        listen: phone.sip_listen.unwrap_or_else(|| SocketAddr::from(USUAL)),
        public: phone.public_address,
        ports,
        peers: Peers::read(&phone.peers).context("phone.peers")?,
        overflow: phone.overflow.clone(),
        account: account.transpose()?,
    })
}

impl Bound {
    pub fn listen(&self) -> SocketAddr {
        self.line.listen()
    }

    /// The board that takes this line's calls and others, and the line itself.
    pub fn serve(self, engine: &Arc<Engine>, settings: &Settings, stop: watch::Receiver<bool>) -> anyhow::Result<(Switchboard, impl Future<Output = ()> + Send + use<>)> {
        let media = Media::start()?;
        let patience = Patience { ring: Duration::from_secs(settings.phone.ring_seconds), wait: Duration::from_secs(settings.phone.wait_seconds) };
        let desks = Desks::new(Arc::new(self.line.dialler()), media.clone(), patience);
        let line = Line::new(self.ears, Arc::new(Prompts::new(Arc::new(self.mouth))), settings.voice.at_once).with_desks(desks);
        let lobby = Arc::new(Counter { engine: engine.clone(), jobs: serve::job_settings(settings) });
        let board = Switchboard::new(lobby, media, Arc::new(line), settings.phone.lines);
        Ok((board.clone(), self.line.serve(board, stop)))
    }
}

/// The calls of cities that have a cloud carrier.
pub fn stream(engine: &Arc<Engine>, settings: &Settings, board: Switchboard, demo: bool) -> Router {
    let stream = Stream { board, tokens: Arc::new(CarrierTokens(engine.clone())), base: settings.public_url() };
    let routes = stream::routes(stream.clone());
    if demo { routes.merge(stream::browser_routes(stream)) } else { routes }
}

struct CarrierTokens(Arc<Engine>);

impl Tokens for CarrierTokens {
    fn of(&self, city: &CityId) -> Option<String> {
        let city = self.0.cities.get(city)?;
        let token = &city.profile.phone.carrier_token;
        if token.is_empty() { None } else { serve::secret(token) }
    }
}

/// The counter as a lobby of calls.
struct Counter {
    engine: Arc<Engine>,
    jobs: JobSettings,
}

impl Lobby for Counter {
    fn city_of(&self, called: &str) -> Option<CityId> {
        let number = digits(called);
        let cities = self.engine.cities.all();
        let by_number = cities.iter().find(|city| !number.is_empty() && city.profile.phone.numbers.iter().any(|own| digits(own) == number));
        by_number.or_else(|| cities.iter().find(|city| city.id.as_str() == called)).map(|city| city.id.clone())
    }

    fn open(&self, incoming: Incoming) -> BoxFuture<'static, Result<Box<dyn Talk>, TalkError>> {
        let (engine, jobs) = (self.engine.clone(), self.jobs);
        Box::pin(async move {
            // Whoever calls is somebody new: a number can be anybody's.
            let account = format!("call:{}", engine.db.uuid());
            let conversation = store::open_live(&engine.db, &incoming.city, Channel::Phone, &account).await.map_err(failed)?;
            tracing::info!(city = %incoming.city, %conversation, call = incoming.caller.call_id, "a call is answered");
            let words = CityWords { engine: engine.clone(), city: incoming.city.clone() };
            Ok(Box::new(Call { engine, jobs, city: incoming.city, conversation, account, caller: incoming.caller.number, words, last: None }) as Box<dyn Talk>)
        })
    }
}

/// Digits of a number, in the country's own form: +81 6 is 06.
fn digits(number: &str) -> String {
    let digits: String = number.chars().filter(char::is_ascii_digit).collect();
    match digits.strip_prefix("81").filter(|_| number.trim_start().starts_with('+')) {
        Some(rest) => format!("0{rest}"),
        None => digits,
    }
}

fn failed(error: impl std::fmt::Display) -> TalkError {
    TalkError(error.to_string())
}

/// A call takes its turns itself: stored as every message is, then run here.
struct Call {
    engine: Arc<Engine>,
    jobs: JobSettings,
    city: CityId,
    conversation: ConversationId,
    account: String,
    /// The caller's number, if the trunk tells it.
    caller: Option<Private<String>>,
    words: CityWords,
    /// What the caller said last.
    last: Option<String>,
}

impl Call {
    async fn turn(&mut self, content: Content) -> Result<Answer, TalkError> {
        if let Content::Text { text } = &content {
            self.last = Some(text.clone());
        }
        let engine = &self.engine;
        let inbound = Inbound {
            city: self.city.clone(),
            channel: Channel::Phone,
            account: Private(self.account.clone()),
            platform_id: format!("call:{}", engine.db.uuid()),
            at: engine.now(),
            content,
            reply_token: None,
        };
        store::enqueue(&engine.db, &self.city, &[inbound]).await.map_err(failed)?;
        let mut ran = turn::run_live(engine, &self.city, self.conversation).await.map_err(failed)?;
        // A live conversation does its jobs itself: what the turn left to be done at once, and what became due meanwhile.
        let key = self.conversation.to_string();
        while turn::do_jobs(engine, engine.now(), &self.jobs, Which::Key { city: &self.city, key: &key }).await.map_err(failed)? > 0 {
            let more = turn::run_live(engine, &self.city, self.conversation).await.map_err(failed)?;
            ran = match (ran, more) {
                (Some(before), Some(mut after)) => {
                    after.parts.splice(0..0, before.parts);
                    Some(after)
                }
                (before, after) => after.or(before),
            };
        }
        let (told, city, conversation) = (engine.clone(), self.city.clone(), self.conversation);
        tokio::spawn(async move {
            if let Err(error) = serve::tell(&told.db, &city, &[(conversation, false)]).await {
                tracing::warn!(%city, %error, "staff's pages could not be told of a call");
            }
        });
        let Some(ran) = ran else { return Ok(Answer::default()) };
        let connect = self.connect(&ran.parts, ran.lang);
        Ok(Answer { parts: ran.parts, expecting: ran.expecting, lang: ran.lang, connect })
    }

    /// Who the answer puts the caller through to.
    fn connect(&self, parts: &[Part<String>], lang: Lang) -> Option<Connect> {
        let (desk, to) = parts.iter().find_map(|part| match part {
            Part::Handoff { desk, extension: Some(extension), .. } => Some((desk.clone(), extension.clone())),
            _ => None,
        })?;
        let say = match self.last.as_deref() {
            Some(words) => Say::key("phone-summary").with("words", words),
            None => Say::key("phone-summary-keys"),
        };
        let say = say.with("city", self.words.city_name().as_str());
        Some(Connect { desk, to, from: self.caller.clone(), summary: Private(self.words.say(&say, lang)) })
    }
}

impl Talk for Call {
    fn say(&mut self, content: Content) -> BoxFuture<'_, Result<Answer, TalkError>> {
        Box::pin(self.turn(content))
    }

    fn tried<'a>(&'a mut self, desk: &'a str, tried: Tried) -> BoxFuture<'a, Result<Answer, TalkError>> {
        let result = match tried {
            Tried::Talking => PutThrough::Talking,
            Tried::Not(NotReached::Busy) => PutThrough::Busy,
            Tried::Not(NotReached::NoAnswer) => PutThrough::NoAnswer,
            Tried::Not(NotReached::Failed) => PutThrough::Failed,
            Tried::GivenUp => PutThrough::GivenUp,
        };
        Box::pin(self.turn(Content::PutThrough { desk: desk.to_owned(), result }))
    }

    fn words(&self) -> Arc<dyn Words> {
        Arc::new(self.words.clone())
    }
}

/// The line's own words, as a city has them.
#[derive(Clone)]
struct CityWords {
    engine: Arc<Engine>,
    city: CityId,
}

impl CityWords {
    fn say(&self, say: &Say, lang: Lang) -> String {
        let Some(city) = self.engine.cities.get(&self.city) else { return String::new() };
        let speaker = Speaker { lang, zone: city.zone, channel: Channel::Phone, city: &city.name, greeting: &city.profile.greeting, hotline: &city.profile.hotline.phone, own: &city.own_texts };
        self.engine.texts.say(&speaker, say)
    }

    fn city_name(&self) -> String {
        self.engine.cities.get(&self.city).map(|city| city.name.clone()).unwrap_or_default()
    }
}

impl Words for CityWords {
    fn word(&self, word: Word, lang: Lang) -> String {
        let say = match word {
            Word::KeysOnly => Say::key("phone-keys-only"),
            Word::Wait => Say::key("phone-wait"),
            Word::Farewell => Say::key("phone-farewell"),
            Word::Failed => Say::key("failed"),
            Word::Place(place) => Say::key("phone-place").with("place", i64::try_from(place).unwrap_or(i64::MAX)),
        };
        self.say(&say, lang)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_is_the_same_however_it_is_written() {
        for number in ["06-0000-2000", "0600002000", "+81600002000", "+81 6-0000-2000"] {
            assert_eq!(digits(number), "0600002000", "{number}");
        }
        assert_eq!((digits("aoba"), digits("8100")), (String::new(), "8100".to_owned()));
    }

    #[test]
    fn a_wrong_setting_is_named() {
        let mut settings = Settings::default();
        assert!(line_settings(&settings).is_ok());
        settings.phone.rtp_ports = Some("high".to_owned());
        assert!(line_settings(&settings).is_err_and(|error| error.to_string().contains("phone.rtp_ports")));
        settings.phone.rtp_ports = Some("10000-10010".to_owned());
        settings.phone.peers = vec!["the carrier".to_owned()];
        assert!(line_settings(&settings).is_err_and(|error| format!("{error:#}").contains("the carrier")));
    }
}
