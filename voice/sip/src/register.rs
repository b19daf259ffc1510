use rsipstack::{
    dialog::{
        authenticate::Credential,
        registration::{RefreshOutcome, Registration},
    },
    platform::CancellationToken,
    sip::Uri,
    transaction::endpoint::EndpointInnerRef,
};

/// Seconds that a registration is asked for.
const EXPIRES: u32 = 600;

/// An account with a PBX or a carrier.
#[derive(Clone, Debug)]
pub struct Account {
    /// The registrar, such as `sip:pbx.example:5060`.
    pub server: String,
    pub user: String,
    pub password: String,
}

/// Registers, and keeps the registration fresh until told to stop; then takes it back.
pub(crate) async fn keep_registered(endpoint: EndpointInnerRef, account: Account, stop: CancellationToken) {
    let server: Uri = match account.server.parse() {
        Ok(server) => server,
        Err(error) => return tracing::error!(server = account.server, %error, "the registrar's address is not understood"),
    };
    let credential = Credential { username: account.user.clone(), password: account.password, realm: None, auth_username: None };
    let mut registration = Registration::new(endpoint, Some(credential));
    let mut registered = false;
    let told = |outcome: RefreshOutcome<'_>| match outcome {
        RefreshOutcome::Registered(_) if !registered => {
            registered = true;
            tracing::info!(server = account.server, "registered");
        }
        RefreshOutcome::Registered(_) => {}
        RefreshOutcome::Rejected(response) => {
            registered = false;
            tracing::warn!(server = account.server, status = %response.status_code, "the registrar refuses; again later");
        }
        RefreshOutcome::Failed(error) => {
            registered = false;
            tracing::warn!(server = account.server, %error, "the registrar cannot be reached; again later");
        }
    };
    registration.keep_alive(server.clone(), EXPIRES, stop, told).await;
    if let Err(error) = registration.register(server, Some(0)).await {
        tracing::debug!(%error, "the registration was left to run out");
    }
}
