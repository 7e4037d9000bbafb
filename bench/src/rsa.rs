//! Opening RSA ciphertexts on one core, beside OpenSSL's private operation.

use std::hint::black_box;
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, ensure};
use passwright_vault::rsa::RsaPrivateKey;

use crate::Plan;
use crate::table::{Table, per_second, percent};

/// Ciphertexts that are opened in turn, one in four with a damaged padding.
const CIPHERTEXTS: usize = 64;

pub(crate) fn measure(plan: &Plan, _: &Path, table: &mut Table) -> Result<()> {
    for bits in [2048, 3072] {
        let window = plan.window.min(Duration::from_secs(2));
        let opens = opens(bits, window)?;
        let what = format!("RSA-{bits} opens with implicit rejection, one core");
        match openssl(bits) {
            Ok(signs) => {
                let beside = format!("{} of `openssl speed` ({} signs)", percent(opens / signs), per_second(signs));
                table.figure(what, per_second(opens), beside);
            }
            Err(error) => table.figure(what, per_second(opens), format!("openssl: {error:#}")),
        }
    }
    Ok(())
}

fn opens(bits: usize, window: Duration) -> Result<f64> {
    let key = RsaPrivateKey::generate(bits)?;
    let ciphertexts = (0..CIPHERTEXTS)
        .map(|n| {
            let mut ciphertext = key.public_key().encrypt(format!("Password-{n}").as_bytes())?;
            if let (0, Some(last)) = (n % 4, ciphertext.last_mut()) {
                *last ^= 1;
            }
            Ok(ciphertext)
        })
        .collect::<Result<Vec<_>>>()?;
    let started = Instant::now();
    let mut count = 0_u32;
    for ciphertext in ciphertexts.iter().cycle() {
        black_box(key.decrypt_implicit(ciphertext)?);
        count += 1;
        if started.elapsed() >= window {
            break;
        }
    }
    Ok(f64::from(count) / started.elapsed().as_secs_f64())
}

/// Signatures per second: the same private operation.
fn openssl(bits: usize) -> Result<f64> {
    let algorithm = format!("rsa{bits}");
    let output = Command::new("openssl").args(["speed", "-seconds", "2", &algorithm]).output()?;
    ensure!(output.status.success(), "ended with {}", output.status);
    let text = String::from_utf8_lossy(&output.stdout);
    let line = text.lines().find(|line| line.starts_with("rsa")).context("no line of results")?;
    // rsa 2048 bits 0.000265s 0.000012s   3773.6  85470.1
    let signs = line.split_whitespace().rev().nth(1).context("no rate")?;
    signs.parse().context("no rate")
}
