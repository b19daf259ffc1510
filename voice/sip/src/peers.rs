use ipnet::IpNet;
use std::net::IpAddr;

/// Who may call at all. Others are not answered, not even with a refusal: a scanner learns nothing.
#[derive(Clone, Debug, Default)]
pub struct Peers(Vec<IpNet>);

#[derive(Debug, thiserror::Error)]
#[error("`{0}` is no peer; write an address or a network, such as 192.0.2.10 or 192.0.2.0/24")]
pub struct BadPeer(String);

impl Peers {
    /// The machine itself always may.
    pub fn read(peers: &[String]) -> Result<Self, BadPeer> {
        let read = |peer: &str| peer.parse::<IpNet>().or_else(|_| peer.parse::<IpAddr>().map(IpNet::from)).map_err(|_| BadPeer(peer.to_owned()));
        let named = peers.iter().map(|peer| read(peer.trim()));
        ["127.0.0.1", "::1"].into_iter().map(read).chain(named).collect::<Result<_, _>>().map(Self)
    }

    pub fn allow(&self, address: IpAddr) -> bool {
        self.0.iter().any(|net| net.contains(&address.to_canonical()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_who_is_named_may_call() {
        let peers = Peers::read(&["192.0.2.10".to_owned(), "198.51.100.0/24".to_owned(), "2001:db8::/32".to_owned()]).expect("peers");
        for (address, may) in [("192.0.2.10", true), ("192.0.2.11", false), ("198.51.100.77", true), ("2001:db8::7", true), ("127.0.0.1", true), ("::1", true), ("::ffff:192.0.2.10", true), ("8.8.8.8", false), ("127.0.0.2", false)] {
            assert_eq!(peers.allow(address.parse().expect("an address")), may, "{address}");
        }
        assert!(Peers::read(&["nobody".to_owned()]).is_err());
    }
}
