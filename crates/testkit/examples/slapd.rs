//! A real OpenLDAP server for a browser's tests: it says in one line of JSON where it is and who is in it, and ends with its input.

use std::io::Read as _;

use anyhow::Result;
use passwright_testkit::Slapd;
use passwright_testkit::slapd::{Options, SERVICE_DN, SERVICE_PASSWORD, SUFFIX, USER_PASSWORD};
use serde_json::json;

fn main() -> Result<()> {
    let options = Options::default();
    let slapd = Slapd::start_with(&options)?;
    let said = json!({
        "url": format!("ldaps://127.0.0.1:{}", slapd.ldaps_port()),
        "base": SUFFIX,
        "caFile": slapd.ca_file(),
        "service": {"dn": SERVICE_DN, "password": SERVICE_PASSWORD},
        "users": (0..options.users).map(Slapd::user_dn).collect::<Vec<_>>(),
        "password": USER_PASSWORD,
    });
    println!("{said}");
    std::io::stdin().read_to_end(&mut Vec::new())?;
    Ok(())
}
