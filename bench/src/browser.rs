//! A browser that keeps one connection, takes the cookies of the pages and times an answer from the first byte sent to the last byte read.

use std::collections::BTreeMap;
use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, ensure};

/// Longer than any answer that is measured.
const PATIENCE: Duration = Duration::from_secs(30);

pub(crate) struct Browser {
    stream: TcpStream,
    address: SocketAddr,
    cookies: BTreeMap<String, String>,
}

/// An answer, and how long it took.
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) head: String,
    pub(crate) body: String,
    pub(crate) micros: f64,
}

impl Browser {
    pub(crate) fn open(address: SocketAddr) -> Result<Self> {
        let stream = TcpStream::connect(address)?;
        stream.set_nodelay(true)?;
        stream.set_read_timeout(Some(PATIENCE))?;
        Ok(Self { stream, address, cookies: BTreeMap::new() })
    }

    /// The same browser on a new connection.
    pub(crate) fn reconnect(&mut self) -> Result<()> {
        let cookies = std::mem::take(&mut self.cookies);
        *self = Self { cookies, ..Self::open(self.address)? };
        Ok(())
    }

    /// Another browser, for the same connection.
    pub(crate) fn forget(&mut self) {
        self.cookies.clear();
    }

    pub(crate) fn get(&mut self, path: &str) -> Result<Answer> {
        self.send(&format!("GET {path} HTTP/1.1\r\n"), "", "")
    }

    pub(crate) fn post(&mut self, path: &str, fields: &[(&str, &str)]) -> Result<Answer> {
        let body: Vec<_> = fields.iter().map(|(name, value)| format!("{name}={value}")).collect();
        let kind = "Content-Type: application/x-www-form-urlencoded\r\n";
        self.send(&format!("POST {path} HTTP/1.1\r\n"), kind, &body.join("&"))
    }

    /// Any request with a body of JSON.
    pub(crate) fn call(&mut self, path: &str, token: &str, body: &str) -> Result<Answer> {
        let head = format!("Authorization: Bearer {token}\r\nContent-Type: application/json\r\n");
        self.send(&format!("POST {path} HTTP/1.1\r\n"), &head, body)
    }

    fn send(&mut self, line: &str, head: &str, body: &str) -> Result<Answer> {
        let cookies: Vec<_> = self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
        let cookies = if cookies.is_empty() { String::new() } else { format!("Cookie: {}\r\n", cookies.join("; ")) };
        let (host, length) = (self.address, body.len());
        let request = format!("{line}Host: {host}\r\n{cookies}{head}Content-Length: {length}\r\n\r\n{body}");
        let started = Instant::now();
        self.stream.write_all(request.as_bytes())?;
        let (head, body) = self.read()?;
        let micros = started.elapsed().as_secs_f64() * 1e6;
        let status = head.split(' ').nth(1).and_then(|text| text.parse().ok()).context("no status")?;
        for (name, value) in fields(&head, "set-cookie").filter_map(|cookie| cookie.split(';').next()?.split_once('='))
        {
            self.cookies.insert(name.to_owned(), value.to_owned());
        }
        Ok(Answer { status, head, body, micros })
    }

    fn read(&mut self) -> Result<(String, String)> {
        let (mut answer, mut part) = (Vec::new(), [0; 16 * 1024]);
        loop {
            let read = self.stream.read(&mut part)?;
            ensure!(read > 0, "the server closed the connection");
            answer.extend_from_slice(part.get(..read).unwrap_or_default());
            let Some(end) = answer.windows(4).position(|four| four == b"\r\n\r\n") else { continue };
            let head = String::from_utf8_lossy(answer.get(..end).unwrap_or_default()).into_owned();
            let length: usize =
                fields(&head, "content-length").next().context("an answer without its length")?.parse()?;
            let body = answer.get(end + 4..).unwrap_or_default();
            if body.len() >= length {
                return Ok((head, String::from_utf8_lossy(body).into_owned()));
            }
        }
    }
}

impl Answer {
    /// The value of a hidden field.
    pub(crate) fn field(&self, name: &str) -> Result<String> {
        let (_, rest) =
            self.body.split_once(&format!("name=\"{name}\" value=\"")).with_context(|| format!("no field {name}"))?;
        Ok(rest.split('"').next().unwrap_or_default().to_owned())
    }

    /// The files that this page or script names.
    pub(crate) fn links(&self) -> Vec<String> {
        let quoted = self.body.split('"').skip(1).step_by(2);
        quoted.filter(|text| text.starts_with("/assets/")).map(ToOwned::to_owned).collect()
    }

    /// Everything that could tell names apart: status, header and text, without the name itself, what each request has of its
    /// own, and the values of cookies and forms, which are random.
    pub(crate) fn without(&self, name: &str) -> String {
        let own = ["date:", "set-cookie:", "content-length:", "slpt-request-id:", "x-request-id:"];
        let head = self.head.lines().filter(|line| !own.iter().any(|own| line.to_ascii_lowercase().starts_with(own)));
        let mut text: String = head.map(|line| format!("{line}\n")).collect();
        for (at, part) in self.body.replace(name, "NAME").split("name=\"form\" value=\"").enumerate() {
            text.push_str(if at == 0 { part } else { part.split_once('"').map_or("", |(_, rest)| rest) });
        }
        text
    }
}

fn fields<'a>(head: &'a str, wanted: &'a str) -> impl Iterator<Item = &'a str> {
    head.lines().filter_map(move |line| {
        let (name, value) = line.split_once(':')?;
        name.eq_ignore_ascii_case(wanted).then(|| value.trim())
    })
}
