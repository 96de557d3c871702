//! Fig. 3.

use super::page::{Page, figure, row};
use crate::experiment::fig3::SweepPoint;

/// A sweep over `symbol`, whose picture is called `name`.
pub fn sweep(page: &mut Page<'_>, (name, symbol): (&str, &str), points: &[SweepPoint]) {
    if points.is_empty() {
        page.nothing();
        return;
    }
    page.picture(name, &format!("Lr and Lc against {symbol}"));
    page.line("The paper shows the curves without numbers. Ours, on validation digits:");
    let mut rows = vec![row([symbol, "Lr", "Lc(C, P)"])];
    rows.extend(
        points
            .iter()
            .map(|point| vec![point.x.to_string(), figure(&point.lr), figure(&point.lc)]),
    );
    page.table(&rows);
}
