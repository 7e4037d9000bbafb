//! A software authenticator, and everything that can be wrong with its answers.

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{ECDSA_P256_SHA256_ASN1_SIGNING, EcdsaKeyPair, Ed25519KeyPair, KeyPair as _};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use super::*;
use crate::digest::sha256;

const CHALLENGE: &[u8] = b"a challenge of thirty-two bytes.";

enum Pair {
    Es256(EcdsaKeyPair),
    Ed25519(Ed25519KeyPair),
}

struct Authenticator {
    pair: Pair,
    count: u32,
    /// Present, verified.
    flags: u8,
    rp_id: &'static str,
}

fn party() -> RelyingParty {
    RelyingParty::of_url("https://pw.acme.test")
}

fn bytes(major: u8, content: &[u8]) -> Vec<u8> {
    let length = u16::try_from(content.len()).unwrap().to_be_bytes();
    [&[major << 5 | 25], &length[..], content].concat()
}

fn client_data(kind: &str, challenge: &[u8], origin: &str) -> Vec<u8> {
    let challenge = URL_SAFE_NO_PAD.encode(challenge);
    format!(r#"{{"type":"{kind}","challenge":"{challenge}","origin":"{origin}","crossOrigin":false}}"#).into_bytes()
}

fn create() -> Vec<u8> {
    client_data("webauthn.create", CHALLENGE, "https://pw.acme.test")
}

fn get() -> Vec<u8> {
    client_data("webauthn.get", CHALLENGE, "https://pw.acme.test")
}

impl Authenticator {
    fn es256() -> Self {
        Self::of(Pair::Es256(EcdsaKeyPair::generate(&ECDSA_P256_SHA256_ASN1_SIGNING).unwrap()))
    }

    fn ed25519() -> Self {
        Self::of(Pair::Ed25519(Ed25519KeyPair::generate().unwrap()))
    }

    fn of(pair: Pair) -> Self {
        Self { pair, count: 7, flags: USER_HERE, rp_id: "pw.acme.test" }
    }

    fn cose(&self) -> Vec<u8> {
        match &self.pair {
            Pair::Es256(pair) => {
                let point = pair.public_key().as_ref();
                // {1: 2, 3: -7, -1: 1, -2: x, -3: y}
                let head = [0xa5, 0x01, 0x02, 0x03, 0x26, 0x20, 0x01, 0x21];
                [&head[..], &bytes(2, &point[1..33]), &[0x22], &bytes(2, &point[33..])].concat()
            }
            // {1: 1, 3: -8, -1: 6, -2: x}
            Pair::Ed25519(pair) => {
                let head = [0xa4, 0x01, 0x01, 0x03, 0x27, 0x20, 0x06, 0x21];
                [&head[..], &bytes(2, pair.public_key().as_ref())].concat()
            }
        }
    }

    fn data(&self, extra_flags: u8, rest: &[u8]) -> Vec<u8> {
        let hash = sha256(self.rp_id.as_bytes());
        [&hash[..], &[self.flags | extra_flags], &self.count.to_be_bytes(), rest].concat()
    }

    fn attested(&self) -> Vec<u8> {
        let id = [5; 32];
        self.data(1 << 6, &[&[0; 16][..], &[0, 32], &id, &self.cose()].concat())
    }

    fn sign(&self, message: &[u8]) -> Vec<u8> {
        match &self.pair {
            Pair::Es256(pair) => pair.sign(&SystemRandom::new(), message).unwrap().as_ref().to_vec(),
            Pair::Ed25519(pair) => pair.sign(message).as_ref().to_vec(),
        }
    }

    /// `{"fmt": …, "attStmt": …, "authData": …}`
    fn object(format: &str, statement: &[u8], data: &[u8]) -> Vec<u8> {
        let text = |text: &str| bytes(3, text.as_bytes());
        [&[0xa3][..], &text("fmt"), &text(format), &text("attStmt"), statement, &text("authData"), &bytes(2, data)]
            .concat()
    }

    fn register(&self) -> Result<NewPasskey, WebauthnFault> {
        let object = Self::object("none", &[0xa0], &self.attested());
        register(&party(), CHALLENGE, Registration { client_data_json: &create(), attestation_object: &object })
    }

    fn assertion(&self, client_data_json: &[u8]) -> (Vec<u8>, Vec<u8>) {
        let data = self.data(0, &[]);
        let signature = self.sign(&signed(&data, client_data_json));
        (data, signature)
    }

    fn assert(&self, client_data_json: &[u8], kept: u32) -> Result<Asserted, WebauthnFault> {
        let (data, signature) = self.assertion(client_data_json);
        let answer = Assertion { client_data_json, authenticator_data: &data, signature: &signature };
        assert(&party(), CHALLENGE, &self.cose(), kept, answer)
    }
}

const USER_HERE: u8 = 0b101;

#[test]
fn both_kinds_of_keys_are_enrolled_and_used() {
    for mut authenticator in [Authenticator::es256(), Authenticator::ed25519()] {
        let passkey = authenticator.register().unwrap();
        assert_eq!((passkey.credential_id.as_slice(), passkey.sign_count), (&[5; 32][..], 7));
        assert_eq!(passkey.public_key, authenticator.cose());
        authenticator.count = 8;
        let asserted = authenticator.assert(&get(), passkey.sign_count).unwrap();
        assert_eq!(asserted, Asserted { sign_count: 8, is_regressed: false });
    }
}

#[test]
fn a_counter_that_went_back_is_told() {
    let mut authenticator = Authenticator::es256();
    for (count, kept, is_regressed) in [(0, 0, false), (8, 7, false), (7, 7, true), (6, 7, true), (0, 7, true)] {
        authenticator.count = count;
        let asserted = authenticator.assert(&get(), kept).unwrap();
        assert_eq!(asserted.is_regressed, is_regressed, "{count} after {kept}");
    }
}

#[test]
fn another_page_challenge_ceremony_or_site_is_refused() {
    let authenticator = Authenticator::ed25519();
    let origin = "https://pw.acme.test";
    let foreign = [
        client_data("webauthn.create", CHALLENGE, origin),
        client_data("webauthn.get", b"another challenge of 32 bytes...", origin),
        client_data("webauthn.get", &CHALLENGE[..31], origin),
        client_data("webauthn.get", b"", origin),
        client_data("webauthn.get", CHALLENGE, "https://pw.acme.test:8443"),
        client_data("webauthn.get", CHALLENGE, "http://pw.acme.test"),
        client_data("webauthn.get", CHALLENGE, "https://evil.pw.acme.test"),
        client_data("webauthn.get", CHALLENGE, "https://pw.acme.test.evil.test"),
        client_data("webauthn.get", CHALLENGE, "https://PW.acme.test"),
        client_data("payment.get", CHALLENGE, origin),
    ];
    for data in &foreign {
        assert_eq!(authenticator.assert(data, 0), Err(WebauthnFault::Foreign), "{}", String::from_utf8_lossy(data));
    }
    let text = String::from_utf8(get()).unwrap();
    let framed = [text.replace("false", "true"), text.replace('}', ",\"topOrigin\":\"https://evil.test\"}")];
    for data in &framed {
        assert_eq!(authenticator.assert(data.as_bytes(), 0), Err(WebauthnFault::Foreign), "{data}");
    }
    for data in [
        "",
        "{}",
        "[]",
        &text.replace('}', ",\"origin\":\"https://evil.test\"}"),
        &text.replace("\"webauthn.get\"", "1"),
    ] {
        assert_eq!(authenticator.assert(data.as_bytes(), 0), Err(WebauthnFault::Malformed), "{data}");
    }
    let elsewhere = Authenticator { rp_id: "acme.test", ..Authenticator::ed25519() };
    assert_eq!(elsewhere.assert(&get(), 0), Err(WebauthnFault::Foreign));
    assert_eq!(elsewhere.register(), Err(WebauthnFault::Foreign));
    let created = register(
        &party(),
        CHALLENGE,
        Registration {
            client_data_json: &get(),
            attestation_object: &Authenticator::object("none", &[0xa0], &authenticator.attested()),
        },
    );
    assert_eq!(created, Err(WebauthnFault::Foreign));
}

#[test]
fn a_person_who_is_not_verified_proves_nothing() {
    for flags in [0, 1, 0b100, 0b10] {
        let authenticator = Authenticator { flags, ..Authenticator::es256() };
        assert_eq!(authenticator.assert(&get(), 0), Err(WebauthnFault::NotVerified), "{flags:b}");
        assert_eq!(authenticator.register(), Err(WebauthnFault::NotVerified), "{flags:b}");
    }
    let impossible = Authenticator { flags: USER_HERE | 1 << 4, ..Authenticator::es256() };
    assert_eq!(impossible.assert(&get(), 0), Err(WebauthnFault::Malformed), "backed up, and not able to be");
}

/// Every bit of the signed data and of the signature, and every cut.
#[test]
fn no_bit_flip_and_no_cut_is_accepted() {
    for authenticator in [Authenticator::es256(), Authenticator::ed25519()] {
        let client = get();
        let (data, signature) = authenticator.assertion(&client);
        let cose = authenticator.cose();
        let judge = |data: &[u8], signature: &[u8]| {
            let answer = Assertion { client_data_json: &client, authenticator_data: data, signature };
            assert(&party(), CHALLENGE, &cose, 0, answer).is_ok()
        };
        assert!(judge(&data, &signature));
        for (part, other) in [(&data, false), (&signature, true)] {
            for bit in 0..part.len() * 8 {
                let mut changed = part.clone();
                changed[bit / 8] ^= 1 << (bit % 8);
                let accepted = if other { judge(&data, &changed) } else { judge(&changed, &signature) };
                assert!(!accepted, "bit {bit}");
            }
            for cut in 0..part.len() {
                let accepted = if other { judge(&data, &part[..cut]) } else { judge(&part[..cut], &signature) };
                assert!(!accepted, "cut {cut}");
            }
        }
        let longer = [&data[..], &[0]].concat();
        let (_, of_longer) = (0, authenticator.sign(&signed(&longer, &client)));
        assert!(!judge(&longer, &of_longer), "signed, with a byte too many");
        let another = Authenticator::es256();
        let (_, foreign) = another.assertion(&client);
        assert!(!judge(&data, &foreign), "of another key");
    }
}

#[test]
fn attestations_and_keys_of_other_kinds_are_refused() {
    let authenticator = Authenticator::es256();
    let data = authenticator.attested();
    let client = create();
    let judge = |object: &[u8]| {
        register(&party(), CHALLENGE, Registration { client_data_json: &client, attestation_object: object })
            .map(|_| ())
    };
    let own = |signature: &[u8], algorithm: u8| {
        let text = |text: &str| bytes(3, text.as_bytes());
        [&[0xa2][..], &text("alg"), &[algorithm], &text("sig"), &bytes(2, signature)].concat()
    };
    let signature = authenticator.sign(&signed(&data, &client));
    assert_eq!(judge(&Authenticator::object("packed", &own(&signature, 0x26), &data)), Ok(()), "its own attestation");
    let cases = [
        (Authenticator::object("packed", &own(&signature, 0x27), &data), WebauthnFault::Unsupported),
        (Authenticator::object("packed", &own(&signature[1..], 0x26), &data), WebauthnFault::Signature),
        (Authenticator::object("packed", &[0xa0], &data), WebauthnFault::Malformed),
        (Authenticator::object("fido-u2f", &[0xa0], &data), WebauthnFault::Unsupported),
        (Authenticator::object("none", &[0xa1, 0x61, b'x', 0x00], &data), WebauthnFault::Unsupported),
        (Authenticator::object("none", &[0xa0], &authenticator.data(0, &[])), WebauthnFault::Malformed),
        (Authenticator::object("none", &[0x80], &data), WebauthnFault::Malformed),
        (data.clone(), WebauthnFault::Malformed),
    ];
    for (n, (object, fault)) in cases.into_iter().enumerate() {
        assert_eq!(judge(&object), Err(fault), "case {n}");
    }
    let cose = authenticator.cose();
    for (place, byte) in [(2, 3), (4, 0x38), (6, 2), (0, 0xa4)] {
        let mut other = cose.clone();
        other[place] = byte;
        let with = [&[0; 16][..], &[0, 32], &[5; 32], &other].concat();
        let object = Authenticator::object("none", &[0xa0], &authenticator.data(1 << 6, &with));
        assert!(judge(&object).is_err(), "key byte {place}");
    }
    let no_id = [&[0; 16][..], &[0, 0], &cose].concat();
    let object = Authenticator::object("none", &[0xa0], &authenticator.data(1 << 6, &no_id));
    assert_eq!(judge(&object), Err(WebauthnFault::Malformed));
}

#[test]
fn the_party_of_a_url() {
    for (url, id, origin) in [
        ("https://pw.acme.test", "pw.acme.test", "https://pw.acme.test"),
        ("https://PW.acme.test:443/", "pw.acme.test", "https://pw.acme.test"),
        ("https://pw.acme.test:8443/x?y", "pw.acme.test", "https://pw.acme.test:8443"),
        ("http://localhost:8080", "localhost", "http://localhost:8080"),
        ("http://127.0.0.1:8080/x", "localhost", "http://localhost:8080"),
        ("http://[::1]", "localhost", "http://localhost"),
        ("https://127.0.0.1.acme.test", "127.0.0.1.acme.test", "https://127.0.0.1.acme.test"),
    ] {
        assert_eq!(RelyingParty::of_url(url), RelyingParty { id: id.into(), origin: origin.into() }, "{url}");
    }
}
