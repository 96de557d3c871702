//! The floating-point operations of a step's matrix products: what its time is held against.

/// Floating-point operations (an addition and a multiplication are two) of the matrix products of
/// one step on `batch` samples, in a network with layers of `dims` units from the input to the
/// code: two products on the way through each layer and back, two for the δ of both (the first
/// layer's input has none), two for the tied gradient; C_k, and its derivative times the codes.
#[must_use]
pub fn step_flops(dims: &[usize], batch: usize) -> f64 {
    let layers: f64 = dims
        .windows(2)
        .map(|sizes| 6.0 * product_flops(batch, sizes))
        .sum();
    let unneeded = dims
        .get(..2)
        .map_or(0.0, |sizes| product_flops(batch, sizes));
    let code = dims
        .last()
        .map_or(0.0, |&code| 2.0 * product_flops(batch, &[batch, code]));
    layers - unneeded + code
}

/// Operations of `batch` rows on their way through one layer, whose inputs and units are `sizes`.
#[must_use]
pub fn product_flops(batch: usize, sizes: &[usize]) -> f64 {
    sizes
        .iter()
        .fold(2.0 * batch as f64, |flops, &size| flops * size as f64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn operations_are_counted_product_by_product() {
        // Forward and back through both layers, δ through all but the input, tied gradients, codes.
        let forward = 2 * (4 * 5 * 3 + 4 * 3 * 2);
        let deltas = 4 * 5 * 3 + 2 * (4 * 3 * 2);
        let gradients = 2 * (5 * 3 * 4 + 3 * 2 * 4);
        let codes = 2 * (4 * 4 * 2);
        let operations = 2 * (forward + deltas + gradients + codes);
        assert_eq!(step_flops(&[5, 3, 2], 4), f64::from(operations));
    }
}
