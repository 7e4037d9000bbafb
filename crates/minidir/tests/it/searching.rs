use ldap3::adapters::{Adapter, EntriesOnly, PagedResults};
use ldap3::{Scope, SearchEntry};
use passwright_minidir::SeedUser;

use crate::support::{ABBY, ABBY_PASSWORD, BASE, BOB, Fixture, POLICY_HINTS, SERVICE, assert_answer, policy_hints};

async fn names(fixture: &Fixture, base: &str, scope: Scope, filter: &str) -> Vec<String> {
    let mut ldap = fixture.service().await;
    let (entries, _) = ldap.search(base, scope, filter, ["1.1"]).await.unwrap().success().unwrap();
    entries.into_iter().map(SearchEntry::construct).inspect(|e| assert!(e.attrs.is_empty())).map(|e| e.dn).collect()
}

#[tokio::test]
async fn the_root_says_what_the_server_can_do_without_a_bind() {
    let fixture = Fixture::new().await;
    let mut ldap = fixture.connect().await;
    let (entries, _) = ldap.search("", Scope::Base, "(objectClass=*)", ["*", "+"]).await.unwrap().success().unwrap();
    let root = SearchEntry::construct(entries.into_iter().next().unwrap());
    assert_eq!(root.attrs["defaultNamingContext"], [BASE]);
    assert_eq!(root.attrs["supportedLDAPVersion"], ["3"]);
    assert!(root.attrs["supportedControl"].contains(&POLICY_HINTS.to_owned()));
    assert!(root.attrs["supportedControl"].contains(&"1.2.840.113556.1.4.2066".to_owned()));
    assert_eq!(root.attrs["supportedExtension"], ["1.3.6.1.4.1.4203.1.11.3"]);
    assert!(root.attrs["supportedCapabilities"].contains(&"1.2.840.113556.1.4.800".to_owned()));
    let refused = ldap.search(ABBY, Scope::Base, "(objectClass=*)", ["cn"]).await.unwrap();
    assert_answer(&refused.1, 1, "000004DC");
    assert!(refused.0.is_empty());
}

#[tokio::test]
async fn scopes_and_filters_choose_entries() {
    let fixture = Fixture::new().await;
    let austin = "OU=Austin,OU=Americas,OU=Demo,DC=seri,DC=acme,DC=com";
    assert_eq!(names(&fixture, ABBY, Scope::Base, "(objectClass=user)").await, [ABBY]);
    assert_eq!(names(&fixture, austin, Scope::OneLevel, "(objectClass=*)").await, [ABBY, BOB]);
    assert_eq!(names(&fixture, BASE, Scope::OneLevel, "(objectClass=user)").await, [""; 0]);
    assert_eq!(names(&fixture, BASE, Scope::Subtree, "(objectClass=user)").await, [ABBY, BOB, SERVICE]);
    assert_eq!(names(&fixture, BASE, Scope::Subtree, "(sAMAccountName=abby.smith)").await, [ABBY]);
    assert_eq!(names(&fixture, BASE, Scope::Subtree, "(&(objectCategory=person)(!(sn=Smith)))").await, [BOB]);
    assert_eq!(names(&fixture, BASE, Scope::Subtree, "(cn=bob*)").await, [BOB]);
    assert_eq!(names(&fixture, BASE, Scope::Subtree, "(sAMAccountName=nobody)").await, [""; 0]);
    assert_eq!(names(&fixture, BASE, Scope::Subtree, "(unicodePwd=*)").await, [""; 0]);
    assert_eq!(names(&fixture, BASE, Scope::Subtree, "(objectClass=organizationalUnit)").await.len(), 4);
    let mut ldap = fixture.service().await;
    let missing = ldap.search(&format!("CN=Nobody,{BASE}"), Scope::Base, "(cn=*)", ["cn"]).await.unwrap();
    assert_answer(&missing.1, 32, "0000208D");
    assert_answer(&ldap.search("abby", Scope::Base, "(cn=*)", ["cn"]).await.unwrap().1, 34, "0000208F");
}

#[tokio::test]
async fn a_user_shows_its_attributes_and_no_password() {
    let fixture = Fixture::new().await;
    let mut ldap = fixture.bound(ABBY, ABBY_PASSWORD).await;
    let search = async |ldap: &mut ldap3::Ldap, base: &str, attributes: &[&str]| {
        let (entries, _) =
            ldap.search(base, Scope::Base, "(objectClass=*)", attributes).await.unwrap().success().unwrap();
        SearchEntry::construct(entries.into_iter().next().unwrap())
    };
    let abby = search(&mut ldap, ABBY, &["*", "unicodePwd", "userPassword", "ntPwdHistory", "hash"]).await;
    for (name, value) in [
        ("cn", "Abby Smith"),
        ("sAMAccountName", "Abby.Smith"),
        ("userPrincipalName", "abby.smith@seri.acme.com"),
        ("displayName", "Abby Smith"),
        ("mail", "abby.smith@acme.com"),
        ("givenName", "Abby"),
        ("sn", "Smith"),
        ("userAccountControl", "512"),
        ("lockoutTime", "0"),
        ("distinguishedName", ABBY),
    ] {
        assert_eq!(abby.attrs[name], [value], "{name}");
    }
    assert!(abby.attrs["pwdLastSet"][0].parse::<i64>().unwrap() > 133_485_408_000_000_000);
    assert!(!abby.attrs.contains_key("msDS-User-Account-Control-Computed"), "constructed: by name only");
    let all = format!("{abby:?}").to_lowercase();
    assert!(!all.contains("argon2") && !all.contains("pwd\"") && !all.contains("userpassword"), "{all}");
    let guid = &abby.bin_attrs["objectGUID"][0];
    assert_eq!(guid.len(), 16);
    let hex: String = guid.iter().map(|byte| format!("{byte:02x}")).collect();
    assert_eq!(search(&mut ldap, &format!("<GUID={hex}>"), &["cn"]).await.dn, ABBY);
    let computed = search(&mut ldap, ABBY, &["msds-user-account-control-computed"]).await;
    assert_eq!(computed.attrs["msDS-User-Account-Control-Computed"], ["0"]);
    let domain =
        search(&mut ldap, BASE, &["minPwdLength", "pwdHistoryLength", "lockoutThreshold", "pwdProperties"]).await;
    assert_eq!([&domain.attrs["minPwdLength"][0], &domain.attrs["pwdHistoryLength"][0]], ["7", "5"]);
    assert_eq!([&domain.attrs["lockoutThreshold"][0], &domain.attrs["pwdProperties"][0]], ["0", "1"]);
}

#[tokio::test]
async fn large_results_come_in_pages_or_are_cut() {
    let fixture = Fixture::with(|settings| {
        settings
            .users
            .extend((0..1200).map(|n| SeedUser::new(format!("CN=User {n},OU=Many,{BASE}"), format!("u{n}"), "x")));
    })
    .await;
    let base = format!("OU=Many,{BASE}");
    let mut ldap = fixture.service().await;
    let cut = ldap.search(&base, Scope::OneLevel, "(cn=*)", ["1.1"]).await.unwrap();
    assert_eq!((cut.1.rc, cut.0.len()), (4, 1000));
    let adapters: Vec<Box<dyn Adapter<'_, _, _>>> =
        vec![Box::new(EntriesOnly::new()), Box::new(PagedResults::new(500))];
    let mut stream = ldap.streaming_search_with(adapters, &base, Scope::OneLevel, "(cn=*)", vec!["cn"]).await.unwrap();
    let mut seen = std::collections::HashSet::new();
    while let Some(entry) = stream.next().await.unwrap() {
        assert!(seen.insert(SearchEntry::construct(entry).dn), "no entry twice");
    }
    stream.finish().await.success().unwrap();
    assert_eq!(seen.len(), 1200);
}

#[tokio::test]
async fn a_critical_control_that_is_not_known_is_refused() {
    let fixture = Fixture::new().await;
    let mut ldap = fixture.service().await;
    let mut control = policy_hints(1);
    control.ctype = "1.2.3.4".to_owned();
    ldap.with_controls(vec![control]);
    let result = ldap.search(ABBY, Scope::Base, "(cn=*)", ["cn"]).await.unwrap();
    assert_answer(&result.1, 12, "1.2.3.4");
}
