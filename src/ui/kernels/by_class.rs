//! Means over classes, made on a thread of their own.

use std::sync::Arc;
use std::time::Duration;

use crate::exhibit::Exhibit;
use crate::service::Maker;

/// An exhibit, and its kernels by class, if it has classes.
type Means = (Arc<Exhibit>, Option<Arc<Exhibit>>);

/// The newest means over classes.
#[derive(Default)]
pub struct ByClass {
    maker: Option<Maker<Arc<Exhibit>, Means>>,
    asked: Option<Arc<Exhibit>>,
    made: Option<Means>,
}

impl ByClass {
    /// The kernels of `exhibit` by class; those of what was on show before, until they are there.
    pub fn of(&mut self, ctx: &egui::Context, exhibit: &Arc<Exhibit>) -> Option<Arc<Exhibit>> {
        if let Some(made) = self.maker.as_ref().and_then(Maker::take) {
            self.made = Some(made);
        }
        let is_of = |(of, _): &Means| Arc::ptr_eq(of, exhibit);
        let asked = self
            .asked
            .as_ref()
            .is_some_and(|of| Arc::ptr_eq(of, exhibit));
        if !asked && !self.made.as_ref().is_some_and(is_of) {
            self.asked = Some(Arc::clone(exhibit));
            self.ask(ctx, exhibit);
        }
        self.made
            .as_ref()
            .and_then(|(_, by_class)| by_class.clone())
    }

    fn ask(&mut self, ctx: &egui::Context, exhibit: &Arc<Exhibit>) {
        if self.maker.is_none() {
            let ctx = ctx.clone();
            let wake = Arc::new(move || ctx.request_repaint_after(Duration::from_millis(1)));
            match Maker::spawn("dkae-classes", means, wake) {
                Ok(maker) => self.maker = Some(maker),
                Err(error) => tracing::error!("no thread for means over classes: {error}"),
            }
        }
        match &self.maker {
            Some(maker) => maker.ask(Arc::clone(exhibit)),
            // Whoever shows them makes them.
            None => self.made = Some(means(Arc::clone(exhibit))),
        }
    }
}

fn means(exhibit: Arc<Exhibit>) -> Means {
    let by_class = exhibit.by_class().map(Arc::new);
    (exhibit, by_class)
}
