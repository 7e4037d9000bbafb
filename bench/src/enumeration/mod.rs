//! Whether the time or the text of an answer tells that somebody exists (requirement R46): each question is asked for people who
//! exist, who are disabled, who have an authenticator, and whom nobody knows, in an order by chance, over kept connections.
//!
//! The means of two kinds are compared by Welch's t; above 4.5 chance is out of the question. So that the measuring itself can
//! fail, each question is also compared with answers for an unknown name that count as a twentieth longer, and the
//! sign-in with one that leaves the hash out, as a careless server would.

mod people;
mod welch;

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;
use std::path::Path;

use anyhow::{Context as _, Result, anyhow, ensure};
use passwright_app::OrgConfigRequest;
use passwright_app::recovery::{Method, RecoverySettings};
use passwright_vault::random;

use self::people::{Kind, Token};
use self::welch::Moments;
use crate::Plan;
use crate::browser::{Answer, Browser};
use crate::server::Server;
use crate::site::Site;
use crate::table::Table;

const GOAL: f64 = 4.5;
/// At once. Answers wait for a step of time, so that one browser would leave the server idle most of the run.
const BROWSERS: usize = 8;
/// The first rounds of a browser tell how long an answer takes, and count no further.
const WARM: usize = 50;
/// The wire's limit is 95 requests of one token in 10 s.
const CALLS_OF_A_TOKEN: usize = 80;
/// A port without a listener: mails wait, as they do while a mail server is away.
const MAIL: &str = "[mail]\nhost = \"127.0.0.1\"\nport = 9\ntls = \"none\"\nfrom = \"bench@acme.example\"\n";

/// What is asked, in which pairs of kinds.
struct Question {
    what: &'static str,
    /// Besides the unknown ones.
    kinds: &'static [Kind],
    ask: fn(&mut Browser, Kind, usize, &[Token]) -> Result<Answer>,
}

const LIVING: &[Kind] = &[Kind::Known, Kind::Enrolled, Kind::Disabled];

const QUESTIONS: [Question; 10] = [
    Question { what: "sign in with a wrong password", kinds: LIVING, ask: sign_in },
    Question { what: "a reset: wrong digits of the help desk", kinds: &[Kind::Known], ask: digits },
    Question { what: "a reset: the name", kinds: LIVING, ask: name },
    Question { what: "a reset: the ways that are offered", kinds: LIVING, ask: ways },
    Question { what: "a reset: a code is mailed", kinds: LIVING, ask: mail },
    Question { what: "a reset: a wrong mailed code", kinds: LIVING, ask: mailed_code },
    Question { what: "a reset: a wrong code of an authenticator", kinds: LIVING, ask: totp },
    Question { what: "a forgotten user name", kinds: &[Kind::Known, Kind::Disabled], ask: forgotten },
    Question { what: "`query-password-info` by somebody who may not", kinds: LIVING, ask: info },
    Question { what: "a wrong secret of a personal access token", kinds: &[Kind::Known], ask: secret },
];

pub(crate) fn measure(plan: &Plan, program: &Path, table: &mut Table) -> Result<()> {
    let site = Site::new(1)?.with_settings(MAIL);
    let most = plan.guesses + BROWSERS * (WARM + 1);
    let runtime = tokio::runtime::Runtime::new()?;
    let tokens = runtime.block_on(async {
        let service = site.open().await?;
        people::settle(&site, &service, most + 1).await?;
        let wanted = RecoverySettings { half: vec![Method::MailedCode], ..RecoverySettings::default() };
        service.put_recovery_settings(&people::administrator(), wanted).await?;
        let digits = OrgConfigRequest { digit_token_enabled: Some(true), ..OrgConfigRequest::default() };
        service.put_password_org_config(&people::administrator(), digits).await?;
        people::tokens(&service, (most * 5).div_ceil(CALLS_OF_A_TOKEN)).await
    })?;
    drop(runtime);
    let server = Server::start(program, &site)?;
    let mut browsers = (0..BROWSERS).map(|_| Browser::open(server.address)).collect::<Result<Vec<_>>>()?;
    for question in &QUESTIONS {
        compare(question, most, &mut browsers, &tokens, table)?;
    }
    careless(most.min(500), &mut Browser::open(server.address)?, table)
}

/// What was heard of one question.
#[derive(Default)]
struct Heard {
    /// By kind, in microseconds.
    times: BTreeMap<&'static str, Vec<f64>>,
    texts: BTreeSet<String>,
}

impl Heard {
    fn take(&mut self, other: Self) {
        for (kind, times) in other.times {
            self.times.entry(kind).or_default().extend(times);
        }
        self.texts.extend(other.texts);
    }
}

/// Asks for each kind equally often, in several browsers at once, and tells how the times of each differ from those of unknown names.
fn compare(
    question: &Question,
    count: usize,
    browsers: &mut [Browser],
    tokens: &[Token],
    table: &mut Table,
) -> Result<()> {
    // Whole fives, as digits are asked for.
    let each = count.div_ceil(browsers.len()).next_multiple_of(5);
    let mut heard = Heard::default();
    std::thread::scope(|scope| {
        let mut parts = Vec::with_capacity(browsers.len());
        for (at, browser) in browsers.iter_mut().enumerate() {
            let numbers = (at * each).min(count)..((at + 1) * each).min(count);
            parts.push(scope.spawn(move || ask(question, numbers, count, browser, tokens)));
        }
        parts.into_iter().try_for_each(|part| {
            let part = part.join().map_err(|_| anyhow!("a browser's thread ended"))??;
            heard.take(part);
            Ok::<_, anyhow::Error>(())
        })
    })?;
    let Heard { mut times, texts } = heard;
    ensure!(texts.len() == 1, "{}: {} different answers: {texts:?}", question.what, texts.len());
    let unknown = times.remove(Kind::Unknown.words()).unwrap_or_default();
    let control = welch::t(&times.remove("late").unwrap_or_default(), &unknown);
    let of_unknown = Moments::of(&unknown);
    for (kind, times) in &times {
        let (t, of_kind) = (welch::t(times, &unknown), Moments::of(times));
        let what = format!("{}: {kind} beside unknown", question.what);
        let measured = format!("\\|t\\| = {t:.1}, {} of each", times.len());
        let beside = format!(
            "{:.2} ms beside {:.2} ms; a difference of {:.0} µs would show; the same bytes; unknown, 5 % later: \\|t\\| = {control:.1}",
            of_kind.mean / 1e3,
            of_unknown.mean / 1e3,
            GOAL * of_kind.error(&of_unknown),
        );
        table.judged(what, measured, beside, "\\|t\\| < 4.5, control above", t < GOAL && control > GOAL);
    }
    Ok(())
}

/// One browser's part of it: the people with these numbers, of `count` of each kind.
fn ask(
    question: &Question,
    numbers: Range<usize>,
    count: usize,
    browser: &mut Browser,
    tokens: &[Token],
) -> Result<Heard> {
    // While others were still at the question before, the server has closed this one's connection.
    browser.reconnect()?;
    let kinds: Vec<Kind> = question.kinds.iter().copied().chain([Kind::Unknown]).collect();
    let (mut heard, mut delay) = (Heard::default(), 0.0);
    let warm = numbers.start + WARM.min(numbers.len() / 2);
    for n in numbers {
        for at in shuffled(kinds.len() + 1) {
            // The last place is the control: an unknown name, with numbers of its own.
            let (kind, number) = kinds.get(at).map_or((Kind::Unknown, count + n), |kind| (*kind, n));
            let is_control = at == kinds.len();
            let mut answer =
                (question.ask)(browser, kind, number, tokens).with_context(|| format!("{} {n}", kind.words()))?;
            heard.texts.insert(answer.without(&kind.name(number)));
            if is_control {
                answer.micros += delay;
            }
            let name = if is_control { "late" } else { kind.words() };
            heard.times.entry(name).or_default().push(answer.micros);
        }
        if n == warm {
            delay = median(heard.times.get(Kind::Unknown.words()).map_or(&[], Vec::as_slice)) / 20.0;
            heard.times.clear();
        }
    }
    Ok(heard)
}

/// A sign-in whose password is empty is refused without a hash: what a server would give away that hashes for known names only.
fn careless(count: usize, browser: &mut Browser, table: &mut Table) -> Result<()> {
    let (mut hashed, mut unhashed) = (Vec::new(), Vec::new());
    for n in 0..count {
        let number = 10_000_000 + n;
        hashed.push(try_password(browser, Kind::Unknown, number, "Wrong-password-1")?.micros);
        unhashed.push(try_password(browser, Kind::Unknown, number, "")?.micros);
    }
    let t = welch::t(&hashed, &unhashed);
    let what = "control: sign in where the hash is left out";
    table.judged(what, format!("\\|t\\| = {t:.1}, {count} of each"), "", "\\|t\\| > 4.5", t > GOAL);
    Ok(())
}

fn expect(answer: Answer, status: u16) -> Result<Answer> {
    ensure!(answer.status == status, "answered {} and not {status}: {}", answer.status, answer.body);
    Ok(answer)
}

fn sign_in(browser: &mut Browser, kind: Kind, n: usize, _: &[Token]) -> Result<Answer> {
    try_password(browser, kind, n, "Wrong-password-1")
}

fn try_password(browser: &mut Browser, kind: Kind, n: usize, password: &str) -> Result<Answer> {
    browser.forget();
    let form = expect(browser.get("/sign-in")?, 200)?.field("form")?;
    let name = kind.name(n);
    expect(browser.post("/sign-in", &[("form", &form), ("username", &name), ("password", password)])?, 403)
}

fn name(browser: &mut Browser, kind: Kind, n: usize, _: &[Token]) -> Result<Answer> {
    browser.forget();
    let form = expect(browser.get("/recovery/password")?, 200)?.field("form")?;
    expect(browser.post("/recovery/password", &[("form", &form), ("username", &kind.name(n))])?, 303)
}

fn ways(browser: &mut Browser, kind: Kind, n: usize, tokens: &[Token]) -> Result<Answer> {
    name(browser, kind, n, tokens)?;
    expect(browser.get("/recovery/flow")?, 200)
}

fn way(browser: &mut Browser, kind: Kind, n: usize, method: Method) -> Result<Answer> {
    let page = ways(browser, kind, n, &[])?;
    let (form, step) = (page.field("form")?, page.field("step")?);
    expect(browser.post("/recovery/flow/way", &[("form", &form), ("step", &step), ("method", method.as_str())])?, 303)
}

fn answer(browser: &mut Browser, kind: Kind, n: usize, method: Method) -> Result<Answer> {
    way(browser, kind, n, method)?;
    let page = expect(browser.get("/recovery/flow")?, 200)?;
    let (form, step) = (page.field("form")?, page.field("step")?);
    expect(browser.post("/recovery/flow/answer", &[("form", &form), ("step", &step), ("code", "00000000")])?, 422)
}

fn mail(browser: &mut Browser, kind: Kind, n: usize, _: &[Token]) -> Result<Answer> {
    way(browser, kind, n, Method::MailedCode)
}

fn mailed_code(browser: &mut Browser, kind: Kind, n: usize, _: &[Token]) -> Result<Answer> {
    answer(browser, kind, n, Method::MailedCode)
}

fn totp(browser: &mut Browser, kind: Kind, n: usize, _: &[Token]) -> Result<Answer> {
    answer(browser, kind, n, Method::Totp)
}

/// Five for each token.
fn digits(browser: &mut Browser, kind: Kind, n: usize, _: &[Token]) -> Result<Answer> {
    answer(browser, kind, n / 5 * 5, Method::DigitToken)
}

fn forgotten(browser: &mut Browser, kind: Kind, n: usize, _: &[Token]) -> Result<Answer> {
    browser.forget();
    let form = expect(browser.get("/recovery/user-name")?, 200)?.field("form")?;
    expect(browser.post("/recovery/user-name", &[("form", &form), ("address", &kind.address(n))])?, 200)
}

fn info(browser: &mut Browser, kind: Kind, n: usize, tokens: &[Token]) -> Result<Answer> {
    browser.forget();
    let token = tokens.get(n % tokens.len().max(1)).context("no token")?;
    // Not the token's own name.
    let body = format!("{{\"userName\":\"{}\"}}", kind.name(n + 1));
    let mut answer = expect(browser.call("/v2025/query-password-info", &token.bearer, &body)?, 403)?;
    answer.body = answer.body.split("\"trackingId\"").next().unwrap_or_default().to_owned();
    Ok(answer)
}

/// One of the tokens, or an id that none has.
fn secret(browser: &mut Browser, kind: Kind, n: usize, tokens: &[Token]) -> Result<Answer> {
    browser.forget();
    let known = tokens.get(n % tokens.len().max(1)).context("no token")?;
    let id = if kind == Kind::Known { known.id.clone() } else { format!("{n:0width$x}", width = known.id.len()) };
    let wrong = "0".repeat(64);
    let fields = [("grant_type", "client_credentials"), ("client_id", id.as_str()), ("client_secret", wrong.as_str())];
    expect(browser.post("/oauth/token", &fields)?, 401)
}

/// The numbers below `count` in an order by chance.
fn shuffled(count: usize) -> Vec<usize> {
    let mut bytes = [0; 16];
    random::fill(&mut bytes);
    let mut keys: Vec<_> = bytes.iter().copied().zip(0..count).collect();
    keys.sort_unstable();
    keys.into_iter().map(|(_, at)| at).collect()
}

fn median(values: &[f64]) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    sorted.get(sorted.len() / 2).copied().unwrap_or_default()
}
