//! What passes, and a corpus of attacks of which nothing may pass (requirement R27).

use std::time::Duration;

use jsonwebtoken::jwk::JwkSet;
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Validation};

use super::*;

const NOW: Timestamp = Timestamp(1_700_000_000 * Timestamp::SECOND);
const EXPECTED: Expected<'_> = Expected { typ: TokenType::Access, issuer: "https://pw.example", audience: "api" };

fn claims() -> Value {
    json!({"iss": "https://pw.example", "aud": "api", "exp": 1_700_000_900, "sub": "abby"})
}

fn with(name: &str, value: Value) -> Value {
    let mut claims = claims();
    claims[name] = value;
    claims
}

fn without(name: &str) -> Value {
    let mut claims = claims();
    claims.as_object_mut().unwrap().remove(name);
    claims
}

fn verifier(signers: &[&TokenSigner]) -> TokenVerifier {
    let mut verifier = TokenVerifier::new();
    for signer in signers {
        verifier.add(signer.public_key()).unwrap();
    }
    verifier
}

/// A token with any header and claims, signed rightly by `signer`.
fn crafted(signer: &TokenSigner, header: &str, claims: &str) -> String {
    let message = format!("{}.{}", URL_SAFE_NO_PAD.encode(header), URL_SAFE_NO_PAD.encode(claims));
    let signature = URL_SAFE_NO_PAD.encode(signer.pair.sign(message.as_bytes()));
    format!("{message}.{signature}")
}

#[test]
fn signed_tokens_pass_until_they_expire() {
    let (old, new) = (TokenSigner::generate().unwrap(), TokenSigner::generate().unwrap());
    let verifier = verifier(&[&old, &new]);
    for signer in [&old, &new] {
        let token = signer.sign(TokenType::Access, &with("aud", json!(["other", "api"]))).unwrap();
        let got: Value = verifier.verify(token.expose(), &EXPECTED, NOW).unwrap();
        assert_eq!(got["sub"], "abby");
        let last = NOW + Duration::from_secs(900) - Duration::from_micros(1);
        assert!(verifier.verify::<Value>(token.expose(), &EXPECTED, last).is_ok());
        let after = last + Duration::from_micros(1);
        assert_eq!(verifier.verify::<Value>(token.expose(), &EXPECTED, after).err(), Some(TokenFault::Expired));
    }
}

#[test]
fn a_signer_survives_sealing() {
    let signer = TokenSigner::generate().unwrap();
    let again = TokenSigner::from_bytes(&signer.to_bytes()).unwrap();
    assert_eq!((signer.kid(), signer.public_key()), (again.kid(), again.public_key()));
    assert_eq!(TokenSigner::from_bytes(&SecretBytes::new(vec![0; 31])).err(), Some(SignFault::Key));
    assert_eq!(signer.sign(TokenType::Access, &"text").err(), Some(SignFault::Claims));
}

/// RFC 8037 appendix A: key, thumbprint, signature.
#[test]
fn rfc_8037_example() {
    let seed = URL_SAFE_NO_PAD.decode("nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A").unwrap();
    let signer = TokenSigner::from_bytes(&SecretBytes::new(seed)).unwrap();
    assert_eq!(URL_SAFE_NO_PAD.encode(signer.public_key()), "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo");
    assert_eq!(signer.kid(), "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k");
    let signature = signer.pair.sign(b"eyJhbGciOiJFZERTQSJ9.RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmc");
    assert_eq!(
        URL_SAFE_NO_PAD.encode(signature),
        "hgyY0il_MGCjP0JzlnLWG1PPOt7-09PGcvMg3AIbQR6dWbhijcNR4ki4iylGjg5BhVsPt9g7sVvpAr_MuM0KAg"
    );
}

/// Another implementation accepts our tokens with our key set, and we accept its tokens.
#[test]
fn interoperates() {
    let signer = TokenSigner::generate().unwrap();
    let verifier = verifier(&[&signer]);
    let keys: JwkSet = serde_json::from_value(verifier.jwks()).unwrap();
    let jwk = keys.find(signer.kid()).unwrap();
    let mut validation = Validation::new(Algorithm::EdDSA);
    validation.validate_exp = false;
    validation.set_audience(&["api"]);
    let token = signer.sign(TokenType::Access, &claims()).unwrap();
    let theirs =
        jsonwebtoken::decode::<Value>(token.expose(), &DecodingKey::from_jwk(jwk).unwrap(), &validation).unwrap();
    assert_eq!(theirs.claims, claims());

    let mut header = jsonwebtoken::Header::new(Algorithm::EdDSA);
    header.typ = Some("at+jwt".to_owned());
    header.kid = Some(signer.kid().to_owned());
    let pkcs8 = signer.pair.to_pkcs8v1().unwrap();
    let token = jsonwebtoken::encode(&header, &claims(), &EncodingKey::from_ed_der(pkcs8.as_ref())).unwrap();
    assert_eq!(verifier.verify::<Value>(&token, &EXPECTED, NOW).unwrap(), claims());
}

#[test]
fn attacks_on_header_and_key() {
    let (signer, stranger) = (TokenSigner::generate().unwrap(), TokenSigner::generate().unwrap());
    let verifier = verifier(&[&signer]);
    let kid = signer.kid();
    let body = claims().to_string();
    let header = |more: &str| format!(r#"{{"alg":"EdDSA","typ":"at+jwt","kid":"{kid}"{more}}}"#);
    assert!(verifier.verify::<Value>(&crafted(&signer, &header(""), &body), &EXPECTED, NOW).is_ok());

    let replaced = |from: &str, to: &str| header("").replace(from, to);
    for (header, fault) in [
        (replaced("EdDSA", "none"), TokenFault::Algorithm),
        (replaced("EdDSA", "None"), TokenFault::Algorithm),
        (replaced("EdDSA", "eddsa"), TokenFault::Algorithm),
        (replaced("EdDSA", "ES256"), TokenFault::Algorithm),
        (replaced("EdDSA", "RS256"), TokenFault::Algorithm),
        (replaced("EdDSA", "HS256"), TokenFault::Algorithm),
        (replaced("at+jwt", "JWT"), TokenFault::Type),
        (replaced("at+jwt", "rt+jwt"), TokenFault::Type),
        (replaced("at+jwt", "AT+JWT"), TokenFault::Type),
        (replaced("at+jwt", ""), TokenFault::Type),
        (replaced(kid, "../../dev/null"), TokenFault::UnknownKey),
        (replaced(kid, "' or 1=1 --"), TokenFault::UnknownKey),
        (replaced(kid, ""), TokenFault::UnknownKey),
        (replaced(kid, stranger.kid()), TokenFault::UnknownKey),
        (header(r#","jku":"https://evil.example/keys""#), TokenFault::Header),
        (header(r#","x5u":"https://evil.example/cert""#), TokenFault::Header),
        (header(r#","x5c":["AAAA"]"#), TokenFault::Header),
        (header(r#","jwk":{"kty":"OKP","crv":"Ed25519","x":"AAAA"}"#), TokenFault::Header),
        (header(r#","crit":["exp"],"exp":1"#), TokenFault::Header),
        (header(r#","crit":[]"#), TokenFault::Header),
        (header(r#","b64":false"#), TokenFault::Header),
        (header(r#","zip":"DEF""#), TokenFault::Header),
        (header(r#","cty":"JWT""#), TokenFault::Header),
        (header(r#","alg":"EdDSA""#), TokenFault::Header),
        (r#"{"alg":"EdDSA","typ":"at+jwt"}"#.to_owned(), TokenFault::Header),
        (format!(r#"{{"alg":"EdDSA","kid":"{kid}"}}"#), TokenFault::Header),
        (format!(r#"{{"typ":"at+jwt","kid":"{kid}"}}"#), TokenFault::Header),
        (format!(r#"{{"alg":["EdDSA"],"typ":"at+jwt","kid":"{kid}"}}"#), TokenFault::Header),
        ("[]".to_owned(), TokenFault::Header),
        (String::new(), TokenFault::Header),
    ] {
        let token = crafted(&signer, &header, &body);
        assert_eq!(verifier.verify::<Value>(&token, &EXPECTED, NOW).err(), Some(fault), "{header}");
    }

    // Another's signature under our key's name.
    let forged = crafted(&stranger, &header(""), &body);
    assert_eq!(verifier.verify::<Value>(&forged, &EXPECTED, NOW).err(), Some(TokenFault::Signature));

    // The public key as an HMAC secret, in the forms an attacker has it in.
    let x = URL_SAFE_NO_PAD.encode(signer.public_key());
    let spki =
        [&[0x30, 0x2a, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x03, 0x21, 0x00][..], signer.public_key()].concat();
    for secret in [&signer.public_key()[..], x.as_bytes(), &spki] {
        let mut header = jsonwebtoken::Header::new(Algorithm::HS256);
        header.typ = Some("at+jwt".to_owned());
        header.kid = Some(kid.to_owned());
        let token = jsonwebtoken::encode(&header, &claims(), &EncodingKey::from_secret(secret)).unwrap();
        assert_eq!(verifier.verify::<Value>(&token, &EXPECTED, NOW).err(), Some(TokenFault::Algorithm));
        // The same signature under our own algorithm's name.
        let mac = token.rsplit('.').next().unwrap();
        let own = crafted(&signer, &self::header(kid), &body);
        let swapped = format!("{}.{mac}", own.rsplit_once('.').unwrap().0);
        assert_eq!(verifier.verify::<Value>(&swapped, &EXPECTED, NOW).err(), Some(TokenFault::Signature));
    }
}

fn header(kid: &str) -> String {
    format!(r#"{{"alg":"EdDSA","typ":"at+jwt","kid":"{kid}"}}"#)
}

#[test]
fn attacks_on_claims() {
    let signer = TokenSigner::generate().unwrap();
    let verifier = verifier(&[&signer]);
    for (claims, fault) in [
        (with("exp", json!(1_700_000_000)), TokenFault::Expired),
        (with("exp", json!(0)), TokenFault::Expired),
        (with("exp", json!(-1)), TokenFault::Expired),
        (with("exp", json!("1700000900")), TokenFault::Claims),
        (with("exp", json!(1e30)), TokenFault::Claims),
        (with("exp", json!(null)), TokenFault::Claims),
        (without("exp"), TokenFault::Claims),
        (with("nbf", json!(1_700_000_001)), TokenFault::NotYetValid),
        (with("nbf", json!("soon")), TokenFault::Claims),
        (with("iss", json!("https://pw.example/")), TokenFault::Issuer),
        (with("iss", json!("https://PW.example")), TokenFault::Issuer),
        (with("iss", json!(["https://pw.example"])), TokenFault::Claims),
        (without("iss"), TokenFault::Claims),
        (with("aud", json!("pages")), TokenFault::Audience),
        (with("aud", json!("api2")), TokenFault::Audience),
        (with("aud", json!([])), TokenFault::Audience),
        (with("aud", json!(["pages", "apis"])), TokenFault::Audience),
        (with("aud", json!(true)), TokenFault::Claims),
        (without("aud"), TokenFault::Claims),
    ] {
        let token = signer.sign(TokenType::Access, &claims).unwrap();
        assert_eq!(verifier.verify::<Value>(token.expose(), &EXPECTED, NOW).err(), Some(fault), "{claims}");
    }
    let valid_from_now = signer.sign(TokenType::Access, &with("nbf", json!(1_700_000_000))).unwrap();
    assert!(verifier.verify::<Value>(valid_from_now.expose(), &EXPECTED, NOW).is_ok());
    let refresh = signer.sign(TokenType::Refresh, &claims()).unwrap();
    assert_eq!(verifier.verify::<Value>(refresh.expose(), &EXPECTED, NOW).err(), Some(TokenFault::Type));
    let twice = r#"{"iss":"x","iss":"https://pw.example","aud":"api","exp":1700000900}"#;
    let token = crafted(&signer, &header(signer.kid()), twice);
    assert_eq!(verifier.verify::<Value>(&token, &EXPECTED, NOW).err(), Some(TokenFault::Claims));
}

#[test]
fn attacks_on_the_form() {
    let signer = TokenSigner::generate().unwrap();
    let verifier = verifier(&[&signer]);
    let token = signer.sign(TokenType::Access, &claims()).unwrap();
    let token = token.expose();
    for cut in 0..token.len() {
        assert!(verifier.verify::<Value>(&token[..cut], &EXPECTED, NOW).is_err(), "cut at {cut}");
    }
    for (index, _) in token.char_indices() {
        let other = if token.as_bytes()[index] == b'A' { "B" } else { "A" };
        let changed = format!("{}{other}{}", &token[..index], &token[index + 1..]);
        assert!(verifier.verify::<Value>(&changed, &EXPECTED, NOW).is_err(), "changed at {index}");
    }
    let (message, signature) = token.rsplit_once('.').unwrap();
    let huge = "A".repeat(MAX_LEN);
    for wrong in [
        format!("{token}."),
        format!("{token}.AAAA"),
        format!(".{token}"),
        format!("{message}.AAAA.{signature}"),
        format!("{message}."),
        format!("{token}="),
        format!(" {token}"),
        format!("{token}\n"),
        format!("{message}.{huge}"),
        "..".to_owned(),
        String::new(),
    ] {
        assert!(verifier.verify::<Value>(&wrong, &EXPECTED, NOW).is_err(), "{wrong}");
    }
    assert_eq!(TokenVerifier::new().verify::<Value>(token, &EXPECTED, NOW).err(), Some(TokenFault::UnknownKey));
}

#[test]
fn a_repeated_key_is_listed_once() {
    let signer = TokenSigner::generate().unwrap();
    let keys = verifier(&[&signer, &signer]).jwks();
    assert_eq!(keys["keys"].as_array().unwrap().len(), 1);
    assert_eq!(keys["keys"][0]["kid"], signer.kid());
}
