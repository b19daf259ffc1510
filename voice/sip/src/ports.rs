use std::{
    io,
    net::{IpAddr, SocketAddr, UdpSocket},
    ops::RangeInclusive,
    sync::atomic::{AtomicU16, Ordering},
};

/// Where a call's sound arrives: one UDP port each.
pub(crate) struct Ports {
    host: IpAddr,
    /// Unset: any that is free.
    range: Option<RangeInclusive<u16>>,
    next: AtomicU16,
}

impl Ports {
    pub fn new(host: IpAddr, range: Option<RangeInclusive<u16>>) -> Self {
        let first = range.as_ref().map_or(0, |range| *range.start());
        Self { host, range, next: AtomicU16::new(first) }
    }

    pub fn open(&self) -> io::Result<UdpSocket> {
        let Some(range) = &self.range else { return bind(self.host, 0) };
        for _ in 0..=(range.end() - range.start()) {
            let port = self.next.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |port| Some(if port >= *range.end() { *range.start() } else { port + 1 })).unwrap_or(*range.start());
            if let Ok(socket) = bind(self.host, port) {
                return Ok(socket);
            }
        }
        Err(io::Error::new(io::ErrorKind::AddrInUse, "all ports for sound are taken"))
    }
}

fn bind(host: IpAddr, port: u16) -> io::Result<UdpSocket> {
    let socket = UdpSocket::bind(SocketAddr::new(host, port))?;
    socket.set_nonblocking(true)?;
    Ok(socket)
}

/// The address under which a peer finds us: that of the way to it.
pub(crate) fn towards(host: IpAddr, peer: IpAddr) -> IpAddr {
    if !host.is_unspecified() {
        return host;
    }
    let way = || -> io::Result<IpAddr> {
        let socket = UdpSocket::bind(SocketAddr::new(host, 0))?;
        socket.connect(SocketAddr::new(peer, 9))?;
        Ok(socket.local_addr()?.ip())
    };
    way().unwrap_or(host)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ports_are_taken_in_turn_until_none_is_left() {
        let host = IpAddr::from([127, 0, 0, 1]);
        let free = bind(host, 0).and_then(|socket| socket.local_addr()).expect("a port").port();
        let ports = Ports::new(host, Some(free..=free));
        let held = ports.open().expect("the port");
        assert_eq!(held.local_addr().expect("an address").port(), free);
        assert!(ports.open().is_err());
        drop(held);
        assert!(ports.open().is_ok());
        assert_eq!(towards(host, host), host);
        assert_eq!(towards(IpAddr::from([0, 0, 0, 0]), host), host);
    }
}
