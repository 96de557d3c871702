//! What is made of what is on show, on a thread of its own, and anew when that changes.

use std::sync::Arc;
use std::time::Duration;

use egui::Context;

use crate::service::Maker;

/// Follows orders of one kind; what was made of the last one stands until that of the next is there. Nobody makes
/// anything as long as nobody looks.
pub struct Follow<O, M> {
    name: &'static str,
    maker: Option<Maker<O, (O, M)>>,
    asked: Option<O>,
    made: Option<(O, M)>,
}

impl<O, M> Follow<O, M>
where
    O: Clone + PartialEq + Send + 'static,
    M: Send + 'static,
{
    /// On a thread of this name, which starts with the first order.
    #[must_use]
    pub fn new(name: &'static str) -> Self {
        Self {
            name,
            maker: None,
            asked: None,
            made: None,
        }
    }

    /// Asks `make` for `order`, unless that was asked for last, and gives the newest that there is, with its order.
    pub fn at(
        &mut self,
        ctx: &Context,
        order: &O,
        mut make: impl FnMut(&O) -> M + Send + 'static,
    ) -> Option<(&O, &M)> {
        if let Some(made) = self.maker.as_ref().and_then(Maker::take) {
            self.made = Some(made);
        }
        if self.asked.as_ref() != Some(order) {
            self.asked = Some(order.clone());
            if self.maker.is_none() {
                let ctx = ctx.clone();
                let wake = Arc::new(move || ctx.request_repaint_after(Duration::from_millis(1)));
                let make = move |order: O| {
                    let made = make(&order);
                    (order, made)
                };
                match Maker::spawn(self.name, make, wake) {
                    Ok(maker) => self.maker = Some(maker),
                    Err(error) => tracing::error!("no thread {}: {error}", self.name),
                }
            }
            if let Some(maker) = &self.maker {
                maker.ask(order.clone());
            }
        }
        self.made.as_ref().map(|(order, made)| (order, made))
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};
    use std::time::Instant;

    use super::*;

    #[test]
    fn each_order_is_made_once_and_nothing_before_somebody_looks() {
        let made = Arc::new(AtomicUsize::new(0));
        let mut follow: Follow<u32, u32> = Follow::new("dkae-test");
        assert!(follow.maker.is_none(), "no thread, no work");
        let ctx = Context::default();
        let mut ask = |order: u32| {
            let made = Arc::clone(&made);
            let square = move |order: &u32| {
                made.fetch_add(1, Ordering::SeqCst);
                order * order
            };
            follow
                .at(&ctx, &order, square)
                .map(|(order, made)| (*order, *made))
        };
        let begun = Instant::now();
        for (order, before) in [(3, None), (4, Some((3, 9)))] {
            assert_eq!(ask(order), before, "what was there stays");
            while ask(order) != Some((order, order * order)) {
                assert!(begun.elapsed() < Duration::from_secs(20));
                std::thread::sleep(Duration::from_millis(1));
            }
        }
        for _ in 0..10 {
            ask(4);
        }
        assert_eq!(made.load(Ordering::SeqCst), 2);
    }
}
