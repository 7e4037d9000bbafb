//! The part of CBOR (RFC 8949) that CTAP 2 authenticators write: definite lengths, no floats, no tags, shallow.

use super::WebauthnFault;

/// Maps within maps: an attestation object has three.
const DEEPEST: u8 = 4;

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Value<'a> {
    Int(i64),
    Bytes(&'a [u8]),
    Text(&'a str),
    Array(Vec<Value<'a>>),
    Map(Vec<(Value<'a>, Value<'a>)>),
    Bool(bool),
    Null,
}

/// The value of a text key.
pub(super) fn get<'v, 'a>(map: &'v [(Value<'a>, Value<'a>)], key: &str) -> Option<&'v Value<'a>> {
    map.iter().find(|(name, _)| *name == Value::Text(key)).map(|(_, value)| value)
}

/// Reads one value, which is all there is.
pub(super) fn read_all(bytes: &[u8]) -> Result<Value<'_>, WebauthnFault> {
    match read(bytes)? {
        (value, []) => Ok(value),
        _ => Err(WebauthnFault::Malformed),
    }
}

/// Reads one value; gives what follows it.
pub(super) fn read(bytes: &[u8]) -> Result<(Value<'_>, &[u8]), WebauthnFault> {
    read_at(bytes, DEEPEST)
}

fn read_at(bytes: &[u8], depth: u8) -> Result<(Value<'_>, &[u8]), WebauthnFault> {
    const BAD: WebauthnFault = WebauthnFault::Malformed;
    let (&head, rest) = bytes.split_first().ok_or(BAD)?;
    let (major, short) = (head >> 5, head & 31);
    if major == 7 {
        return match short {
            20 | 21 => Ok((Value::Bool(short == 21), rest)),
            22 => Ok((Value::Null, rest)),
            _ => Err(BAD),
        };
    }
    let (number, rest) = argument(short, rest)?;
    let length = usize::try_from(number).map_err(|_| BAD)?;
    match major {
        0 => Ok((Value::Int(i64::try_from(number).map_err(|_| BAD)?), rest)),
        1 => Ok((Value::Int(-1 - i64::try_from(number).map_err(|_| BAD)?), rest)),
        2 => rest.split_at_checked(length).map(|(bytes, rest)| (Value::Bytes(bytes), rest)).ok_or(BAD),
        3 => {
            let (text, rest) = rest.split_at_checked(length).ok_or(BAD)?;
            Ok((Value::Text(std::str::from_utf8(text).map_err(|_| BAD)?), rest))
        }
        // Each element takes a byte at least: no length makes more of them than there is.
        4 | 5 if depth == 0 || length > rest.len() => Err(BAD),
        4 => {
            let (mut items, mut rest) = (Vec::new(), rest);
            for _ in 0..length {
                let (item, after) = read_at(rest, depth - 1)?;
                items.push(item);
                rest = after;
            }
            Ok((Value::Array(items), rest))
        }
        5 => {
            let (mut pairs, mut rest) = (Vec::<(Value<'_>, Value<'_>)>::new(), rest);
            for _ in 0..length {
                let (key, after) = read_at(rest, depth - 1)?;
                let (value, after) = read_at(after, depth - 1)?;
                // Two readers could take two values of one key for the one that counts.
                if pairs.iter().any(|(known, _)| *known == key) {
                    return Err(BAD);
                }
                pairs.push((key, value));
                rest = after;
            }
            Ok((Value::Map(pairs), rest))
        }
        _ => Err(BAD),
    }
}

fn argument(short: u8, rest: &[u8]) -> Result<(u64, &[u8]), WebauthnFault> {
    let width = match short {
        0..=23 => return Ok((u64::from(short), rest)),
        24 => 1,
        25 => 2,
        26 => 4,
        27 => 8,
        _ => return Err(WebauthnFault::Malformed),
    };
    let (bytes, rest) = rest.split_at_checked(width).ok_or(WebauthnFault::Malformed)?;
    Ok((bytes.iter().fold(0, |number, byte| number << 8 | u64::from(*byte)), rest))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn values() {
        let cases: [(&[u8], Value<'_>); 9] = [
            (&[0x00], Value::Int(0)),
            (&[0x38, 0xff], Value::Int(-256)),
            (&[0x1a, 0, 1, 0, 0], Value::Int(65_536)),
            (&[0x42, 1, 2], Value::Bytes(&[1, 2])),
            (&[0x63, b'f', b'm', b't'], Value::Text("fmt")),
            (&[0x80], Value::Array(Vec::new())),
            (&[0xf5], Value::Bool(true)),
            (&[0xf6], Value::Null),
            (&[0xa1, 0x61, b'a', 0x20], Value::Map(vec![(Value::Text("a"), Value::Int(-1))])),
        ];
        for (bytes, wanted) in cases {
            assert_eq!(read_all(bytes), Ok(wanted), "{bytes:?}");
        }
    }

    #[test]
    fn what_is_refused() {
        let cases: [&[u8]; 12] = [
            &[],
            &[0x00, 0x00],
            &[0x18],
            &[0x1c],
            &[0x5f, 0x41, 0, 0xff],
            &[0x42, 1],
            &[0x61, 0xff],
            &[0x9b, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff],
            &[0xa2, 0x00, 0x00, 0x00, 0x01],
            &[0xc0, 0x00],
            &[0xfb, 0, 0, 0, 0, 0, 0, 0, 0],
            &[0x81, 0x81, 0x81, 0x81, 0x81, 0x00],
        ];
        for bytes in cases {
            assert_eq!(read_all(bytes), Err(WebauthnFault::Malformed), "{bytes:?}");
        }
    }

    proptest! {
        #[test]
        fn no_bytes_stop_it(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
            let _ = read_all(&bytes);
        }
    }
}
