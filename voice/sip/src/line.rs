//! The line: what arrives by SIP, and who gets it.

use crate::{
    call,
    dial::Dialler,
    peers::Peers,
    ports::Ports,
    register::{Account, keep_registered},
};
use model::Ids;
use rsipstack::{
    EndpointBuilder,
    dialog::dialog_layer::DialogLayer,
    platform::CancellationToken,
    sip::{HeadersExt, Method, StatusCode},
    transaction::{Endpoint, Transaction, TransactionReceiver},
    transport::{TcpListenerConnection, TransportLayer, TransportWhitelist, udp::UdpConnection},
};
use std::{
    net::{IpAddr, SocketAddr},
    ops::RangeInclusive,
    sync::Arc,
    time::Duration,
};
use tokio::{sync::watch, task::JoinSet};
use voice::Switchboard;

pub struct Settings {
    /// Where SIP is listened on, by UDP and TCP.
    pub listen: SocketAddr,
    /// The address that is written into messages, behind a NAT.
    pub public: Option<IpAddr>,
    /// Ports for sound; unset, any.
    pub ports: Option<RangeInclusive<u16>>,
    pub peers: Peers,
    /// Where calls are sent that find all lines taken (a SIP address); unset, they are refused with 503.
    pub overflow: Option<String>,
    pub account: Option<Account>,
}

#[derive(Debug, thiserror::Error)]
#[error("SIP: {0}")]
pub struct SipError(#[from] rsipstack::Error);

/// A bound line. Nothing is answered before [`SipLine::serve`].
pub struct SipLine {
    endpoint: Endpoint,
    incoming: TransactionReceiver,
    listen: SocketAddr,
    account: Option<Account>,
    shared: Arc<Shared>,
    cancel: CancellationToken,
}

/// How long calls have to end when the line closes.
const CLOSING: Duration = Duration::from_secs(2);

pub(crate) struct Shared {
    pub dialogs: Arc<DialogLayer>,
    pub ports: Ports,
    pub ids: Arc<dyn Ids>,
    pub host: IpAddr,
    pub public: Option<IpAddr>,
    pub port: u16,
    pub overflow: Option<String>,
}

impl SipLine {
    pub async fn bind(settings: Settings, ids: Arc<dyn Ids>) -> Result<Self, SipError> {
        let cancel = CancellationToken::new();
        let external = settings.public.map(|public| SocketAddr::new(public, settings.listen.port()));
        let udp = UdpConnection::create_connection(settings.listen, external, Some(cancel.child_token())).await?;
        let listen = SocketAddr::new(settings.listen.ip(), udp.get_addr().addr.port.map_or(settings.listen.port(), |port| port.value()));
        let tcp = TcpListenerConnection::new(listen, external).await?;
        let layer = TransportLayer::new(cancel.clone());
        layer.set_whitelist(Allowed(settings.peers.clone()));
        layer.add_transport(udp.into());
        layer.add_transport(tcp.into());
        let endpoint = EndpointBuilder::new().with_user_agent("Madoguchi").with_transport_layer(layer).with_cancel_token(cancel.clone()).with_timer_interval(Duration::from_millis(20)).build();
        let incoming = endpoint.incoming_transactions()?;
        let Settings { public, ports, overflow, account, .. } = settings;
        let shared = Shared { dialogs: Arc::new(DialogLayer::new(endpoint.inner.clone())), ports: Ports::new(listen.ip(), ports), ids, host: listen.ip(), public, port: listen.port(), overflow };
        Ok(Self { endpoint, incoming, listen, account, shared: Arc::new(shared), cancel })
    }

    pub fn listen(&self) -> SocketAddr {
        self.listen
    }

    /// Rings other telephones: those of the account's PBX or carrier, and any SIP address that stands in the settings.
    pub fn dialler(&self) -> Dialler {
        Dialler::new(self.shared.clone(), self.account.as_ref())
    }

    /// Answers until told to stop; then ends the calls.
    pub async fn serve(mut self, board: Switchboard, mut stop: watch::Receiver<bool>) {
        let (shared, account) = (self.shared, self.account);
        let inner = self.endpoint.inner.clone();
        let serving = tokio::spawn(async move { inner.serve().await });
        let unregister = CancellationToken::new();
        let registering = account.map(|account| tokio::spawn(keep_registered(self.endpoint.inner.clone(), account, unregister.clone())));
        let mut calls = JoinSet::new();
        loop {
            tokio::select! {
                Some(transaction) = self.incoming.recv() => {
                    calls.spawn(handle(shared.clone(), board.clone(), transaction, stop.clone()));
                }
                Some(_) = calls.join_next() => {}
                _ = stop.changed() => break,
            }
        }
        unregister.cancel();
        let ended = async {
            while calls.join_next().await.is_some() {}
            if let Some(registering) = registering {
                let _ = registering.await;
            }
        };
        let _ = tokio::time::timeout(CLOSING, ended).await;
        self.cancel.cancel();
        serving.abort();
    }
}

struct Allowed(Peers);

#[async_trait::async_trait]
impl TransportWhitelist for Allowed {
    async fn allow(&self, address: IpAddr) -> bool {
        let allowed = self.0.allow(address);
        if !allowed {
            tracing::debug!(%address, "a stranger is not answered");
        }
        allowed
    }
}

/// One request, to its end.
async fn handle(shared: Arc<Shared>, board: Switchboard, mut transaction: Transaction, stop: watch::Receiver<bool>) {
    let within = transaction.original.to_header().and_then(|to| to.tag()).ok().flatten().is_some();
    let done = if within {
        match shared.dialogs.match_dialog(&transaction) {
            Some(mut dialog) => dialog.handle(&mut transaction).await,
            None => transaction.reply(StatusCode::CallTransactionDoesNotExist).await,
        }
    } else {
        match transaction.original.method {
            Method::Invite => call::answer(&shared, &board, transaction, stop).await,
            Method::Options => transaction.reply(StatusCode::OK).await,
            Method::Ack => Ok(()),
            _ => transaction.reply(StatusCode::MethodNotAllowed).await,
        }
    };
    if let Err(error) = done {
        tracing::debug!(%error, "a request could not be handled");
    }
}
