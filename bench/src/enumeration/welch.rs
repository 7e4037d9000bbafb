//! Welch's t: whether the means of two samples differ by more than chance would make them.

/// What is known of a sample.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Moments {
    count: f64,
    pub(super) mean: f64,
    /// With n - 1.
    variance: f64,
}

impl Moments {
    pub(super) fn of(values: &[f64]) -> Self {
        let count = values.len() as f64;
        let mean = values.iter().sum::<f64>() / count;
        let variance = values.iter().map(|value| (value - mean).powi(2)).sum::<f64>() / (count - 1.0);
        Self { count, mean, variance }
    }

    /// Standard error of the difference of two means.
    pub(super) fn error(&self, other: &Self) -> f64 {
        (self.variance / self.count + other.variance / other.count).sqrt()
    }
}

/// |t| of two samples: of all values, and of those below the 90th percentile of both together, as an interruption of the
/// machine is longer than any difference that is looked for. The greater of the two.
pub(super) fn t(one: &[f64], other: &[f64]) -> f64 {
    let mut all: Vec<f64> = one.iter().chain(other).copied().collect();
    all.sort_by(f64::total_cmp);
    let cut = all.get(all.len() * 9 / 10).copied().unwrap_or(f64::MAX);
    let below = |values: &[f64]| values.iter().copied().filter(|value| *value < cut).collect::<Vec<_>>();
    let whole = of_moments(Moments::of(one), Moments::of(other));
    let cropped = of_moments(Moments::of(&below(one)), Moments::of(&below(other)));
    whole.max(cropped)
}

fn of_moments(one: Moments, other: Moments) -> f64 {
    ((one.mean - other.mean) / one.error(&other)).abs()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn against_values_computed_by_hand() {
        // Means 2.5 and 4.5, variances 5/3: t = 2 / sqrt(5/12 + 5/12).
        let found = of_moments(Moments::of(&[1.0, 2.0, 3.0, 4.0]), Moments::of(&[3.0, 4.0, 5.0, 6.0]));
        assert!((found - 2.190_890_230_020_664).abs() < 1e-12, "{found}");
    }

    #[test]
    fn equal_samples_do_not_differ_and_shifted_ones_do() {
        let one: Vec<f64> = (0..1000).map(|n| f64::from(n % 97)).collect();
        let shifted: Vec<f64> = one.iter().map(|value| value + 10.0).collect();
        assert!(t(&one, &one) < f64::EPSILON);
        assert!(t(&one, &shifted) > 4.5);
    }
}
