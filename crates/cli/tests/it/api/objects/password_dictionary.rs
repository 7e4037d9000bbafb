use passwright_client::PathFamily;
use passwright_testkit::Login;
use serde_json::json;

use super::{Admin, path, refused};
use crate::support::{Answer, Caller, demo};

const DICTIONARY: &str = "password-dictionary";

/// As .NET writes it: quoted boundary, unquoted names.
async fn upload(admin: &Admin, path: &str, part: &str, file: &str) -> Answer {
    let body = format!(
        "--b1\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Disposition: form-data; {part}\r\n\r\n{file}\r\n--b1--\r\n"
    );
    let request = admin.0.request("PUT", path).header("content-type", "multipart/form-data; boundary=\"b1\"");
    admin.0.send(request.body(body)).await
}

const FILE: &str = "name=file; filename=words.txt; filename*=utf-8''words.txt";
const WORDS: &str = "# ours\nlocale=en_US\nSpring\nWinter";

#[tokio::test]
async fn uploaded_and_read() {
    let server = demo();
    let admin = Admin::of(&server).await;
    let one = path(DICTIONARY, "");
    assert_eq!(admin.get(&one).await.status, 404);
    let first = upload(&admin, &one, FILE, WORDS).await;
    assert_eq!((first.status, first.text.as_str()), (201, ""), "{first:?}");
    for family in PathFamily::ALL {
        let one = family.path(DICTIONARY, "");
        assert_eq!(upload(&admin, &one, FILE, WORDS).await.status, 200);
        let request = admin.0.request("GET", &one).header("accept", "application/json");
        let read = admin.0.send(request).await;
        assert_eq!((read.status, read.text.as_str()), (200, WORDS));
        assert_eq!(read.header("content-type"), Some("text/plain; charset=utf-8"));
    }
    refused(&upload(&admin, &one, "name=\"file\"", "[object Object]").await, "400.1.3", "no file name");
    refused(&upload(&admin, &one, "name=other; filename=a", "word").await, "400.1.0", "\"file\"");
    refused(&upload(&admin, &one, FILE, "two words\nok\nthree of them").await, "400.1.3", "line 1");
    refused(&upload(&admin, &one, FILE, "# nothing").await, "400.1.3", "no word");
    let json = admin.send("PUT", &one, &json!({})).await;
    assert_eq!(json.status, 415, "{json:?}");
    assert_eq!(admin.get(&one).await.text, WORDS, "a refused file changes nothing");
    // The largest there can be, with comments.
    let most = format!("# {}\n", "x".repeat(100)).repeat(100) + &format!("{}\n", "ß".repeat(128)).repeat(2500);
    assert_eq!(upload(&admin, &one, FILE, &most).await.status, 200);
    let longer = "#\n".repeat(1_100_000);
    assert_eq!(upload(&admin, &one, FILE, &longer).await.status, 413);
    for login in [Login::ApiClient, Login::Abby] {
        assert_eq!(Caller::of(&server, login).await.get(&one).await.status, 403);
    }
}
