//! Judging passwords, on one core: every rule on, with the largest dictionary there may be.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::hint::black_box;
use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::{Result, ensure};
use passwright_domain::directory::{Account, Identity, IdentityStatus};
use passwright_domain::ids::{AccountId, IdentityId, SourceId};
use passwright_domain::policy::{Dictionary, MAX_WORD_LINES, PasswordPolicy, PolicyContext, evaluate};

use crate::Plan;
use crate::table::{Table, per_second};

const GOAL: f64 = 100_000.0;
/// Of the usual length, with nothing of the dictionary and of the person.
const GOOD: &str = "Vq7!kethruz-Wolm";

pub(crate) fn measure(plan: &Plan, _: &Path, table: &mut Table) -> Result<()> {
    let dictionary = dictionary()?;
    let (identity, account) = person();
    let context = PolicyContext::of_account(&identity, &account);
    let usual = PasswordPolicy { use_dictionary: true, ..PasswordPolicy::form_defaults("usual") };
    let all = PasswordPolicy {
        min_upper: 1,
        min_lower: 1,
        min_special: 1,
        max_length: 64,
        max_repeated_chars: 2,
        use_account_attributes: true,
        use_identity_attributes: true,
        validate_against_account_id: true,
        validate_against_account_name: true,
        ..usual.clone()
    };
    for (name, policy) in [("the form's rules and the dictionary", &usual), ("every rule on", &all)] {
        ensure!(evaluate(&[policy], &context, Some(&dictionary), GOOD).is_empty(), "the good password is refused");
        let rate = rate(plan.window.min(Duration::from_secs(1)), || {
            black_box(evaluate(&[policy], &context, Some(&dictionary), black_box(GOOD)));
        });
        let what = format!("policy evaluations, {MAX_WORD_LINES} words, {name}, one core");
        table.judged(what, per_second(rate), "", "> 100,000/s", rate > GOAL);
    }
    Ok(())
}

fn rate(window: Duration, mut work: impl FnMut()) -> f64 {
    const ROUND: u32 = 64;
    let started = Instant::now();
    let mut count = 0;
    while started.elapsed() < window {
        for _ in 0..ROUND {
            work();
        }
        count += ROUND;
    }
    f64::from(count) / started.elapsed().as_secs_f64()
}

/// Words of 6 to 11 letters.
fn dictionary() -> Result<Dictionary> {
    const SYLLABLES: [&str; 16] =
        ["ba", "con", "di", "fer", "go", "hal", "is", "jo", "ka", "lum", "mi", "nor", "pa", "ris", "ton", "ve"];
    let mut file = String::new();
    for number in 0..MAX_WORD_LINES {
        let syllable = |shift: u32| SYLLABLES[(number >> shift) & 15];
        writeln!(file, "{}{}{}ax", syllable(8), syllable(4), syllable(0))?;
    }
    Ok(Dictionary::parse(file.as_bytes())?)
}

fn person() -> (Identity, Account) {
    let attributes = [("department", "Customer Service"), ("phone", "+1 555 010 1234"), ("city", "Austin")];
    let attributes: BTreeMap<_, _> = attributes.map(|(name, value)| (name.to_owned(), value.to_owned())).into();
    let identity = Identity {
        id: IdentityId::from_random([1; 16]),
        alias: "Abby.Smith".to_owned(),
        name: "Abby Smith".to_owned(),
        email: Some("abby.smith@acme.example".to_owned()),
        status: IdentityStatus::Active,
        levels: BTreeSet::new(),
        attributes: attributes.clone(),
    };
    let account = Account {
        id: AccountId::from_random([2; 16]),
        identity_id: identity.id.clone(),
        source_id: SourceId::from_random([3; 16]),
        native_identity: "CN=Abby Smith,OU=Austin,OU=Americas,DC=acme,DC=example".to_owned(),
        name: "Abby Smith".to_owned(),
        attributes: attributes.into_iter().map(|(name, value)| (name, value.into())).collect(),
    };
    (identity, account)
}
