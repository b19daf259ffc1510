//! Calls that we begin.

use crate::{
    call::{LONGEST, Running, contact},
    line::Shared,
    ports::towards,
    register::Account,
    rtp::{Agreed, RtpLeg},
    sdp::{Offer, offer},
};
use futures_util::future::BoxFuture;
use model::Private;
use rsipstack::{
    dialog::{authenticate::Credential, invitation::InviteOption},
    sip::{Header, StatusCode, Uri},
};
use std::{
    net::{IpAddr, SocketAddr},
    sync::{Arc, Mutex},
};
use tokio::{
    sync::{oneshot, watch},
    time::Instant,
};
use voice::{Dial, Dialled, NotReached};

/// Who we are where there is no account.
const USER: &str = "madoguchi";

/// Rings telephones of a PBX or a carrier.
pub struct Dialler {
    shared: Arc<Shared>,
    /// The server of the account, without `sip:`.
    server: Option<String>,
    credential: Option<Credential>,
    /// Calls end with their talks; nothing else stops them.
    stop: watch::Sender<bool>,
}

impl Dialler {
    pub(crate) fn new(shared: Arc<Shared>, account: Option<&Account>) -> Self {
        let credential = account.map(|account| Credential { username: account.user.clone(), password: account.password.clone(), realm: None, auth_username: None });
        let server = account.map(|account| account.server.trim_start_matches("sip:").to_owned());
        Self { shared, server, credential, stop: watch::channel(false).0 }
    }

    /// Where `to` is: a SIP address as it stands, anything else at the account's server.
    fn address(&self, to: &str) -> Option<Uri> {
        if to.starts_with("sip:") {
            return to.parse().ok();
        }
        let user: String = to.chars().filter(|c| c.is_ascii_alphanumeric() || "+*#_.".contains(*c)).collect();
        let server = self.server.as_ref().filter(|_| !user.is_empty())?;
        format!("sip:{user}@{server}").parse().ok()
    }
}

impl Dial for Dialler {
    fn dial(&self, to: &str, from: Option<&Private<String>>) -> BoxFuture<'static, Result<Dialled, NotReached>> {
        let Some(callee) = self.address(to) else {
            tracing::error!(to, "there is no way to this extension: name a SIP address, or an account (phone.registrar)");
            return Box::pin(async { Err(NotReached::Failed) });
        };
        let user = self.credential.as_ref().map_or(USER, |credential| &credential.username).to_owned();
        let call = Outgoing { shared: self.shared.clone(), callee, user, credential: self.credential.clone(), from: from.cloned(), stop: self.stop.subscribe() };
        Box::pin(async move {
            let to = call.callee.to_string();
            call.ring().await.inspect_err(|why| tracing::info!(to, ?why, "a telephone was rung in vain"))
        })
    }
}

struct Outgoing {
    shared: Arc<Shared>,
    callee: Uri,
    user: String,
    credential: Option<Credential>,
    from: Option<Private<String>>,
    stop: watch::Receiver<bool>,
}

impl Outgoing {
    async fn ring(self) -> Result<Dialled, NotReached> {
        let shared = self.shared;
        let failed = |error: &dyn std::fmt::Display| {
            tracing::warn!(%error, "a telephone could not be rung");
            NotReached::Failed
        };
        let socket = shared.ports.open().map_err(|error| failed(&error))?;
        let far: Option<IpAddr> = self.callee.host().to_string().parse().ok();
        let host = shared.public.unwrap_or_else(|| towards(shared.host, far.unwrap_or(IpAddr::from([192, 0, 2, 1]))));
        let at = SocketAddr::new(host, socket.local_addr().map_or(0, |address| address.port()));
        let random = shared.ids.uuid().as_u64_pair().1;
        let session = random >> 2;
        let ours = contact(host, shared.port, &self.user).ok_or(NotReached::Failed)?;
        let options = InviteOption {
            caller_display_name: self.from.map(|number| number.0),
            caller: ours.clone(),
            callee: self.callee,
            content_type: Some("application/sdp".to_owned()),
            offer: Some(offer(at, session, 1).into_bytes()),
            contact: ours,
            credential: self.credential,
            headers: Some(vec![Header::Supported("timer".into())]),
            ..InviteOption::default()
        };
        let (states, changes) = shared.dialogs.new_dialog_state_channel();
        // Dropped here, the stack takes the INVITE back.
        let (dialog, answer) = shared.dialogs.do_invite(options, states).await.map_err(|error| failed(&error))?;
        let answer = answer.ok_or(NotReached::NoAnswer)?;
        match answer.status_code {
            StatusCode::OK => {}
            StatusCode::BusyHere | StatusCode::BusyEverywhere | StatusCode::Decline => return Err(NotReached::Busy),
            StatusCode::RequestTimeout | StatusCode::TemporarilyUnavailable | StatusCode::RequestTerminated => return Err(NotReached::NoAnswer),
            other => return Err(failed(&other)),
        }
        let Some(heard) = Offer::read(&answer.body) else {
            let _ = dialog.bye().await;
            return Err(failed(&"it answered with no sound that we can speak"));
        };
        let agreed = Arc::new(Mutex::new(Agreed::from(&heard)));
        let leg = RtpLeg::new(socket, agreed.clone(), random);
        let (connected, told) = oneshot::channel();
        let (over, ended) = oneshot::channel();
        let mut call = Running { dialog, at, session, version: 1, agreed, timer: None, due: Instant::now() + LONGEST, connection: None };
        let stop = self.stop;
        tokio::spawn(async move {
            match told.await {
                Ok(connection) => {
                    call.connection = Some(connection);
                    call.run(changes, None, ended, stop).await;
                }
                // Nobody wants the call any more.
                Err(_) => call.bye().await,
            }
            shared.dialogs.remove_dialog(&call.dialog.id());
        });
        let ends = Box::new(move || {
            let _ = over.send(());
        });
        Ok(Dialled { leg: Box::new(leg), ends, connected })
    }
}
