//! From where a request came: the peer itself, or whom a proxy that we trust names.

use crate::{Office, error::Refusal};
use axum::{
    extract::{ConnectInfo, FromRequestParts},
    http::{HeaderMap, request::Parts},
};
use ipnet::IpNet;
use std::{
    convert::Infallible,
    net::{IpAddr, Ipv4Addr, SocketAddr},
};

/// The proxies whose word counts.
#[derive(Clone, Debug, Default)]
pub struct Proxies(pub Vec<IpNet>);

impl Proxies {
    fn trusts(&self, address: IpAddr) -> bool {
        covers(&self.0, address)
    }

    /// Each proxy adds at the end whom it heard from: the last one that is no proxy of ours is the client. What stands before
    /// it anybody may have written.
    fn client(&self, peer: IpAddr, headers: &HeaderMap) -> IpAddr {
        if !self.trusts(peer) {
            return peer;
        }
        let named = headers.get_all("x-forwarded-for").iter().filter_map(|value| value.to_str().ok()).flat_map(|value| value.split(','));
        let mut client = peer;
        for address in named.collect::<Vec<_>>().into_iter().rev() {
            let Some(address) = read(address) else { break };
            client = address;
            if !self.trusts(address) {
                break;
            }
        }
        client
    }
}

/// An address, also with a port behind it.
fn read(text: &str) -> Option<IpAddr> {
    let text = text.trim();
    let address = text.parse().ok().or_else(|| text.parse::<SocketAddr>().ok().map(|address| address.ip()))?;
    Some(plain(address))
}

/// IPv4 that came by a socket of IPv6.
fn plain(address: IpAddr) -> IpAddr {
    match address {
        IpAddr::V6(v6) => v6.to_ipv4_mapped().map_or(address, IpAddr::V4),
        IpAddr::V4(_) => address,
    }
}

pub fn covers(networks: &[IpNet], address: IpAddr) -> bool {
    networks.iter().any(|network| network.contains(&address))
}

/// Who calls, as far as the connection tells.
#[derive(Clone, Debug)]
pub struct Caller {
    pub address: IpAddr,
    pub over_tls: bool,
    /// What the browser says it is.
    pub browser: String,
}

impl Caller {
    pub fn read(office: &Office, parts: &Parts) -> Self {
        let peer = parts.extensions.get::<ConnectInfo<SocketAddr>>().map_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED), |peer| plain(peer.0.ip()));
        let over_tls = office.proxies.trusts(peer) && parts.headers.get("x-forwarded-proto").is_some_and(|proto| proto == "https");
        let browser = parts.headers.get("user-agent").and_then(|value| value.to_str().ok()).unwrap_or_default().chars().take(300).collect();
        Self { address: office.proxies.client(peer, &parts.headers), over_tls, browser }
    }

    /// Whether a city lets its staff work from here.
    pub fn may_enter(&self, networks: &[IpNet]) -> Result<(), Refusal> {
        if networks.is_empty() || covers(networks, self.address) { Ok(()) } else { Err(Refusal::Elsewhere) }
    }
}

impl FromRequestParts<Office> for Caller {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, office: &Office) -> Result<Self, Infallible> {
        Ok(Self::read(office, parts))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn client(peer: &str, named: &str) -> String {
        let proxies = Proxies(vec!["10.0.0.0/8".parse().expect("a network"), "::1/128".parse().expect("a network")]);
        let mut headers = HeaderMap::new();
        headers.insert("x-forwarded-for", named.parse().expect("a value"));
        proxies.client(peer.parse().expect("an address"), &headers).to_string()
    }

    #[test]
    fn only_a_proxy_of_ours_is_believed() {
        assert_eq!(client("203.0.113.9", "192.0.2.1"), "203.0.113.9", "no proxy");
        assert_eq!(client("10.0.0.1", "192.0.2.1"), "192.0.2.1");
        assert_eq!(client("10.0.0.1", "192.0.2.1, 198.51.100.7, 10.0.0.2"), "198.51.100.7", "what the client wrote itself counts for nothing");
        assert_eq!(client("::1", "198.51.100.7:4711"), "198.51.100.7");
        assert_eq!(client("10.0.0.1", "nonsense"), "10.0.0.1");
        assert_eq!(client("10.0.0.1", "::ffff:198.51.100.7"), "198.51.100.7");
    }
}
