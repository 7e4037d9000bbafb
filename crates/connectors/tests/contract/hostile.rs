//! Passwords that break connectors which paste, trim, cut, convert or interpret them.

/// The corpus, in the order it is tried. Each one differs from the others.
pub fn corpus() -> Vec<String> {
    let mut all: Vec<String> = PLAIN.iter().map(|text| (*text).to_owned()).collect();
    // 245 bytes is the most that fits into one RSA-2048 block of the wire contract.
    all.push(filled("Aa1-", 'x', 245));
    all.push(filled("Aa2-", 'ä', 244));
    // bcrypt's 72 bytes: two passwords that differ only behind it.
    all.push(filled("Aa3-", 'y', 72));
    all.push(filled("Aa3-", 'y', 73));
    all.push(filled("Aa4-", '\u{1F511}', 128));
    all
}

fn filled(start: &str, with: char, bytes: usize) -> String {
    let mut text = start.to_owned();
    while text.len() + with.len_utf8() <= bytes {
        text.push(with);
    }
    text
}

const PLAIN: &[&str] = &[
    r#"Double"Quote"1"#,
    r#""Wrapped-Quote1""#,
    "Single'Quote'1",
    "' OR '1'='1' --Aa1",
    r"Back\slash\1",
    r"Trailing-Slash1\",
    r"Esc\00\2a\28Aa1",
    "Star*(Paren)1&|!",
    "Semi;Colon,Comma+1=<>#",
    "Colon:Field:Aa1",
    "$(touch /tmp/Aa1)",
    "`id`;Aa1&&true|cat",
    "%s%n%d%x%00-Aa1",
    "${jndi:ldap://x}Aa1",
    "{{7*7}}Aa1{%x%}",
    "{SSHA}Looks-like-a-hash-1",
    "{SSHA}zrzBQ0AMqgWXCxxjOmN5BVRyCHZtbnRlcg==",
    "{CRYPT}$6$Aa1$x",
    "$argon2id$v=19$m=8,t=1,p=1$YWFhYWFhYWE$Aa1",
    "$2y$05$Aa1Aa1Aa1Aa1Aa1Aa1Aa1.",
    "  Leading-Space1",
    "Trailing-Space1  ",
    "\u{a0}No-Break-Space1\u{a0}",
    "\u{feff}Byte-Order-Mark1",
    "Inner \t Tab-Aa1",
    "Carriage\r\nReturn-Aa1",
    "Zero\0Byte-Aa1",
    "Zero-At-End-Aa1\0",
    "Bell\u{7}Escape\u{1b}[31mAa1",
    "Delete\u{7f}Aa1",
    "Umlaut-Äöüß-1",
    "Composed-\u{e9}-Aa1",
    "Composed-e\u{301}-Aa1",
    "ﬁ-Ligature-①-Aa1",
    "Four-Byte-😀🔑-Aa1",
    "Outside-𠀋𝒜-Aa1",
    "\u{202e}txet-thgir-ot-tfel-Aa1",
    "مرحبا-שלום-Aa1",
    "Zero\u{200b}Width\u{200d}Aa1",
    "Replacement-\u{fffd}-Aa1",
    "Private-\u{e000}\u{10ffff}-Aa1",
    "CN=Abby,OU=Aa1,DC=x",
    "null-Null-1",
    "-Dash-First-1",
    "--Option=Aa1",
    "#Comment-Aa1",
];
