//! A load generator that costs little: prepared bodies over kept connections, one thread, no HTTP library. Each connection
//! sends its next request when the last one is answered.

use std::cell::Cell;
use std::io::Write as _;
use std::net::SocketAddr;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail, ensure};
use futures_util::stream::{FuturesUnordered, TryStreamExt as _};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

/// What the connections saw together.
pub(crate) struct Load {
    /// Time of each answer, shortest first, in microseconds.
    times: Vec<u32>,
    lasted: Duration,
}

impl Load {
    pub(crate) fn answers(&self) -> usize {
        self.times.len()
    }

    pub(crate) fn per_second(&self) -> f64 {
        self.times.len() as f64 / self.lasted.as_secs_f64()
    }

    /// The time within which this share of the answers came, in milliseconds.
    pub(crate) fn quantile_ms(&self, share: f64) -> f64 {
        let at = (self.times.len() as f64 * share) as usize;
        let micros = self.times.get(at).or(self.times.last()).copied().unwrap_or_default();
        f64::from(micros) / 1000.0
    }
}

/// Posts the bodies, each once, until the window is over or none is left. `head` is the request line and the header
/// without `Content-Length`. Every answer must be 202.
pub(crate) fn run(
    address: SocketAddr,
    connections: usize,
    head: &str,
    bodies: &[String],
    window: Duration,
) -> Result<Load> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async {
        let next = Cell::new(0);
        let mut streams = Vec::new();
        for _ in 0..connections {
            let stream = TcpStream::connect(address).await?;
            stream.set_nodelay(true)?;
            streams.push(stream);
        }
        let started = Instant::now();
        let until = started + window;
        let runs: FuturesUnordered<_> =
            streams.into_iter().map(|stream| connection(stream, head, bodies, &next, until)).collect();
        let times: Vec<Vec<u32>> = runs.try_collect().await?;
        let lasted = started.elapsed();
        let mut times = times.concat();
        times.sort_unstable();
        Ok(Load { times, lasted })
    })
}

async fn connection(
    mut stream: TcpStream,
    head: &str,
    bodies: &[String],
    next: &Cell<usize>,
    until: Instant,
) -> Result<Vec<u32>> {
    let (mut times, mut request, mut answer) = (Vec::new(), Vec::new(), Vec::new());
    while Instant::now() < until {
        let Some(body) = bodies.get(next.replace(next.get() + 1)) else { break };
        request.clear();
        write!(request, "{head}Content-Length: {}\r\n\r\n{body}", body.len())?;
        let sent = Instant::now();
        stream.write_all(&request).await?;
        read_answer(&mut stream, &mut answer).await?;
        times.push(u32::try_from(sent.elapsed().as_micros()).unwrap_or(u32::MAX));
    }
    Ok(times)
}

/// Reads one answer with a `Content-Length` and forgets it.
async fn read_answer(stream: &mut TcpStream, answer: &mut Vec<u8>) -> Result<()> {
    answer.clear();
    loop {
        ensure!(stream.read_buf(answer).await? > 0, "the server closed the connection");
        if let Some(length) = answer_length(answer)? {
            ensure!(answer.len() <= length, "more than one answer came");
            if answer.len() == length {
                break;
            }
        }
    }
    if !answer.starts_with(b"HTTP/1.1 202 ") {
        bail!("not accepted: {}", String::from_utf8_lossy(answer));
    }
    Ok(())
}

/// Length of header and body, once the header is whole.
fn answer_length(answer: &[u8]) -> Result<Option<usize>> {
    let Some(end) = answer.windows(4).position(|four| four == b"\r\n\r\n") else { return Ok(None) };
    let header = std::str::from_utf8(&answer[..end])?;
    let field = header.lines().find_map(|line| {
        let (name, value) = line.split_once(':')?;
        name.eq_ignore_ascii_case("content-length").then(|| value.trim())
    });
    Ok(Some(end + 4 + field.context("an answer without its length")?.parse::<usize>()?))
}

#[cfg(test)]
mod tests {
    use super::answer_length;

    #[test]
    fn lengths_of_answers() {
        let answer = |text: &str| answer_length(text.as_bytes()).ok();
        assert_eq!(answer("HTTP/1.1 202 Accepted\r\nContent-Le"), Some(None));
        assert_eq!(answer("HTTP/1.1 202 Accepted\r\ncontent-length: 2\r\n\r\n"), Some(Some(46)));
        assert_eq!(answer("HTTP/1.1 202 Accepted\r\n\r\n"), None);
    }
}
