//! Generalized time (RFC 4517 section 3.3.13) as microseconds since 1970 UTC.

/// `YYYYMMDDHH[MM[SS]][.fraction](Z|±HH[MM])`. `None` for anything else.
pub(crate) fn micros(text: &str) -> Option<i64> {
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    if !matches!(digits, 10 | 12 | 14) {
        return None;
    }
    let (stamp, rest) = text.split_at(digits);
    let part = |from: usize, to: usize| stamp.get(from..to).map_or(Some(0), |part| part.parse::<i64>().ok());
    let (year, month, day) = (part(0, 4)?, part(4, 6)?, part(6, 8)?);
    let (hour, minute, second) = (part(8, 10)?, part(10, 12)?, part(12, 14)?);
    if !(1..=12).contains(&month) || !(1..=31).contains(&day) || hour > 23 || minute > 59 || second > 60 {
        return None;
    }
    // The fraction belongs to the smallest unit that is written.
    let unit = match digits {
        10 => 3_600_000_000,
        12 => 60_000_000,
        _ => 1_000_000,
    };
    let (fraction, zone) = match rest.strip_prefix(['.', ',']) {
        Some(rest) => {
            let length = rest.bytes().take_while(u8::is_ascii_digit).count();
            let (digits, zone) = rest.split_at(length);
            let digits = digits.get(..length.min(9)).filter(|digits| !digits.is_empty())?;
            let scale = 10_i64.pow(u32::try_from(digits.len()).ok()?);
            (i128::from(digits.parse::<i64>().ok()?) * unit / i128::from(scale), zone)
        }
        None => (0, rest),
    };
    let seconds = days_since_1970(year, month, day) * 86_400 + hour * 3_600 + minute * 60 + second - offset(zone)?;
    seconds.checked_mul(1_000_000)?.checked_add(i64::try_from(fraction).ok()?)
}

/// The same, written: `YYYYMMDDHHMMSS[.ffffff]Z`. `None` outside the years 1 to 9999.
pub(crate) fn text(micros: i64) -> Option<String> {
    let (seconds, fraction) = (micros.div_euclid(1_000_000), micros.rem_euclid(1_000_000));
    let (days, of_day) = (seconds.div_euclid(86_400), seconds.rem_euclid(86_400));
    let (year, month, day) = date(days);
    if !(1..=9999).contains(&year) {
        return None;
    }
    let (hour, minute, second) = (of_day / 3_600, of_day / 60 % 60, of_day % 60);
    let stamp = format!("{year:04}{month:02}{day:02}{hour:02}{minute:02}{second:02}");
    Some(if fraction == 0 { format!("{stamp}Z") } else { format!("{stamp}.{fraction:06}Z") })
}

/// The inverse of [`days_since_1970`].
fn date(days: i64) -> (i64, i64, i64) {
    let days = days + 719_468;
    let (era, of_era) = (days.div_euclid(146_097), days.rem_euclid(146_097));
    let year_of_era = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let from_march = (5 * of_year + 2) / 153;
    let day = of_year - (153 * from_march + 2) / 5 + 1;
    let month = if from_march < 10 { from_march + 3 } else { from_march - 9 };
    (era * 400 + year_of_era + i64::from(month <= 2), month, day)
}

/// Seconds east of UTC.
fn offset(zone: &str) -> Option<i64> {
    if zone == "Z" {
        return Some(0);
    }
    let sign = match zone.as_bytes().first()? {
        b'+' => 1,
        b'-' => -1,
        _ => return None,
    };
    let digits = zone.get(1..)?;
    if !matches!(digits.len(), 2 | 4) || !digits.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let hours: i64 = digits.get(..2)?.parse().ok()?;
    let minutes: i64 = digits.get(2..).filter(|minutes| !minutes.is_empty()).map_or(Some(0), |m| m.parse().ok())?;
    (hours <= 23 && minutes <= 59).then_some(sign * (hours * 3_600 + minutes * 60))
}

/// Days in the proleptic Gregorian calendar; the year begins in March so that the leap day comes last.
fn days_since_1970(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let of_era = year.rem_euclid(400);
    let of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    year.div_euclid(400) * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719_468
}

#[cfg(test)]
mod tests {
    use super::{micros, text};

    #[test]
    fn times_of_directories_are_read() {
        let check = |text: &str, expected: i64| assert_eq!(micros(text), Some(expected), "{text}");
        check("19700101000000Z", 0);
        check("20261122101112Z", 1_795_342_272_000_000);
        check("20261122101112.123456Z", 1_795_342_272_123_456);
        check("20261122101112,5Z", 1_795_342_272_500_000);
        check("20261122111112+0100", 1_795_342_272_000_000);
        check("20261122044112-0530", 1_795_342_272_000_000);
        check("2026112210Z", 1_795_341_600_000_000);
        check("202611221030.5Z", 1_795_343_430_000_000);
        check("20240229000000Z", 1_709_164_800_000_000);
        check("19691231235959.0Z", -1_000_000);
    }

    #[test]
    fn times_are_written_as_they_are_read() {
        for (time, expected) in [
            (0, "19700101000000Z"),
            (1_795_342_272_000_000, "20261122101112Z"),
            (1_795_342_272_123_456, "20261122101112.123456Z"),
            (1_709_164_800_000_000, "20240229000000Z"),
            (-1_000_000, "19691231235959Z"),
        ] {
            assert_eq!(text(time).as_deref(), Some(expected));
        }
        for days in (-200_000..2_000_000).step_by(977) {
            let time = days * 86_400_000_000 + 12_345_678_901;
            assert_eq!(text(time).and_then(|text| micros(&text)), Some(time), "{days}");
        }
        assert_eq!(text(i64::MAX), None);
    }

    #[test]
    fn anything_else_is_no_time() {
        for text in [
            "",
            "Z",
            "2026",
            "20261122101112",
            "20261322101112Z",
            "20261122251112Z",
            "20261122101112.Z",
            "20261122101112+1",
            "2026112210111ä",
        ] {
            assert_eq!(micros(text), None, "{text}");
        }
    }
}
