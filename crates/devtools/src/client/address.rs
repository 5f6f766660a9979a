//! Where the server is.

use std::net::{IpAddr, SocketAddr};

use tokio_tungstenite::tungstenite::http::Uri;

/// What the server listens on, unless its address says so.
const PATH: &str = "/socketcluster/";

/// Why an address cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum AddressError {
    /// It is no address.
    #[error(
        "`{url}` is no address of a server: {reason}; an example is ws://127.0.0.1:8000/socketcluster/"
    )]
    Malformed {
        /// What was given.
        url: String,
        /// What is wrong with it.
        reason: String,
    },
    /// It is that of another machine.
    #[error(
        "`{host}` may be another machine, which would see the whole state and could dispatch: \
         use 127.0.0.1 (for another machine with a tunnel, `ssh -L 8000:127.0.0.1:8000`), or \
         `allow_remote(true)`"
    )]
    Remote {
        /// The host.
        host: String,
    },
}

/// The address of a server.
#[derive(Clone, Debug)]
pub(super) struct Address {
    pub(super) url: String,
    host: String,
    port: u16,
    is_remote_allowed: bool,
}

impl Address {
    pub(super) fn parse(url: &str, is_remote_allowed: bool) -> Result<Self, AddressError> {
        let malformed = |reason: String| AddressError::Malformed { url: url.to_owned(), reason };
        let uri: Uri = url.parse().map_err(|error| malformed(format!("{error}")))?;
        if uri.scheme_str() != Some("ws") {
            return Err(malformed("it does not begin with ws://".to_owned()));
        }
        let Some(host) = uri.host().filter(|host| !host.is_empty()) else {
            return Err(malformed("it has no host".to_owned()));
        };
        let port = uri.port_u16().unwrap_or(80);
        let path = match uri.path() {
            "" | "/" => PATH.to_owned(),
            // Without its last slash the server does not know it.
            path if !path.ends_with('/') => format!("{path}/"),
            path => path.to_owned(),
        };
        let address = Self {
            url: format!("ws://{host}:{port}{path}"),
            host: host.trim_matches(['[', ']']).to_owned(),
            port,
            is_remote_allowed,
        };
        if !is_remote_allowed && !address.is_local() {
            return Err(AddressError::Remote { host: address.host });
        }
        Ok(address)
    }

    fn is_local(&self) -> bool {
        match self.host.parse::<IpAddr>() {
            Ok(ip) => ip.is_loopback(),
            Err(_) => self.host.eq_ignore_ascii_case("localhost"),
        }
    }

    /// Returns where to connect to. A name is believed to be local only as far as it leads there.
    pub(super) async fn resolve(&self) -> std::io::Result<Vec<SocketAddr>> {
        let found = tokio::net::lookup_host((self.host.as_str(), self.port)).await?;
        Ok(found.filter(|it| self.is_remote_allowed || it.ip().is_loopback()).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::{Address, AddressError};

    #[track_caller]
    fn check(url: &str, expected: &str) {
        assert_eq!(Address::parse(url, true).map(|it| it.url).as_deref(), Ok(expected));
    }

    #[test]
    fn addresses_are_completed() {
        let whole = "ws://127.0.0.1:8000/socketcluster/";
        check("ws://127.0.0.1:8000/socketcluster/", whole);
        check("ws://127.0.0.1:8000/socketcluster", whole);
        check("ws://127.0.0.1:8000", whole);
        check("ws://[::1]:9/a", "ws://[::1]:9/a/");
        check("ws://localhost", "ws://localhost:80/socketcluster/");
        check("ws://user@example.org:8000", "ws://example.org:8000/socketcluster/");
    }

    #[test]
    fn other_machines_are_refused() {
        for host in ["localhost", "LOCALHOST", "127.0.0.1", "127.9.9.9", "[::1]"] {
            assert!(Address::parse(&format!("ws://{host}:8000"), false).is_ok(), "{host}");
        }
        let hosts = ["example.org", "10.0.0.1", "0.0.0.0", "[::]", "localhost.example.org"];
        for host in hosts {
            let error = Address::parse(&format!("ws://{host}:8000"), false).unwrap_err();
            assert!(matches!(error, AddressError::Remote { .. }), "{host}: {error}");
        }
    }

    #[test]
    fn what_is_no_address_is_refused() {
        for url in ["", "127.0.0.1:8000", "http://127.0.0.1", "wss://127.0.0.1", "ws://", "ws:///a"]
        {
            let error = Address::parse(url, true).unwrap_err();
            assert!(matches!(error, AddressError::Malformed { .. }), "{url}: {error}");
        }
    }
}
