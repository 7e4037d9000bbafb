//! R38 to R42: digit tokens are strings of digits, right once, for five guesses, and names share one counter however they
//! are written.

use passwright_client::{PasswordDigitToken, PathFamily};
use passwright_domain::access::Level;
use passwright_domain::directory::Identity;
use serde_json::{Value, json};

use crate::support::fixture::{ALL, Fixture};
use crate::support::{Answer, Caller, DIGIT, VERIFY, shared};

async fn create(caller: &Caller, body: &Value) -> PasswordDigitToken {
    let answer = caller.post_json(DIGIT, body).await;
    assert_eq!(answer.status, 200, "{}", answer.text);
    serde_json::from_value(answer.json()).unwrap()
}

async fn guess(caller: &Caller, user: &str, digits: &str) -> Answer {
    let answer = caller.post_json(VERIFY, &json!({ "userId": user, "digitToken": digits })).await;
    assert!([200, 429].contains(&answer.status), "{}", answer.text);
    answer
}

const WRONG: &str = r#"{"verified":false,"requestId":null}"#;

#[track_caller]
fn is_right(answer: &Answer, token: &PasswordDigitToken) {
    assert_eq!(answer.json(), json!({ "verified": true, "requestId": token.request_id }));
}

#[track_caller]
fn is_wrong(answer: &Answer, what: &str) {
    assert_eq!((answer.status, answer.text.as_str()), (200, WRONG), "{what}");
}

/// Other digits of the same length.
fn not(digits: &str) -> String {
    digits.chars().map(|digit| if digit == '9' { '0' } else { '9' }).collect()
}

#[tokio::test]
async fn digits_are_a_string_of_the_length_asked_for() {
    let server = shared();
    let fixture = Fixture::of(&server).await;
    let caller = fixture.client(ALL).await.caller(&server).await;
    let user = fixture.identity(&[]).await;
    for length in [6, 7, 8, 12, 17, 18] {
        let token = create(&caller, &json!({ "userId": user.alias, "length": length, "durationMinutes": 60 })).await;
        assert_eq!(token.digit_token.len(), length);
        assert!(token.digit_token.bytes().all(|byte| byte.is_ascii_digit()));
        assert_eq!(token.request_id.len(), 36);
    }
    // One in ten begins with 0; none in 200 would be one in 10^9.
    for _ in 0..200 {
        let token = create(&caller, &json!({ "userId": user.alias, "durationMinutes": 1 })).await;
        let Some(without) = token.digit_token.strip_prefix('0') else { continue };
        is_wrong(&guess(&caller, &user.alias, without).await, "leading zeros count");
        is_right(&guess(&caller, &user.alias, &token.digit_token).await, &token);
        return;
    }
    panic!("no token began with 0");
}

#[tokio::test]
async fn right_once() {
    let server = shared();
    let fixture = Fixture::of(&server).await;
    let caller = fixture.client(ALL).await.caller(&server).await;
    let user = fixture.identity(&[]).await;
    let token = create(&caller, &json!({ "userId": user.alias })).await;
    is_wrong(&guess(&caller, &user.alias, &not(&token.digit_token)).await, "other digits");
    is_right(&guess(&caller, &user.alias.to_uppercase(), &token.digit_token).await, &token);
    is_wrong(&guess(&caller, &user.alias, &token.digit_token).await, "used before");

    // At the same time: one of them.
    let token = create(&caller, &json!({ "userId": user.alias })).await;
    let ask = || guess(&caller, &user.alias, &token.digit_token);
    let (a, b, c, d) = tokio::join!(ask(), ask(), ask(), ask());
    let right = [a, b, c, d].iter().filter(|answer| answer.text != WRONG).count();
    assert_eq!(right, 1);
}

#[tokio::test]
async fn five_guesses() {
    let server = shared();
    let fixture = Fixture::of(&server).await;
    let caller = fixture.client(ALL).await.caller(&server).await;
    let user = fixture.identity(&[]).await;
    let token = create(&caller, &json!({ "userId": user.alias })).await;
    for number in 1..=4 {
        is_wrong(&guess(&caller, &user.alias, &not(&token.digit_token)).await, &number.to_string());
    }
    is_right(&guess(&caller, &user.alias, &token.digit_token).await, &token);
    let token = create(&caller, &json!({ "userId": user.alias })).await;
    // What no token can be counts as a guess too.
    for digits in ["", "x", &not(&token.digit_token), "0", &"1".repeat(1000)] {
        is_wrong(&guess(&caller, &user.alias, digits).await, digits);
    }
    is_wrong(&guess(&caller, &user.alias, &token.digit_token).await, "right, but the sixth");
    let token = create(&caller, &json!({ "userId": user.alias })).await;
    is_right(&guess(&caller, &user.alias, &token.digit_token).await, &token);
}

#[tokio::test]
async fn a_newer_token_replaces_the_older() {
    let server = shared();
    let fixture = Fixture::of(&server).await;
    let caller = fixture.client(ALL).await.caller(&server).await;
    let (user, other) = (fixture.identity(&[]).await, fixture.identity(&[]).await);
    let older = create(&caller, &json!({ "userId": user.alias, "length": 18 })).await;
    let newer = create(&caller, &json!({ "userId": user.alias, "length": 18 })).await;
    is_wrong(&guess(&caller, &user.alias, &older.digit_token).await, "replaced");
    is_wrong(&guess(&caller, &other.alias, &newer.digit_token).await, "another's");
    is_right(&guess(&caller, &user.alias, &newer.digit_token).await, &newer);
}

/// An unknown name gets the answers of a known one, and its guesses are counted alike.
#[tokio::test]
async fn spellings_of_a_name_share_one_counter() {
    const DAY: usize = 15;
    let server = shared();
    let fixture = Fixture::of(&server).await;
    let caller = fixture.client(ALL).await.caller(&server).await;
    let user = fixture.identity(&[]).await;
    let token = create(&caller, &json!({ "userId": user.alias })).await;
    for name in [user.alias.clone(), format!("Nobody.{}", &user.id.as_str()[..12])] {
        let variants = variants(&name);
        assert!(variants.len() >= 40, "{}", variants.len());
        for (number, variant) in variants.iter().enumerate() {
            let answer = guess(&caller, variant, &not(&token.digit_token)).await;
            if number < DAY {
                is_wrong(&answer, variant);
            } else {
                assert_eq!(answer.status, 429, "{variant:?}: {}", answer.text);
                answer.check_error_form();
                assert!(answer.header("retry-after").unwrap().parse::<u32>().unwrap() > 0);
            }
        }
    }
    let right = guess(&caller, &user.alias, &token.digit_token).await;
    assert_eq!(right.status, 429, "the right digits come too late");
    let other = fixture.identity(&[]).await;
    is_wrong(&guess(&caller, &other.alias, "000000").await, "another name is not counted with it");
}

/// Forms of a name that mean the same: case, width, surrounding space.
fn variants(name: &str) -> Vec<String> {
    let wide: String = name
        .chars()
        .map(|c| if c.is_ascii_alphanumeric() { char::from_u32(c as u32 + 0xfee0).unwrap() } else { c })
        .collect();
    let mixed: String =
        name.chars().enumerate().map(|(at, c)| if at % 2 == 0 { c.to_ascii_uppercase() } else { c }).collect();
    let mut all = Vec::new();
    for core in [name.to_owned(), name.to_lowercase(), name.to_uppercase(), wide, mixed] {
        for (before, after) in [
            ("", ""),
            (" ", ""),
            ("", " "),
            ("\t", "\n"),
            ("\u{a0}", ""),
            ("", "\u{3000}"),
            ("\u{2003}", "\u{2003}"),
            ("\r\n", "\u{a0} "),
        ] {
            all.push(format!("{before}{core}{after}"));
        }
    }
    all.dedup();
    all
}

#[tokio::test]
async fn who_may_make_and_verify() {
    let server = shared();
    let fixture = Fixture::of(&server).await;
    let user = fixture.identity(&[]).await;
    let token_of = async |levels: &[Level]| -> (Identity, Caller) {
        let identity = fixture.identity(levels).await;
        let caller = fixture.token(&identity, ALL).await.caller(&server).await;
        (identity, caller)
    };
    let rows = [
        ("a user", token_of(&[]).await, 403),
        ("a source administrator", token_of(&[Level::SourceAdmin]).await, 403),
        ("the help desk", token_of(&[Level::Helpdesk]).await, 200),
        ("an administrator", token_of(&[Level::OrgAdmin]).await, 200),
    ];
    for (who, (identity, caller), status) in rows {
        for family in PathFamily::ALL.into_iter().filter(|family| family.has_digit_token()) {
            let path = family.path("generate-password-reset-token", "/digit");
            for about in [&user.alias, &identity.alias] {
                let answer = caller.post_json(&path, &json!({ "userId": about })).await;
                assert_eq!(answer.status, status, "{who} in {family}: {}", answer.text);
            }
        }
        let answer = caller.post_json(VERIFY, &json!({ "userId": user.alias, "digitToken": "000000" })).await;
        assert_eq!(answer.status, 403, "{who} verifies: {}", answer.text);
        assert_eq!(answer.cause(), "only an API client may verify a digit token");
    }
}
