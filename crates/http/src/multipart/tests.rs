use super::*;

type Fields = Option<Vec<(String, String)>>;

const NET: &str = concat!(
    "--5c2f0d0b-6f5e\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Disposition: form-data; name=client_id\r\n\r\n",
    "abc\r\n--5c2f0d0b-6f5e\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Disposition: form-data; name=client_secret",
    "\r\n\r\ndef\r\n--5c2f0d0b-6f5e--\r\n",
);

fn read(content_type: &str, body: &str) -> Fields {
    fields(content_type, body.as_bytes())
}

fn pairs(expected: &[(&str, &str)]) -> Fields {
    Some(expected.iter().map(|(n, v)| ((*n).to_owned(), (*v).to_owned())).collect())
}

#[test]
fn both_dialects() {
    let wanted = pairs(&[("client_id", "abc"), ("client_secret", "def")]);
    assert_eq!(read("multipart/form-data; boundary=\"5c2f0d0b-6f5e\"", NET), wanted);
    assert_eq!(read("multipart/form-data;charset=utf-8;Boundary=5c2f0d0b-6f5e", NET), wanted);
    assert_eq!(read("multipart/form-data; boundary=5c2f0d0b-6f5e", &NET.replace("\r\n", "\n")), wanted);
    let quoted =
        NET.replace("name=client_id", "name=\"client_id\"").replace("name=client_secret", "NAME = \"client_secret\"");
    assert_eq!(read("multipart/form-data; boundary=5c2f0d0b-6f5e", &quoted), wanted);
}

#[test]
fn corners_of_the_format() {
    let cases: [(&str, Fields); 17] = [
        ("--b\r\ncontent-disposition: form-data; name=a\r\n\r\n1\r\n--b--", pairs(&[("a", "1")])),
        ("preamble\r\n--b  \r\nContent-Disposition: form-data; name=a\r\n\r\n1\r\n--b--epilogue", pairs(&[("a", "1")])),
        // An empty value, and values that hold line ends or what only looks like the boundary.
        ("--b\r\nContent-Disposition: form-data; name=a\r\n\r\n\r\n--b--", pairs(&[("a", "")])),
        ("--b\r\nContent-Disposition: form-data; name=a\r\n\r\n1\r\n\r\n--b--", pairs(&[("a", "1\r\n")])),
        ("--b\r\nContent-Disposition: form-data; name=a\r\n\r\n1\r\n--bc\r\n--b--", pairs(&[("a", "1\r\n--bc")])),
        ("--b\r\nContent-Disposition: form-data; name=a\r\n\r\n1--b--\r\n--b--", pairs(&[("a", "1--b--")])),
        // Quoting: a name with a semicolon, an escaped quote; a file name is not a name.
        (
            "--b\r\nContent-Disposition: form-data; name=\"a;b\\\"\"; filename=x\r\n\r\n1\r\n--b--",
            pairs(&[("a;b\"", "1")]),
        ),
        ("--b\r\nContent-Disposition: form-data; filename=x\r\n\r\n1\r\n--b--", None),
        ("--b\r\nContent-Disposition: form-data; filename=\"; name=x\"\r\n\r\n1\r\n--b--", None),
        ("--b\r\nContent-Disposition: attachment; name=a\r\n\r\n1\r\n--b--", None),
        ("--b\r\nContent-Type: text/plain\r\n\r\n1\r\n--b--", None),
        ("--b\r\nContent-Disposition: form-data; name=\"a\r\n\r\n1\r\n--b--", None),
        // Cut off anywhere.
        ("--b\r\nContent-Disposition: form-data; name=a\r\n\r\n1", None),
        ("--b\r\nContent-Disposition: form-data; name=a\r\n\r\n1\r\n--b", None),
        ("--b\r\nContent-Disposition: form-data; name=a", None),
        ("--b", None),
        ("--b--", pairs(&[])),
    ];
    for (body, wanted) in cases {
        assert_eq!(read("multipart/form-data; boundary=b", body), wanted, "{body:?}");
    }
}

#[test]
fn every_cut_of_a_good_body_is_refused() {
    let kind = "multipart/form-data; boundary=5c2f0d0b-6f5e";
    let end = NET.len() - "\r\n".len();
    for length in 0..end {
        assert_eq!(read(kind, &NET[..length]), None, "{length}");
    }
    assert!(read(kind, &NET[..end]).is_some());
}

#[test]
fn boundaries() {
    let long = |n: usize| format!("multipart/form-data; boundary={}", "b".repeat(n));
    let body = |n: usize| format!("--{}--", "b".repeat(n));
    assert_eq!(read(&long(70), &body(70)), pairs(&[]));
    for (kind, body) in [
        (long(71), body(71)),
        ("multipart/form-data".to_owned(), body(1)),
        ("multipart/form-data; boundary=".to_owned(), body(0)),
        ("multipart/form-data; boundary=\"b".to_owned(), body(1)),
        ("multipart/form-data; boundary=c".to_owned(), body(1)),
    ] {
        assert_eq!(read(&kind, &body), None, "{kind}");
    }
}

#[test]
fn text_that_is_not_utf_8_is_refused() {
    let body = b"--b\r\nContent-Disposition: form-data; name=a\r\n\r\n\xff\r\n--b--";
    assert_eq!(fields("multipart/form-data; boundary=b", body), None);
}

#[test]
fn a_file_is_told_from_a_field() {
    let kind = "multipart/form-data; boundary=x";
    let read = |disposition: &str| {
        let body = format!("--x\r\nContent-Disposition: form-data; {disposition}\r\n\r\nwordÿ\r\n--x--\r\n");
        let found = parts(kind, body.as_bytes()).unwrap();
        (found[0].name.clone(), found[0].file_name.clone(), found[0].content.to_vec())
    };
    let content = "wordÿ".as_bytes().to_vec();
    for disposition in ["name=\"file\"; filename=\"a.txt\"", "name=file; filename=a.txt; filename*=utf-8''a.txt"] {
        assert_eq!(read(disposition), ("file".to_owned(), Some("a.txt".to_owned()), content.clone()), "{disposition}");
    }
    assert_eq!(read("name=\"file\""), ("file".to_owned(), None, content));
}
