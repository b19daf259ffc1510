//! One call: from the INVITE to the BYE, whichever side says it.

use crate::{
    line::Shared,
    ports::towards,
    rtp::{Agreed, RtpLeg},
    sdp::Offer,
    timer::{Asked, LEAST, Timer},
};
use model::Private;
use rsipstack::{
    dialog::{
        dialog::{DialogState, DialogStateReceiver, TransactionHandle},
        invite_dialog::InviteDialog,
    },
    sip::{Header, HeadersExt, Request, StatusCode, Uri},
    transaction::Transaction,
};
use std::{
    net::{IpAddr, SocketAddr},
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};
use tokio::{
    sync::{oneshot, watch},
    time::{Instant, sleep_until},
};
use voice::{Admitted, Caller, Connection, Refusal, Switchboard};

/// Seconds after which a caller who found all lines taken may try again.
const RETRY: &str = "10";
/// Nobody talks to us for longer than this.
pub(crate) const LONGEST: Duration = Duration::from_secs(2 * 3_600);

/// Answers an INVITE, or says why not.
pub(crate) async fn answer(shared: &Shared, board: &Switchboard, mut transaction: Transaction, stop: watch::Receiver<bool>) -> rsipstack::Result<()> {
    let request = transaction.original.clone();
    let called = request.uri.user().unwrap_or_default().to_owned();
    let Some(offer) = Offer::read(&request.body) else {
        return transaction.reply(StatusCode::NotAcceptableHere).await;
    };
    let timer = match asked(&request) {
        Asked::Nothing => None,
        Asked::Timer(timer) => Some(timer),
        Asked::TooShort => return transaction.reply_with(StatusCode::SessionIntervalTooSmall, vec![Header::MinSE(LEAST.to_string().into())], None).await,
    };
    let admitted = match board.admit(&called, caller(&request)) {
        Ok(admitted) => admitted,
        Err(Refusal::NoSuchNumber) => return transaction.reply(StatusCode::NotFound).await,
        Err(Refusal::Full) => return overflow(shared, &mut transaction).await,
    };
    let socket = match shared.ports.open() {
        Ok(socket) => socket,
        Err(error) => {
            tracing::error!(%error, "no port for a call's sound");
            return overflow(shared, &mut transaction).await;
        }
    };
    let host = shared.public.unwrap_or_else(|| towards(shared.host, offer.address.ip()));
    let at = SocketAddr::new(host, socket.local_addr().map_or(0, |address| address.port()));
    let random = shared.ids.uuid().as_u64_pair().1;
    let agreed = Arc::new(Mutex::new(Agreed::from(&offer)));
    let leg = RtpLeg::new(socket, agreed.clone(), random);
    let (states, changes) = shared.dialogs.new_dialog_state_channel();
    let dialog = shared.dialogs.get_or_create_server_invite(&transaction, states, None, contact(host, shared.port, &called))?;
    let mut call = Running { dialog: dialog.clone(), at, session: random >> 2, version: 1, agreed, timer, due: Instant::now() + LONGEST, connection: None };
    call.set_due();
    let headers = call.headers();
    let mut handling = dialog.clone();
    let inviting = tokio::spawn(async move { handling.handle(&mut transaction).await });
    dialog.accept(Some(headers), Some(offer.answer(at, call.session, call.version).into_bytes()))?;
    let (over, ended) = oneshot::channel();
    call.run(changes, Some((admitted, leg, over)), ended, stop).await;
    shared.dialogs.remove_dialog(&dialog.id());
    // The transaction still answers what is sent again; it ends by its own timers.
    drop(inviting);
    Ok(())
}

/// All lines are taken.
async fn overflow(shared: &Shared, transaction: &mut Transaction) -> rsipstack::Result<()> {
    match &shared.overflow {
        Some(elsewhere) => transaction.reply_with(StatusCode::MovedTemporarily, vec![Header::Contact(format!("<{elsewhere}>").into())], None).await,
        None => transaction.reply_with(StatusCode::ServiceUnavailable, vec![Header::RetryAfter(RETRY.into())], None).await,
    }
}

fn asked(request: &Request) -> Asked {
    Timer::read(request.session_expires_header().map(|header| header.value()), request.header_contains_token("Supported", "timer"))
}

pub(crate) fn contact(host: IpAddr, port: u16, user: &str) -> Option<Uri> {
    let host = if host.is_ipv6() { format!("[{host}]") } else { host.to_string() };
    format!("sip:{user}@{host}:{port}").parse().ok()
}

/// Who the trunk says is calling. It vouches for P-Asserted-Identity; From is what the phone claims.
fn caller(request: &Request) -> Caller {
    let asserted = request.p_asserted_identity_header().map(|header| header.value().to_owned());
    let withheld = request.privacy_header().is_some_and(|privacy| privacy.value().contains("id"));
    let claimed = request.from_header().ok().map(|from| from.value().to_owned());
    let number = asserted.or(claimed).and_then(|address| {
        let user = address.split("sip:").nth(1).or_else(|| address.split("tel:").nth(1))?.split(['@', '>', ';']).next()?.to_owned();
        (!user.is_empty() && !user.eq_ignore_ascii_case("anonymous")).then_some(user)
    });
    Caller { number: number.filter(|_| !withheld).map(Private), call_id: request.call_id_header().map(|id| id.value().to_owned()).unwrap_or_default() }
}

/// A call that is answered as soon as the other side knows that it is.
type Waiting = (Admitted, RtpLeg, oneshot::Sender<()>);

/// A call that runs, whoever began it.
pub(crate) struct Running {
    pub dialog: InviteDialog,
    /// Where we hear.
    pub at: SocketAddr,
    pub session: u64,
    pub version: u64,
    pub agreed: Arc<Mutex<Agreed>>,
    pub timer: Option<Timer>,
    pub due: Instant,
    pub connection: Option<Connection>,
}

impl Running {
    /// Until one side ends it: theirs, or ours by `ended`.
    pub async fn run(&mut self, mut changes: DialogStateReceiver, mut waiting: Option<Waiting>, mut ended: oneshot::Receiver<()>, mut stop: watch::Receiver<bool>) {
        let longest = Instant::now() + LONGEST;
        loop {
            tokio::select! {
                change = changes.recv() => match change {
                    // The other side knows that we have answered: only now would it hear us.
                    Some(DialogState::Confirmed(..)) => {
                        if let Some((admitted, leg, over)) = waiting.take() {
                            let ends = Box::new(move || {
                                let _ = over.send(());
                            });
                            self.connection = Some(admitted.connect(Box::new(leg), ends));
                        }
                    }
                    Some(DialogState::Updated(_, request, handle)) => self.agree_anew(&request, &handle).await,
                    Some(DialogState::Info(_, request, handle)) => {
                        if let (Some(key), Some(connection)) = (key(&request), &self.connection) {
                            connection.press(key);
                        }
                        let _ = handle.reply(StatusCode::OK).await;
                    }
                    Some(DialogState::Options(_, _, handle) | DialogState::Notify(_, _, handle)) => drop(handle.reply(StatusCode::OK).await),
                    Some(DialogState::Refer(_, _, handle) | DialogState::Message(_, _, handle)) => drop(handle.reply(StatusCode::Decline).await),
                    Some(DialogState::Terminated(..)) | None => break,
                    Some(_) => {}
                },
                _ = &mut ended, if waiting.is_none() => return self.bye().await,
                _ = stop.changed() => return self.bye().await,
                () = sleep_until(self.due) => {
                    let refreshed = Instant::now() < longest && self.refresh().await;
                    if !refreshed {
                        tracing::info!("a call whose other side was not heard of any more is ended");
                        return self.bye().await;
                    }
                }
            }
        }
        if let Some(connection) = self.connection.take() {
            connection.gone();
        }
    }

    pub async fn bye(&mut self) {
        if let Some(connection) = self.connection.take() {
            connection.gone();
        }
        if let Err(error) = self.dialog.bye().await {
            tracing::debug!(%error, "the other side did not hear our good-bye");
        }
    }

    /// Hold, resume, another codec or address; or only a sign of life.
    async fn agree_anew(&mut self, request: &Request, handle: &TransactionHandle) {
        if let Asked::Timer(timer) = asked(request) {
            self.timer = Some(timer);
        }
        self.set_due();
        let mut headers = self.headers();
        if request.body.is_empty() {
            headers.retain(|header| !matches!(header, Header::ContentType(_)));
            return drop(handle.respond(StatusCode::OK, Some(headers), None).await);
        }
        let Some(offer) = Offer::read(&request.body) else {
            return drop(handle.reply(StatusCode::NotAcceptableHere).await);
        };
        *self.agreed.lock().unwrap_or_else(PoisonError::into_inner) = Agreed::from(&offer);
        if let Some(connection) = &self.connection {
            connection.hold(!offer.direction.listens());
        }
        self.version += 1;
        let body = offer.answer(self.at, self.session, self.version);
        let _ = handle.respond(StatusCode::OK, Some(headers), Some(body.into_bytes())).await;
    }

    /// Shows the other side that we are there, and learns whether it is. `false`: it is not, or it was its turn.
    async fn refresh(&mut self) -> bool {
        let Some(timer) = self.timer.filter(|timer| timer.ours) else { return false };
        self.set_due();
        let headers = vec![Header::SessionExpires(format!("{};refresher=uac", timer.seconds).into()), Header::Supported("timer".into())];
        let answered = self.dialog.update(Some(headers), None).await;
        matches!(answered, Ok(Some(response)) if response.status_code == StatusCode::OK)
    }

    fn set_due(&mut self) {
        self.due = Instant::now() + self.timer.map_or(LONGEST, Timer::due);
    }

    fn headers(&self) -> Vec<Header> {
        let mut headers = vec![
            Header::ContentType("application/sdp".into()),
            Header::Allow("INVITE, ACK, CANCEL, BYE, OPTIONS, INFO, UPDATE".into()),
            Header::Supported("timer".into()),
        ];
        if let Some(timer) = self.timer {
            headers.push(Header::SessionExpires(timer.header().into()));
            if !timer.ours {
                headers.push(Header::Require("timer".into()));
            }
        }
        headers
    }
}

/// A key by INFO: `Signal=5`, or the key alone.
fn key(request: &Request) -> Option<char> {
    let body = String::from_utf8_lossy(&request.body);
    let signal = body.lines().find_map(|line| line.trim().strip_prefix("Signal=")).unwrap_or(&body).trim();
    let mut letters = signal.chars();
    letters.next().filter(|key| letters.next().is_none() && "0123456789*#ABCD".contains(*key))
}
