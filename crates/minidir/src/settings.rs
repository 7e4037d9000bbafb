//! What a directory is started with. Holds passwords, so nothing here prints itself.

use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::time::Duration;

use zeroize::Zeroizing;

/// Settings of one directory.
pub struct Settings {
    /// Folder for certificates and data; made with mode 0700 when absent. One process at a time.
    pub data_dir: PathBuf,
    /// Address to listen on; port 0 takes a free one.
    pub listen: SocketAddr,
    /// The naming context, such as `DC=seri,DC=acme,DC=com`; every user lies below it.
    pub base_dn: String,
    /// The account that may reset passwords and unlock users. It lives in these settings only, never in the data folder.
    pub service_dn: String,
    pub service_password: Zeroizing<String>,
    /// Users to make when they are not there yet; the stored state of a user that exists is kept.
    pub users: Vec<SeedUser>,
    pub policy: PasswordPolicy,
    pub hash_cost: HashCost,
}

impl Settings {
    /// A directory on a free loopback port with no users and the default policy.
    pub fn new(
        data_dir: impl Into<PathBuf>,
        base_dn: impl Into<String>,
        service_dn: impl Into<String>,
        service_password: impl Into<String>,
    ) -> Self {
        Self {
            data_dir: data_dir.into(),
            listen: SocketAddr::from((Ipv4Addr::LOCALHOST, 0)),
            base_dn: base_dn.into(),
            service_dn: service_dn.into(),
            service_password: Zeroizing::new(service_password.into()),
            users: Vec::new(),
            policy: PasswordPolicy::default(),
            hash_cost: HashCost::default(),
        }
    }
}

/// A user to make at the first start.
pub struct SeedUser {
    /// Full name of the entry; its first part must be `CN=`.
    pub dn: String,
    pub sam_account_name: String,
    /// Taken from the account name and the domain when absent.
    pub user_principal_name: Option<String>,
    pub display_name: Option<String>,
    pub mail: Option<String>,
    pub given_name: Option<String>,
    pub sn: Option<String>,
    /// Not checked against the policy.
    pub password: Zeroizing<String>,
    pub enabled: bool,
}

impl SeedUser {
    /// An enabled user with the three values every user has.
    pub fn new(dn: impl Into<String>, sam_account_name: impl Into<String>, password: impl Into<String>) -> Self {
        Self {
            dn: dn.into(),
            sam_account_name: sam_account_name.into(),
            user_principal_name: None,
            display_name: None,
            mail: None,
            given_name: None,
            sn: None,
            password: Zeroizing::new(password.into()),
            enabled: true,
        }
    }
}

/// The domain's password and lock-out policy; readable on the domain head, as in Active Directory.
#[derive(Debug, Clone)]
pub struct PasswordPolicy {
    /// Least length in UTF-16 units. Default 7.
    pub min_length: usize,
    /// Three of four kinds of characters, and the account name not inside. Default on.
    pub complexity: bool,
    /// How many passwords, the current one included, a change may not repeat; 0 = off. Default 5, at most 24.
    /// A reset is held to it only with the policy hints control.
    pub history: usize,
    /// Bad binds that lock an account; 0 = never. Default 0.
    pub lockout_threshold: u32,
    /// How long a lock holds, and how long a bad bind counts. Default 30 minutes.
    pub lockout_duration: Duration,
}

impl Default for PasswordPolicy {
    fn default() -> Self {
        Self {
            min_length: 7,
            complexity: true,
            history: 5,
            lockout_threshold: 0,
            lockout_duration: Duration::from_secs(30 * 60),
        }
    }
}

/// Argon2id cost. The default suits a demo; it is below what a real directory should use.
#[derive(Debug, Clone, Copy)]
pub struct HashCost {
    /// Memory in KiB. Default 8192.
    pub memory_kib: u32,
    /// Passes. Default 1.
    pub passes: u32,
}

impl Default for HashCost {
    fn default() -> Self {
        Self { memory_kib: 8192, passes: 1 }
    }
}
