//! LDAP messages on a byte stream (RFC 4511 section 5.1), with bounds in front of the protocol crate.
//!
//! The crate would wait for the bytes a length field promises, print operations it does not know and log what it reads, passwords
//! included. So each message is measured and its kind checked first, and the crate decodes with logging off.

use std::io;

use ldap3_proto::LdapCodec;
use ldap3_proto::proto::LdapMsg;
use tokio_util::bytes::BytesMut;
use tokio_util::codec::{Decoder, Encoder};
use tracing::subscriber::NoSubscriber;

/// Longest message taken, in bytes.
pub(crate) const MAX_MESSAGE: usize = 64 << 10;
/// Deepest nesting of values in one message; filters nest two levels per operator at most.
const MAX_DEPTH: usize = 64;

const SEQUENCE: u8 = 0x30;
const INTEGER: u8 = 0x02;
/// Tags of the requests: bind, unbind, search, modify, add, delete, rename, compare, abandon, extended.
const REQUESTS: [u8; 10] = [0x60, 0x42, 0x63, 0x66, 0x68, 0x4A, 0x6C, 0x6E, 0x50, 0x77];

pub(crate) struct Codec {
    inner: LdapCodec,
}

impl Default for Codec {
    fn default() -> Self {
        Self { inner: LdapCodec::new(Some(MAX_MESSAGE), Some(MAX_DEPTH)) }
    }
}

impl Decoder for Codec {
    type Item = LdapMsg;
    type Error = io::Error;

    fn decode(&mut self, buffer: &mut BytesMut) -> Result<Option<LdapMsg>, io::Error> {
        let Some((header, content)) = measure(buffer)? else { return Ok(None) };
        let total = header + content;
        if buffer.len() < total {
            buffer.reserve(total - buffer.len());
            return Ok(None);
        }
        let mut message = buffer.split_to(total);
        if !message.get(header..).is_some_and(is_request) {
            return Err(malformed("not a request"));
        }
        let decoded = tracing::subscriber::with_default(NoSubscriber::default(), || self.inner.decode(&mut message));
        match decoded {
            Ok(Some(message)) => Ok(Some(message)),
            // The cause may quote the message, and that may hold a password.
            Ok(None) | Err(_) => Err(malformed("a value in the message")),
        }
    }
}

impl Encoder<LdapMsg> for Codec {
    type Error = io::Error;

    fn encode(&mut self, message: LdapMsg, buffer: &mut BytesMut) -> Result<(), io::Error> {
        self.inner.encode(message, buffer)
    }
}

/// Lengths of the outer header and of its content; `None` while the header is incomplete.
fn measure(buffer: &[u8]) -> Result<Option<(usize, usize)>, io::Error> {
    let Some((tag, rest)) = buffer.split_first() else { return Ok(None) };
    if *tag != SEQUENCE {
        return Err(malformed("no message starts here"));
    }
    let Some((first, rest)) = rest.split_first() else { return Ok(None) };
    let (header, content) = match *first {
        short @ ..=0x7F => (2, usize::from(short)),
        long @ 0x81..=0x84 => {
            let count = usize::from(long & 0x7F);
            let Some(bytes) = rest.get(..count) else { return Ok(None) };
            (2 + count, bytes.iter().fold(0, |length, byte| (length << 8) | usize::from(*byte)))
        }
        // Indefinite lengths (RFC 4511 section 5.1) and lengths above four bytes.
        0x80 | 0x85.. => return Err(malformed("a length this protocol does not use")),
    };
    if header + content > MAX_MESSAGE {
        return Err(malformed("a message above the size limit"));
    }
    Ok(Some((header, content)))
}

/// True when a message id between 1 and 2³¹-1 and the tag of a request follow.
fn is_request(content: &[u8]) -> bool {
    let [INTEGER, length @ 1..=4, rest @ ..] = content else { return false };
    let Some((id, [tag, ..])) = rest.split_at_checked(usize::from(*length)) else { return false };
    let negative = id.first().is_some_and(|byte| byte & 0x80 != 0);
    !negative && id.iter().any(|byte| *byte != 0) && REQUESTS.contains(tag)
}

fn malformed(what: &str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, format!("malformed message: {what}"))
}

#[cfg(test)]
mod tests {
    use ldap3_proto::proto::LdapOp;

    use super::*;

    /// An unbind with message id 5.
    const UNBIND: [u8; 7] = [0x30, 0x05, 0x02, 0x01, 0x05, 0x42, 0x00];

    fn decode(bytes: &[u8]) -> Result<Option<LdapMsg>, io::Error> {
        Codec::default().decode(&mut BytesMut::from(bytes))
    }

    #[test]
    fn a_message_is_taken_when_it_is_whole() {
        for cut in 0..UNBIND.len() {
            assert!(decode(&UNBIND[..cut]).unwrap().is_none(), "cut at {cut}");
        }
        let message = decode(&UNBIND).unwrap().unwrap();
        assert_eq!((message.msgid, message.op), (5, LdapOp::UnbindRequest));
        // The same with the four-byte length that Microsoft's clients write.
        let long = [&[0x30, 0x84, 0, 0, 0, 5], &UNBIND[2..]].concat();
        assert_eq!(decode(&long).unwrap().unwrap().msgid, 5);
    }

    #[test]
    fn what_is_not_a_request_is_refused_before_it_is_complete() {
        for bytes in [
            b"GET / HTTP/1.1".as_slice(),
            &[0x30, 0x80],
            &[0x30, 0x85, 0, 0, 0, 0, 1],
            &[0x30, 0x84, 0x7F, 0xFF, 0xFF, 0xFF],
            &[0x30, 0x83, 0x01, 0x00, 0x00],
        ] {
            assert!(decode(bytes).is_err(), "{bytes:x?}");
        }
    }

    #[test]
    fn responses_unknown_kinds_and_bad_ids_are_refused() {
        let with = |at: usize, byte: u8| {
            let mut bytes = UNBIND;
            bytes[at] = byte;
            decode(&bytes)
        };
        assert!(with(5, 0x61).is_err(), "a response");
        assert!(with(5, 0x5F).is_err(), "an unknown operation");
        assert!(with(4, 0x00).is_err(), "message id 0");
        assert!(with(4, 0xFF).is_err(), "a negative message id");
        assert!(with(2, 0x04).is_err(), "no message id");
    }
}
