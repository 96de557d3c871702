//! The exponential function on whole slices, in a form that compiles to vector instructions.

/// Replaces each value x by exp(min(2x − `own` − other, 0)), with `other` of the same length.
///
/// With x = ⟨a, b⟩, `own` = ‖a‖² and other = ‖b‖² this is exp(−‖a − b‖²): a row of a Gaussian
/// kernel from a row of inner products.
pub(super) fn gaussian_row(values: &mut [f32], own: f32, others: &[f32]) {
    row(values, own, others);
}

#[multiversion::multiversion(targets(
    "x86_64+avx512f+avx512bw+avx512vl+avx512dq+fma",
    "x86_64+avx2+fma"
))]
fn row(values: &mut [f32], own: f32, others: &[f32]) {
    for (value, &other) in values.iter_mut().zip(others) {
        *value = exp_nonpositive(2.0 * *value - own - other);
    }
}

/// e^min(x, 0), to a relative error of 3e-7; 0 below −87.
#[inline(always)]
#[expect(
    clippy::inline_always,
    reason = "the callers are compiled for several vector widths"
)]
fn exp_nonpositive(x: f32) -> f32 {
    if x < -87.0 {
        0.0
    } else {
        exp(if x > 0.0 { 0.0 } else { x })
    }
}

/// eˣ to a relative error of 3e-7; outside of −87 to 88 the value at the nearer end.
///
/// eˣ = 2ⁿ · eʳ with n = round(x / ln 2) and a minimax polynomial for eʳ.
#[inline(always)]
pub(super) fn exp(x: f32) -> f32 {
    /// 1.5 · 2²³: adding it rounds to an integer, which then stands in the low bits.
    const MAGIC: f32 = 12_582_912.0;
    /// ln 2 in two parts, the first with zeros at its end.
    const LN2_HIGH: f32 = 0.693_359_4;
    const LN2_LOW: f32 = -2.121_944_4e-4;
    let clamped = x.clamp(-87.0, 88.0);
    let shifted = clamped * std::f32::consts::LOG2_E + MAGIC;
    let whole = shifted - MAGIC;
    let r = clamped - whole * LN2_HIGH - whole * LN2_LOW;
    // Minimax polynomial on [−ln 2 / 2, ln 2 / 2] (Cephes).
    let mut p = 1.987_569_1e-4;
    p = p * r + 1.398_199_9e-3;
    p = p * r + 8.333_452e-3;
    p = p * r + 4.166_579_6e-2;
    p = p * r + 1.666_666_5e-1;
    p = p * r + 0.5;
    let fraction = p * r * r + r + 1.0;
    let exponent = shifted
        .to_bits()
        .wrapping_sub(MAGIC.to_bits())
        .wrapping_add(127)
        << 23;
    fraction * f32::from_bits(exponent)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn agrees_with_the_standard_library() {
        let arguments: Vec<f32> = (0..=8_699).map(|i| -0.01 * i as f32).collect();
        let mut values: Vec<f32> = arguments.iter().map(|x| (x + 3.0) * 0.5).collect();
        let others = vec![1.0; values.len()];
        gaussian_row(&mut values, 2.0, &others);
        for (got, x) in values.iter().zip(&arguments) {
            // The argument itself was rounded on its way.
            let wanted = f64::from(*x).exp();
            assert!(
                (f64::from(*got) - wanted).abs() < 1e-5 * wanted,
                "{x}: {got} for {wanted}"
            );
        }
        for (x, wanted) in [
            (0.0, 1.0),
            (5.0, 1.0),
            (-1.0, (-1.0_f32).exp()),
            (-200.0, 0.0),
        ] {
            assert!((exp_nonpositive(x) - wanted).abs() <= 3e-7 * wanted);
        }
        assert!(exp_nonpositive(f32::NAN).is_nan());
    }
}
