//! Security questions, as the forms do it: answered at `/factors`, asked in a reset, and never enough alone.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use axum::http::StatusCode;
use futures_util::future::join_all;
use passwright_app::digit_tokens::DigitTokenRequest;
use passwright_app::recovery::{Method, RecoverySettings};
use passwright_app::setup::{Setup, SetupDocument};
use passwright_domain::delivery::{Channel, Fact};
use passwright_domain::factors::FactorChange;
use passwright_storage::audit::{self, Search};
use passwright_storage::deliveries::ClaimDeliveries;

use super::super::{Answer, Fixture};
use super::help_desk::Mails;
use super::recovery::{begin, caller, codes, send};
use super::{Browser, HandClock, PASSWORD, fixture, hidden};

/// Question and answer, in both languages.
const QUESTIONS: [(&str, &str, &str); 5] = [
    ("Your first pet?", "Ihr erstes Tier?", "Rex"),
    ("Your first street?", "Ihre erste Stra\u{df}e?", "M\u{fc}llerstra\u{df}e"),
    ("Your first school?", "Ihre erste Schule?", "Saint Mary"),
    ("Your first car?", "Ihr erstes Auto?", "2CV"),
    ("Your first teacher?", "Ihr erster Lehrer?", "Frau Gro\u{df}"),
];

/// The people, five questions, and questions and digits as halves.
async fn site() -> (Fixture, Arc<HandClock>) {
    let (fixture, clock) = fixture().await;
    let tables: String = QUESTIONS
        .iter()
        .enumerate()
        .map(|(at, (english, german, _))| {
            format!(
                "[[security_question]]\nid = \"q-{at}\"\ntext = \"{english}\"\ntranslations = {{ de = \"{german}\" }}\n"
            )
        })
        .collect();
    let setup = Setup::resolve(SetupDocument::parse(&tables).unwrap(), fixture.folder.path(), &|_| None).unwrap();
    fixture.service.apply(setup, false).await.unwrap();
    put(&fixture, vec![Method::SecurityQuestions, Method::DigitToken]).await;
    (fixture, clock)
}

async fn put(fixture: &Fixture, half: Vec<Method>) {
    let whole = vec![Method::Totp, Method::Passkey, Method::RecoveryCode];
    let settings = RecoverySettings { whole, half, ..RecoverySettings::default() };
    fixture.service.put_recovery_settings(&caller(fixture, "Olga.Admin").await, settings).await.unwrap();
}

/// What an answer to a question is, in either language.
fn answer_to(question: &str) -> &'static str {
    let question = question.replace("&#39;", "'");
    QUESTIONS.iter().find(|known| known.0 == question || known.1 == question).unwrap().2
}

/// The questions that a page asks, in their order.
fn asked(page: &Answer) -> Vec<String> {
    asked_in(&page.text)
}

fn asked_in(text: &str) -> Vec<String> {
    let labels = text.split("<label for=\"answer-").skip(1);
    labels.map(|rest| rest.split('>').nth(1).unwrap().split('<').next().unwrap().to_owned()).collect()
}

/// What is chosen in the form at `/factors/questions`: its first three questions by id.
fn proposed(page: &Answer) -> Vec<(String, &'static str)> {
    let chosen = page.text.split("\" selected>").zip(page.text.split("\" selected>").skip(1));
    let pairs = chosen.map(|(before, after)| {
        let id = before.rsplit("value=\"").next().unwrap().to_owned();
        (id, answer_to(after.split('<').next().unwrap()))
    });
    pairs.take(3).collect()
}

/// Sends the form with the password, three answers and what else there is.
async fn enrol(browser: &mut Browser, fixture: &Fixture, more: &[(&str, &str)]) -> Answer {
    let page = browser.get(fixture, "/factors/questions").await;
    assert_eq!(page.status, StatusCode::OK, "{}", page.text);
    let form = hidden(&page, "form");
    let rows = proposed(&page);
    let mut fields = vec![("form".to_owned(), form), ("do".to_owned(), "set".to_owned())];
    for (at, (id, answer)) in rows.into_iter().enumerate() {
        fields.push((format!("question-{}", at + 1), id));
        fields.push((format!("answer-{}", at + 1), answer.to_owned()));
    }
    fields.retain(|(name, _)| more.iter().all(|(known, _)| known != name));
    fields.extend(more.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())));
    let fields: Vec<_> = fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    browser.post(fixture, "/factors/questions", &fields).await
}

/// Abby has answered three.
async fn enrolled(fixture: &Fixture) {
    let mut abby = Browser::of(fixture, "Abby.Smith").await;
    let done = enrol(&mut abby, fixture, &[("current", PASSWORD)]).await;
    assert_eq!(done.header("location"), "/factors?done=set", "{}", done.text);
}

/// Begins a reset and chooses the questions; gives their page.
async fn to_questions(browser: &mut Browser, fixture: &Fixture, name: &str) -> Answer {
    let choose = begin(browser, fixture, "/recovery/password", name).await;
    choose_questions(browser, fixture, &choose).await
}

async fn choose_questions(browser: &mut Browser, fixture: &Fixture, choose: &Answer) -> Answer {
    let answer = send(browser, fixture, choose, "way", &[("method", "security_questions")]).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.text);
    browser.get(fixture, "/recovery/flow").await
}

/// Answers what a page asks, each answer changed by `spelled`.
async fn answer(
    browser: &mut Browser,
    fixture: &Fixture,
    page: &Answer,
    spelled: impl Fn(usize, &str) -> String,
) -> Answer {
    let answers: Vec<_> = asked(page)
        .iter()
        .enumerate()
        .map(|(at, question)| (format!("answer-{}", at + 1), spelled(at, answer_to(question))))
        .collect();
    let fields: Vec<_> = answers.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    send(browser, fixture, page, "answers", &fields).await
}

async fn digits(fixture: &Fixture, alias: &str) -> String {
    let desk = caller(fixture, "Olga.Admin").await;
    let request = DigitTokenRequest { user_id: Some(alias.to_owned()), ..DigitTokenRequest::default() };
    let client = passwright_app::Principal::ApiClient { client_id: "desk".into() };
    let desk = passwright_app::Caller { principal: client, ..desk };
    fixture.service.create_digit_token(&desk, request).await.unwrap().digits.expose().to_owned()
}

async fn recorded(fixture: &Fixture, event: &str) -> Vec<String> {
    let mut reader = fixture.service.store().read().await.unwrap();
    let search = Search { event: Some(event.to_owned()), limit: 100, ..Search::default() };
    let found = audit::search(&mut reader.tx(), &search).await.unwrap();
    found.into_iter().map(|record| record.detail).collect()
}

#[tokio::test]
async fn answers_are_set_with_the_password_told_by_mail_and_never_shown() {
    let (fixture, _) = site().await;
    fixture.service.store().write(Mails(vec!["Abby.Smith".to_owned()], fixture.service.now())).await.unwrap();
    let mailed = async || {
        let (now, lease) = (fixture.service.now(), Duration::from_secs(36_000));
        let claim = ClaimDeliveries { channel: Channel::Mail, now, most: 100, lease };
        let claimed = fixture.service.store().write(claim).await.unwrap();
        claimed.into_iter().map(|mail| mail.fact).collect::<Vec<_>>()
    };
    let mut abby = Browser::of(&fixture, "Abby.Smith").await;
    assert!(abby.get(&fixture, "/factors").await.text.contains("Answer questions"));
    let password = ("current", PASSWORD);
    for (fields, words) in [
        (vec![], "The current password is not right"),
        (vec![("current", "wrong")], "The current password is not right"),
        (vec![password, ("answer-2", " ")], "at least three"),
        (vec![password, ("answer-2", "xy")], "too short"),
        (vec![password, ("answer-1", "Same"), ("answer-2", " SAME ")], "Two answers are the same"),
        (vec![password, ("question-1", "q-1"), ("question-2", "q-1"), ("question-3", "q-2")], "a question twice"),
        (vec![password, ("question-1", "none")], "Go back and begin again"),
    ] {
        let refused = enrol(&mut abby, &fixture, &fields).await;
        assert!(refused.status.is_client_error(), "{words}: {}", refused.status);
        assert!(refused.text.contains(words), "{words}: {}", refused.text);
        for (_, _, typed) in QUESTIONS {
            assert!(!refused.text.contains(typed), "{typed} is shown: {}", refused.text);
        }
    }
    assert!(recorded(&fixture, "SECURITY_ANSWERS_UPDATED").await.is_empty() && mailed().await.is_empty());
    let done = enrol(&mut abby, &fixture, &[password]).await;
    assert_eq!((done.status, done.header("location")), (StatusCode::SEE_OTHER, "/factors?done=set"), "{}", done.text);
    assert_eq!(recorded(&fixture, "SECURITY_ANSWERS_UPDATED").await, ["3 answers, proved by no factor"]);
    assert_eq!(mailed().await, [Fact::AnswersChanged { change: FactorChange::Enrolled }]);
    for path in ["/factors", "/factors/questions"] {
        let page = abby.get(&fixture, path).await;
        assert!(QUESTIONS.iter().all(|(_, _, typed)| !page.text.contains(typed)), "{path}: {}", page.text);
    }
    // Whoever has a factor shows it, and the password is not enough any more.
    let codes = codes(&fixture, "Abby.Smith").await;
    mailed().await;
    for fields in [vec![password], vec![password, ("method", "recovery_code"), ("proof", "00000-00000-00000-00000")]] {
        let refused = enrol(&mut abby, &fixture, &fields).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", refused.text);
    }
    let shown = [("method", "recovery_code"), ("proof", codes[0].as_str())];
    let done = enrol(&mut abby, &fixture, &shown).await;
    assert_eq!(done.header("location"), "/factors?done=set", "{}", done.text);
    // Switched off they can be removed, and nothing else.
    put(&fixture, vec![Method::DigitToken, Method::MailedCode]).await;
    let page = abby.get(&fixture, "/factors/questions").await;
    assert!(page.text.contains("no longer taken here") && !page.text.contains("<select"), "{}", page.text);
    let form = hidden(&page, "form");
    let remove = |at: usize| [("form", form.as_str()), ("do", "remove"), shown[0], ("proof", codes[at].as_str())];
    let removed = abby.post(&fixture, "/factors/questions", &remove(1)).await;
    assert_eq!(removed.header("location"), "/factors?done=removed", "{}", removed.text);
    assert!(mailed().await.contains(&Fact::AnswersChanged { change: FactorChange::Removed }));
    assert_eq!(abby.get(&fixture, "/factors/questions").await.status, StatusCode::NOT_FOUND);
    assert!(!abby.get(&fixture, "/factors").await.text.contains("Security questions"));
}

/// Requirement R47: right answers are half of what is needed, whatever comes after them.
#[tokio::test]
async fn questions_alone_never_grant() {
    let (fixture, _) = site().await;
    enrolled(&fixture).await;
    let mut browser = Browser::default();
    let page = to_questions(&mut browser, &fixture, "abby.smith").await;
    let taken = answer(&mut browser, &fixture, &page, |_, text| text.to_owned()).await;
    assert_eq!(taken.status, StatusCode::SEE_OTHER, "{}", taken.text);
    let choose = browser.get(&fixture, "/recovery/flow").await;
    assert!(choose.text.contains("Taken: Security questions. One more is needed."), "{}", choose.text);
    // The same once more is no second proof.
    let page = choose_questions(&mut browser, &fixture, &choose).await;
    answer(&mut browser, &fixture, &page, |_, text| text.to_owned()).await;
    let choose = browser.get(&fixture, "/recovery/flow").await;
    let early = send(&mut browser, &fixture, &choose, "password", &[("row", "x/y"), ("new", "Brand-new-pass-9")]).await;
    assert!(early.status.is_client_error(), "{}", early.text);
    let unlock = send(&mut browser, &fixture, &choose, "unlock", &[]).await;
    assert_eq!(unlock.status, StatusCode::CONFLICT, "{}", unlock.text);
    // Digits and answers together are enough.
    let digits = digits(&fixture, "Abby.Smith").await;
    send(&mut browser, &fixture, &choose, "way", &[("method", "digit_token")]).await;
    let page = browser.get(&fixture, "/recovery/flow").await;
    send(&mut browser, &fixture, &page, "answer", &[("code", &digits)]).await;
    let ready = browser.get(&fixture, "/recovery/flow").await;
    assert!(ready.text.contains("Which password?"), "{}", ready.text);
    // Nor are they a second step at the sign-in, or in the place of a factor.
    codes(&fixture, "Abby.Smith").await;
    let ready = browser.get(&fixture, "/recovery/flow").await;
    assert!(!ready.text.contains("Which password?"), "a factor was enrolled since: {}", ready.text);
    let fields = [("method", "security_questions"), ("proof", "Rex")];
    browser.enter(&fixture, "Abby.Smith", PASSWORD).await;
    let step = browser.get(&fixture, "/sign-in/factor").await;
    assert!(!step.text.contains("security_questions"), "{}", step.text);
    let form = hidden(&step, "form");
    let fields: Vec<_> = [("form", form.as_str())].into_iter().chain(fields).collect();
    assert_eq!(browser.post(&fixture, "/sign-in/factor", &fields).await.status, StatusCode::FORBIDDEN);
}

/// Requirement R46: of somebody with answers, somebody without and nobody, every page is made of the same bytes but for the questions,
/// which are the same for a name whenever it is given, before it has answers and after.
#[tokio::test]
async fn nobody_is_asked_the_same() {
    let (fixture, clock) = site().await;
    let names = ["Abby.Smith", "Nobody.Here", "Hank.Helper", "Olga.Admin", "Ghost"];
    let mut before = Vec::new();
    for name in names {
        before.push(walk(&fixture, name).await);
    }
    enrolled(&fixture).await;
    // Wrong answers are counted for a day.
    clock.advance(Duration::from_secs(86_400));
    let (mut orders, mut hidden_pages) = (BTreeSet::new(), BTreeSet::new());
    for (name, before) in names.into_iter().zip(before) {
        let after = walk(&fixture, name).await;
        assert_eq!(after, before, "{name}");
        let questions = asked_in(&after[1].1);
        assert_eq!(questions.len(), 3);
        for (at, (status, text)) in after.into_iter().enumerate() {
            let text = questions.iter().fold(text, |text, question| text.replace(question, "?"));
            hidden_pages.insert((at, status.as_u16(), text));
        }
        orders.insert(questions);
    }
    assert!(orders.len() > 1, "names are asked differently");
    assert_eq!(hidden_pages.len(), 6, "one page for each step: {hidden_pages:?}");
}

/// The pages of a flow, without its token: the choice, the questions twice, and three ways to be wrong.
async fn walk(fixture: &Fixture, name: &str) -> Vec<(StatusCode, String)> {
    let mut browser = Browser::default();
    let choose = begin(&mut browser, fixture, "/recovery/password", name).await;
    let form = hidden(&choose, "form");
    let questions = choose_questions(&mut browser, fixture, &choose).await;
    let again = browser.get(fixture, "/recovery/flow").await;
    let given = [("answer-1", "a wrong one"), ("answer-2", "b"), ("answer-3", "")];
    let wrong = send(&mut browser, fixture, &again, "answers", &given).await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    let none = send(&mut browser, fixture, &again, "answers", &[]).await;
    let other = send(&mut browser, fixture, &again, "answer", &[("code", "123456")]).await;
    let pages = [choose, questions, again, wrong, none, other];
    pages.map(|page| (page.status, page.text.replace(&form, ""))).to_vec()
}

/// Of eight wrong answers at once, in eight browsers, five are compared: each was counted, and the count committed, before.
#[tokio::test]
async fn the_count_is_committed_before_the_comparison() {
    let (fixture, clock) = site().await;
    enrolled(&fixture).await;
    let mut browsers = Vec::new();
    for _ in 0..8 {
        let mut browser = Browser::default();
        let page = to_questions(&mut browser, &fixture, "Abby.Smith").await;
        browsers.push((browser, page));
    }
    let at_once = browsers.iter_mut().map(|(browser, page)| answer(browser, &fixture, page, |_, _| "wrong".into()));
    let statuses: Vec<_> = join_all(at_once).await.into_iter().map(|answer| answer.status).collect();
    let count = |wanted| statuses.iter().filter(|status| **status == wanted).count();
    let (wrong, many) = (StatusCode::UNPROCESSABLE_ENTITY, StatusCode::TOO_MANY_REQUESTS);
    assert_eq!((count(wrong), count(many)), (5, 3), "{statuses:?}");
    // The right ones are not looked at for a day, whatever the spelling of the name; another's are.
    let mut browser = Browser::default();
    let page = to_questions(&mut browser, &fixture, " ABBY.smith").await;
    let closed = answer(&mut browser, &fixture, &page, |_, text| text.to_owned()).await;
    assert_eq!(closed.status, many, "{}", closed.text);
    assert!(closed.header("retry-after").parse::<u64>().unwrap() > 80_000);
    let page = to_questions(&mut browser, &fixture, "Hank.Helper").await;
    assert_eq!(answer(&mut browser, &fixture, &page, |_, text| text.to_owned()).await.status, wrong, "he has none");
    clock.advance(Duration::from_secs(86_400));
    let page = to_questions(&mut browser, &fixture, "Abby.Smith").await;
    let taken = answer(&mut browser, &fixture, &page, |_, text| text.to_owned()).await;
    assert_eq!(taken.status, StatusCode::SEE_OTHER, "{}", taken.text);
}

/// One wrong among right ones is wrong; then all right is right, and counts as failed no longer. In German, in capitals, with a page in
/// German.
#[tokio::test]
async fn wrong_then_right_and_german_answers_by_what_they_say() {
    let (fixture, _) = site().await;
    enrolled(&fixture).await;
    for wrong_at in 0..3 {
        let mut browser = Browser::default();
        let page = to_questions(&mut browser, &fixture, "Abby.Smith").await;
        let one_wrong = |at: usize, text: &str| if at == wrong_at { "wrong".to_owned() } else { text.to_owned() };
        let wrong = answer(&mut browser, &fixture, &page, one_wrong).await;
        assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY, "{wrong_at}");
        assert!(wrong.text.contains("That is not right") && wrong.text.contains("aria-invalid"), "{}", wrong.text);
    }
    // Three failed answers are counted; right ones, also many of them, are not.
    for _ in 0..4 {
        let mut browser = Browser { cookies: vec![("passwright-language".to_owned(), "de".to_owned())] };
        let page = to_questions(&mut browser, &fixture, "Abby.Smith").await;
        assert!(page.text.contains("Sicherheitsfragen") && page.text.contains("Ihr"), "{}", page.text);
        let capitals = |_: usize, text: &str| format!("  {} ", text.to_uppercase().replace(' ', "  "));
        let taken = answer(&mut browser, &fixture, &page, capitals).await;
        assert_eq!(taken.status, StatusCode::SEE_OTHER, "{}", taken.text);
    }
    let passed = recorded(&fixture, "RECOVERY_PROOF_PASSED").await;
    assert!(passed.len() == 4 && passed.iter().all(|detail| detail.starts_with("security_questions:")), "{passed:?}");
    assert_eq!(recorded(&fixture, "RECOVERY_PROOF_FAILED").await, ["security_questions"; 3]);
}

/// They are offered while they are set and there are enough of them.
#[tokio::test]
async fn questions_are_offered_while_they_can_be_asked() {
    let (fixture, _) = fixture().await;
    let offered = async |fixture: &Fixture| {
        let page = begin(&mut Browser::default(), fixture, "/recovery/password", "Abby.Smith").await;
        page.text.contains("value=\"security_questions\"")
    };
    put(&fixture, vec![Method::SecurityQuestions, Method::DigitToken]).await;
    assert!(!offered(&fixture).await, "there are none");
    let (fixture, _) = site().await;
    assert!(offered(&fixture).await);
    let mut browser = Browser::default();
    let choose = begin(&mut browser, &fixture, "/recovery/password", "Abby.Smith").await;
    put(&fixture, vec![Method::DigitToken, Method::MailedCode]).await;
    assert!(!offered(&fixture).await, "switched off");
    let refused = send(&mut browser, &fixture, &choose, "way", &[("method", "security_questions")]).await;
    assert_eq!(refused.status, StatusCode::CONFLICT, "{}", refused.text);
    // Set in the administration: one of two, and never enough alone.
    let mut olga = Browser::of(&fixture, "Olga.Admin").await;
    let page = olga.get(&fixture, "/admin/settings").await;
    let choice =
        page.text.split("<select id=\"security_questions\"").nth(1).unwrap().split("</select>").next().unwrap();
    assert!(choice.contains("value=\"half\"") && !choice.contains("value=\"whole\""), "{choice}");
    let form = hidden(&page, "form");
    for (weight, status) in [("whole", StatusCode::UNPROCESSABLE_ENTITY), ("half", StatusCode::SEE_OTHER)] {
        let fields =
            [("form", form.as_str()), ("security_questions", weight), ("digit_token", "half"), ("mail_risk", "yes")];
        assert_eq!(olga.post(&fixture, "/admin/settings/recovery", &fields).await.status, status, "{weight}");
    }
    assert!(offered(&fixture).await);
}
