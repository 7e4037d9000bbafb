use super::*;

fn place(base_url: Option<&str>, id: Option<&str>, secret: Option<&str>) -> Place {
    Place {
        base_url: base_url.map(str::to_owned),
        client_id: id.map(str::to_owned),
        client_secret: secret.map(Secret::from),
    }
}

fn parts(place: &Place) -> (Option<&str>, Option<&str>, Option<&str>) {
    (place.base_url.as_deref(), place.client_id.as_deref(), place.client_secret.as_ref().map(Secret::expose))
}

/// `base_url id secret`, or the error's text.
fn resolved(base_url: Option<&str>, environment: &Place, files: Vec<Place>) -> String {
    match resolve(base_url, environment, files.into_iter().map(Ok)) {
        Ok(found) => format!("{} {} {}", found.base_url, found.client_id, found.client_secret.expose()),
        Err(error) => error.to_string(),
    }
}

#[test]
fn the_first_place_with_a_base_url_counts() {
    let environment = place(Some("https://env"), Some("e"), Some("es"));
    let file = place(Some("https://file"), Some("f"), Some("fs"));
    let nothing = Place::default();
    assert_eq!(resolved(None, &environment, vec![file.clone()]), "https://env e es");
    assert_eq!(resolved(None, &nothing, vec![nothing.clone(), file.clone()]), "https://file f fs");
    assert!(resolved(None, &nothing, vec![]).starts_with("no base URL"));
    // A file's credentials win over an environment that only holds credentials; without them, those are used.
    let loose = place(None, Some("e"), Some("es"));
    assert_eq!(resolved(None, &loose, vec![file]), "https://file f fs");
    assert_eq!(resolved(None, &loose, vec![place(Some("https://file"), None, None)]), "https://file e es");
}

#[test]
fn a_secret_goes_only_to_the_server_it_was_written_down_for() {
    let environment = place(Some("https://env"), None, Some("es"));
    let file = place(Some("https://file:443/"), Some("f"), Some("fs"));
    let refused = "no client id and secret for https://env: set SAIL_CLIENT_ID and SAIL_CLIENT_SECRET";
    assert_eq!(resolved(None, &environment, vec![file.clone()]), refused);

    let environment = place(Some("https://env"), Some("e"), Some("es"));
    assert_eq!(resolved(Some("https://file"), &environment, vec![file.clone()]), "https://file f fs");
    assert_eq!(resolved(Some("https://env/"), &environment, vec![file.clone()]), "https://env/ e es");
    let refused = resolved(Some("https://other"), &environment, vec![file.clone()]);
    assert!(refused.starts_with("no client id and secret for https://other"), "{refused}");
    assert!(resolved(Some("http://file"), &environment, vec![file]).starts_with("no client id and secret"));

    let loose = place(None, Some("e"), Some("es"));
    assert_eq!(resolved(Some("https://other"), &loose, vec![]), "https://other e es");
}

#[test]
fn a_file_is_opened_only_when_needed() {
    let environment = place(Some("https://env"), Some("e"), Some("es"));
    let broken = || ConfigurationError::Malformed { path: "config.json".into(), reason: "broken".into() };
    assert!(resolve(None, &environment, std::iter::once_with(|| Err(broken()))).is_ok());
    let found = resolve(None, &Place::default(), std::iter::once_with(|| Err(broken())));
    assert_eq!(found.err().map(|error| error.to_string()).as_deref(), Some("config.json: broken"));
}

#[test]
fn json_file() {
    let text = r#"{"BaseURL":"http://127.0.0.1:1","ClientId":"id","ClientSecret":"secret","other":[1]}"#;
    let found = json::read(text).unwrap();
    assert_eq!(parts(&found), (Some("http://127.0.0.1:1"), Some("id"), Some("secret")));
    assert_eq!(parts(&json::read(r#"{"BaseURL":"","ClientId":null}"#).unwrap()), (None, None, None));
    let reason = json::read(r#"{"ClientSecret":12345}"#).err().unwrap();
    assert_eq!(reason, "ClientSecret must be a string");
    let reason = json::read(r#"{"ClientSecret":"abc" x"#).err().unwrap();
    assert_eq!(reason, "not a JSON object (line 1, column 23)");
    assert!(json::read("[]").is_err());
}

#[test]
fn yaml_file() {
    let block = r#"
# written by the command line
authtype: pat
customexporttemplatespath: ""
activeenvironment: "My-Tenant"   # the one in use
debug: false
list:
  - a: b
  - c
environments:
    other:
        baseurl: https://other.example
        pat: {clientid: wrong, clientsecret: wrong}
    my-tenant:
        tenanturl: https://tenant.example
        baseurl: https://tenant.example:8443/api # comment
        pat:
            accesstoken: ""
            clientid: 'it''s'
            clientsecret: "a\"b#c: d"
        region: eu
"#;
    let found = yaml::read(block).unwrap();
    assert_eq!(parts(&found), (Some("https://tenant.example:8443/api"), Some("it's"), Some("a\"b#c: d")));

    let flow = r#"activeenvironment: local
environments:
  local: {baseurl: "http://127.0.0.1:1", tenanturl: http://127.0.0.1:1, pat: {clientid: id, clientsecret: 'x,}y'}, z: 1}
"#;
    assert_eq!(parts(&yaml::read(flow).unwrap()), (Some("http://127.0.0.1:1"), Some("id"), Some("x,}y")));

    let cases = [
        ("", (None, None, None)),
        ("activeenvironment: a\n", (None, None, None)),
        ("environments:\n  a:\n    baseurl: x\n", (None, None, None)),
        ("activeenvironment: a\nenvironments:\n  a:\n  b:\n    baseurl: x\n", (None, None, None)),
        ("environments:\n  a:\n    baseurl: x\nactiveenvironment: A\r\n", (Some("x"), None, None)),
        ("activeenvironment: a\nenvironments:\n  a:\n    pat:\n    baseurl: x#y\n", (Some("x#y"), None, None)),
    ];
    for (text, wanted) in cases {
        assert_eq!(parts(&yaml::read(text).unwrap()), wanted, "{text}");
    }
    assert_eq!(yaml::read("a:\n\tb: c\n").err().unwrap(), "line 2: indented with a tab");
    assert_eq!(yaml::read("a: {b: c").err().unwrap(), "line 1: a mapping in braces must end on its line");
    // No input may make the reader panic or go on for ever.
    for text in
        ["a: {", "a: {b: {", "a: '", "a: \"\\", "a: {'b'", "'", ":", ": :", "a: {,,,}", "ä: {é: 'ü'}", "a: {b:}"]
    {
        let _ = yaml::read(text);
    }
}

#[test]
fn files_that_are_absent_are_no_fault() {
    let folder = tempfile::tempdir().unwrap();
    assert!(read(&folder.path().join("config.json"), json::read).unwrap().is_none());
    let file = folder.path().join("present.json");
    fs::write(&file, "{").unwrap();
    assert!(read(&file, json::read).is_err());
    assert!(read(&file.join("below-a-file"), json::read).unwrap().is_none());
    assert!(read(folder.path(), json::read).is_err(), "a folder is not a file");
}
