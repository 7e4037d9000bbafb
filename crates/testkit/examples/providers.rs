//! Duo and Okta as the tests play them, for a browser: started with the address that Duo sends browsers back to, it says in one line of
//! JSON where they are and what they take, then does what each line of its input says. It ends with its input.

use std::io::BufRead as _;
use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};

use anyhow::{Context as _, Result, bail};
use passwright_testkit::third_party::duo::{CLIENT_ID, CLIENT_SECRET, Mood};
use passwright_testkit::third_party::okta::API_TOKEN;
use passwright_testkit::{DuoServer, OktaPerson, OktaServer};
use serde_json::json;

fn seconds() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_secs()).unwrap_or(i64::MAX)
}

#[tokio::main]
async fn main() -> Result<()> {
    let mut arguments = std::env::args().skip(1);
    let redirect_uri = arguments.next().context("usage: providers <redirect uri> <login> <code>")?;
    let person = OktaPerson::new("00u1", &arguments.next().context("no login")?, &arguments.next().context("no code")?);
    let duo = DuoServer::start(&redirect_uri, Arc::new(seconds)).await?;
    let okta = OktaServer::start(vec![person]).await?;
    let authorities = [duo.ca_file(), okta.ca_file()].map(std::fs::read_to_string);
    let [of_duo, of_okta] = authorities;
    let said = json!({
        "authorities": of_duo? + &of_okta?,
        "duo": {"host": duo.host(), "ikey": CLIENT_ID, "skey": CLIENT_SECRET},
        "okta": {"host": okta.host(), "accessKey": API_TOKEN},
    });
    println!("{said}");
    tokio::task::spawn_blocking(move || obey(&duo, &okta)).await?
}

/// Each line is answered with what was wrong with requests until then.
fn obey(duo: &DuoServer, okta: &OktaServer) -> Result<()> {
    for line in std::io::stdin().lock().lines() {
        match line?.as_str() {
            "duo allows" => duo.will(Mood::Allow),
            "duo denies" => duo.will(Mood::Deny),
            "duo is unwell" => duo.will(Mood::Unwell),
            "okta approves" => okta.approve(),
            other => bail!("{other:?} is nothing that can be done"),
        }
        println!("{}", json!([duo.refused(), okta.refused()].concat()));
    }
    Ok(())
}
