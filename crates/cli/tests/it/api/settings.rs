//! Settings that callers notice, on `passwright serve` with a configuration file.

use std::net::TcpListener;
use std::path::PathBuf;

use passwright_client::{PasswordDigitTokenReset, PathFamily};
use passwright_testkit::TestServer;
use serde_json::json;
use tempfile::TempDir;

use crate::program::run;
use crate::support::fixture::{ALL, Fixture};
use crate::support::{DIGIT, VERIFY, accept, end_of, info, request_for};

/// An installation with this set-up document, served with more settings than it needs.
pub(super) fn serve(settings: &str, document: &str) -> TestServer {
    let folder = TempDir::new().unwrap();
    let data = folder.path().join("data");
    std::fs::create_dir(&data).unwrap();
    // Free a moment ago; the URL stands in the configuration.
    let listen = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let at = |name: &str| data.join(name).display().to_string();
    let config: PathBuf = data.join("passwright.toml");
    let text = format!(
        "[server]\nlisten = \"{listen}\"\npublic_url = \"http://{listen}\"\n[database]\nurl = \"sqlite://{}\"\n{}",
        at("passwright.sqlite3"),
        settings.replace(
            "KEYS",
            &format!("root_key_file = \"{}\"\nepoch_key_file = \"{}\"", at("root.key"), at("epoch.key"))
        )
    );
    std::fs::write(&config, text).unwrap();
    std::fs::write(data.join("setup.toml"), document).unwrap();
    let shown = config.display().to_string();
    for arguments in [&["migrate"][..], &["apply", &at("setup.toml")]] {
        let (code, _, error) = run(&[arguments, &["--config", &shown]].concat(), &[]);
        assert_eq!(code, 0, "{arguments:?}: {error}");
    }
    TestServer::serve(env!("CARGO_BIN_EXE_passwright"), folder, config).unwrap()
}

/// For callers who keep one key for all their users: one handle serves every identity.
#[tokio::test]
async fn one_handle_for_every_identity() {
    let server = serve("[keys]\nKEYS\nhandle_scope = \"tenant\"\n", "");
    let fixture = Fixture::of(&server).await;
    let client = fixture.client(ALL).await.client(&server, PathFamily::V2025);
    let (first, second) = (fixture.identity(&[]).await, fixture.identity(&[]).await);
    let about_first = info(&client, &first.alias, None).await;
    let about_second = info(&client, &second.alias, None).await;
    assert_eq!(about_first.public_key_id, about_second.public_key_id);
    for about in [&about_first, &about_second] {
        let mut request = request_for(about, "Good-Password-1");
        request.public_key_id.clone_from(&about_first.public_key_id);
        let end = end_of(&client, &accept(&client, &request).await).await;
        assert_eq!((end.state.as_str(), end.errors.len()), ("FINISHED", 0), "{end:?}");
    }
}

#[tokio::test]
async fn limits_of_digit_tokens() {
    let limits = "[limits]\ndigit_tokens_per_day = 3\ndigit_token_attempts = 1\n";
    let server =
        serve(&format!("[keys]\nKEYS\n{limits}"), "[org_config]\ndigitTokenEnabled = true\ndigitTokenLength = 9\n");
    let fixture = Fixture::of(&server).await;
    let grant = fixture.client(ALL).await;
    let (client, caller) = (grant.client(&server, PathFamily::Beta), grant.caller(&server).await);
    let user = fixture.identity(&[]).await;
    let reset = PasswordDigitTokenReset::for_user(user.alias.as_str());
    for wrong_first in [true, false, true] {
        let token = client.create_digit_token(&reset).await.unwrap();
        assert_eq!(token.digit_token.len(), 9, "the organisation's length");
        let guess = async |digits: &str| {
            let answer = caller.post_json(VERIFY, &json!({ "userId": user.alias, "digitToken": digits })).await;
            answer.json()["verified"].as_bool().unwrap()
        };
        if wrong_first {
            assert!(!guess("x").await);
        }
        assert_eq!(guess(&token.digit_token).await, !wrong_first, "one attempt");
    }
    let answer = caller.post_json(DIGIT, &json!({ "userId": user.alias })).await;
    assert_eq!(answer.status, 429, "{}", answer.text);
    answer.check_error_form();
    let other = fixture.identity(&[]).await;
    assert_eq!(caller.post_json(DIGIT, &json!({ "userId": other.alias })).await.status, 200, "another user");
}

#[tokio::test]
async fn digit_tokens_are_off_unless_switched_on() {
    let server = serve("[keys]\nKEYS\n", "");
    let fixture = Fixture::of(&server).await;
    let caller = fixture.client(ALL).await.caller(&server).await;
    let user = fixture.identity(&[]).await;
    for user in [user.alias.as_str(), "Nobody.Here"] {
        let answer = caller.post_json(DIGIT, &json!({ "userId": user })).await;
        assert_eq!(answer.status, 400, "{}", answer.text);
        assert_eq!(answer.cause(), "digit tokens are not enabled in the password configuration");
    }
}
