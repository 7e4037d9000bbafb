//! `demo.env`: what a shell, the official SDKs and the tests need to find the demo.

use std::fmt::Write as _;

use passwright_minidir::Running;
use zeroize::Zeroizing;

use super::document::{ABBY_SECRET, ADMIN_SECRET, BULK_SECRET, CLIENT_SECRET, HELPDESK_SECRET};
use super::folder::{self, Folder};
use super::people::PEOPLE;
use super::state::State;
use super::systems::first_password;
use crate::exit::Failure;

/// The lines of the file, one `export` each.
pub(super) fn environment(
    folder: &Folder,
    state: &State,
    url: &str,
    directory: &Running,
) -> Result<Zeroizing<String>, Failure> {
    let secret = |file| folder.secret(file, folder::client_secret);
    let [abby, ..] = &PEOPLE;
    let plain = |text: &str| Zeroizing::new(text.to_owned());
    let lines = [
        ("SAIL_BASE_URL", plain(url)),
        ("SAIL_CLIENT_ID", plain(state.client.as_str())),
        ("SAIL_CLIENT_SECRET", secret(CLIENT_SECRET)?),
        ("PASSWRIGHT_BULK_CLIENT_ID", plain(state.bulk_client.as_str())),
        ("PASSWRIGHT_BULK_CLIENT_SECRET", secret(BULK_SECRET)?),
        ("PASSWRIGHT_PAT_ID", plain(state.abby_token.as_str())),
        ("PASSWRIGHT_PAT_SECRET", secret(ABBY_SECRET)?),
        ("PASSWRIGHT_ADMIN_PAT_ID", plain(state.admin_token.as_str())),
        ("PASSWRIGHT_ADMIN_PAT_SECRET", secret(ADMIN_SECRET)?),
        ("PASSWRIGHT_HELPDESK_PAT_ID", plain(state.helpdesk_token.as_str())),
        ("PASSWRIGHT_HELPDESK_PAT_SECRET", secret(HELPDESK_SECRET)?),
        ("PASSWRIGHT_UI_URL", plain(url)),
        ("PASSWRIGHT_UI_USER", plain(abby.alias)),
        ("PASSWRIGHT_UI_PASSWORD", first_password(folder, abby)?),
        ("PASSWRIGHT_DEMO_LDAP_URL", plain(&directory.url())),
        ("PASSWRIGHT_DEMO_CA_FILE", plain(&directory.ca_file().to_string_lossy())),
    ];
    let mut text = Zeroizing::new(String::with_capacity(4096));
    for (name, value) in &lines {
        // Writing to a String cannot fail.
        let _ = writeln!(text, "export {name}={}", quoted(value));
    }
    Ok(text)
}

/// A word of a POSIX shell: inside single quotes it takes everything but a single quote as it is.
pub(super) fn quoted(value: &str) -> String {
    format!("'{}'", value.replace('\'', r"'\''"))
}
