use std::fmt;
use std::net::IpAddr;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// The text is no network.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("\"{0}\" is neither an address nor a network such as 10.1.0.0/16")]
pub struct InvalidNetwork(String);

/// An address with the number of leading bits that count.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Network {
    address: IpAddr,
    bits: u8,
}

impl FromStr for Network {
    type Err = InvalidNetwork;

    fn from_str(text: &str) -> Result<Self, InvalidNetwork> {
        let invalid = || InvalidNetwork(text.to_owned());
        let (address, bits) = text.split_once('/').map_or((text, None), |(address, bits)| (address, Some(bits)));
        let address: IpAddr = address.parse().map_err(|_| invalid())?;
        let most = if address.is_ipv4() { 32 } else { 128 };
        let bits = bits.map_or(Ok(most), |bits| bits.parse().map_err(|_| invalid()))?;
        if bits > most {
            return Err(invalid());
        }
        Ok(Self { address, bits })
    }
}

impl fmt::Display for Network {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.address, self.bits)
    }
}

impl Network {
    /// The network of the first `bits` of an address.
    #[must_use]
    pub const fn new(address: IpAddr, bits: u8) -> Self {
        Self { address, bits }
    }

    /// Whether the address lies in the network.
    #[must_use]
    pub fn contains(&self, address: IpAddr) -> bool {
        match (self.address, address) {
            (IpAddr::V4(own), IpAddr::V4(other)) => {
                let differing = u32::from(own) ^ u32::from(other);
                differing.checked_shr(32 - u32::from(self.bits)).unwrap_or(0) == 0
            }
            (IpAddr::V6(own), IpAddr::V6(other)) => {
                let differing = u128::from(own) ^ u128::from(other);
                differing.checked_shr(128 - u32::from(self.bits)).unwrap_or(0) == 0
            }
            _ => false,
        }
    }
}

/// Which networks are the organisation's own.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct NetworkConfig {
    /// Addresses and networks such as `10.1.0.0/16`, 100 at most. Without any, every address is on the network.
    pub range: Option<Vec<String>>,
    /// Countries. Always empty: which country an address is in is not known here.
    pub geolocation: Option<Vec<String>>,
    /// Whether `geolocation` lists the trusted countries.
    pub whitelisted: bool,
}

/// Most entries of `range`.
const MOST_RANGES: usize = 100;

impl NetworkConfig {
    /// Everything that is wrong with it; empty when nothing is.
    #[must_use]
    pub fn faults(&self) -> Vec<String> {
        let mut faults: Vec<String> = self
            .ranges()
            .filter_map(|text| text.parse::<Network>().err())
            .map(|fault| format!("range: {fault}"))
            .collect();
        if self.ranges().count() > MOST_RANGES {
            faults = vec![format!("range has more than {MOST_RANGES} entries")];
        }
        if self.geolocation.as_ref().is_some_and(|countries| !countries.is_empty()) {
            faults.push("geolocation must be empty: which country an address is in is not known here".to_owned());
        }
        faults
    }

    fn ranges(&self) -> impl Iterator<Item = &str> {
        self.range.iter().flatten().map(String::as_str)
    }

    /// Whether a client's address is on the organisation's network. `None`, an address that is not known, is not, where
    /// there are any networks.
    #[must_use]
    pub fn contains(&self, address: Option<IpAddr>) -> bool {
        let mut ranges = self.ranges().filter_map(|text| text.parse::<Network>().ok()).peekable();
        if ranges.peek().is_none() {
            return true;
        }
        address.is_some_and(|address| ranges.any(|network| network.contains(address.to_canonical())))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ranges(list: &[&str]) -> NetworkConfig {
        NetworkConfig { range: Some(list.iter().map(|text| (*text).to_owned()).collect()), ..NetworkConfig::default() }
    }

    #[test]
    fn bounds() {
        assert!(NetworkConfig::default().faults().is_empty());
        assert!(ranges(&["1.3.7.2", "255.255.255.252/30", "2001:db8::/32"]).faults().is_empty());
        for bad in
            ["", "10", "10.0.0.0/33", "::/129", "10.0.0.0/-1", "10.0.0.0/", "localhost", "10.0.0.0/8/8", " 1.1.1.1"]
        {
            assert_eq!(ranges(&[bad, "10.0.0.0/8"]).faults().len(), 1, "{bad}");
        }
        assert!(ranges(&["1.1.1.1"; 100]).faults().is_empty());
        assert_eq!(ranges(&["1.1.1.1"; 101]).faults().len(), 1);
        let country = NetworkConfig { geolocation: Some(vec!["CA".to_owned()]), ..ranges(&["x"]) };
        assert_eq!(country.faults().len(), 2);
        assert!(NetworkConfig { geolocation: Some(Vec::new()), ..NetworkConfig::default() }.faults().is_empty());
    }

    #[test]
    fn who_is_on_the_network() {
        let address = |text: &str| Some(text.parse().unwrap());
        let own = ranges(&["10.0.0.0/8", "203.0.113.7", "2001:db8::/32"]);
        for (text, inside) in [
            ("10.9.9.9", true),
            ("::ffff:10.9.9.9", true),
            ("203.0.113.7", true),
            ("203.0.113.8", false),
            ("2001:db8::1", true),
            ("2001:db9::1", false),
        ] {
            assert_eq!(own.contains(address(text)), inside, "{text}");
        }
        assert!(!own.contains(None), "an unknown address is not trusted");
        assert!(NetworkConfig::default().contains(None) && ranges(&[]).contains(address("192.0.2.1")));
        assert!(ranges(&["0.0.0.0/0"]).contains(address("192.0.2.1")));
        assert!(!ranges(&["0.0.0.0/0"]).contains(address("::1")));
    }
}
