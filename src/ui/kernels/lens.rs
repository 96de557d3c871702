//! The lens that the kernels are seen through. What is seen is made on a thread of its own.

use std::sync::Arc;
use std::time::Duration;

use crate::exhibit::Exhibit;
use crate::exhibit::lens::Lens;
use crate::exhibit::sorting::Sorting;
use crate::service::Maker;

/// What is to be made.
struct Wanted {
    of: Arc<Exhibit>,
    lens: Lens,
    /// The order that was found when the lens was chosen.
    sorting: Option<Arc<Sorting>>,
    choice: u64,
}

/// What was made of it.
#[derive(Clone)]
struct Seen {
    of: Arc<Exhibit>,
    exhibit: Option<Arc<Exhibit>>,
    sorting: Option<Arc<Sorting>>,
    choice: u64,
}

/// The lens, and what is seen through it.
#[derive(Default)]
pub struct Looking {
    lens: Lens,
    /// How often a lens was chosen: what was made for an earlier choice does not count.
    choice: u64,
    sorting: Option<Arc<Sorting>>,
    maker: Option<Maker<Wanted, Seen>>,
    asked: Option<Arc<Exhibit>>,
    seen: Option<Seen>,
}

impl Looking {
    /// The lens that was chosen.
    #[must_use]
    pub fn lens(&self) -> Lens {
        self.lens
    }

    /// Looks through another lens from now on, or finds the order of the same one anew.
    pub fn choose(&mut self, lens: Lens) {
        let maker = self.maker.take();
        if let Some(maker) = &maker {
            // Made for the choice before.
            drop(maker.take());
        }
        *self = Self {
            lens,
            choice: self.choice + 1,
            maker,
            ..Self::default()
        };
    }

    /// `exhibit` through the lens; what was seen of another one before, until it is there.
    pub fn at(&mut self, ctx: &egui::Context, exhibit: &Arc<Exhibit>) -> Arc<Exhibit> {
        // Where there are no kernels there is nothing to look at.
        if self.lens == Lens::Images || exhibit.rows_of_kernels() == 0 {
            return Arc::clone(exhibit);
        }
        if let Some(seen) = self.maker.as_ref().and_then(Maker::take) {
            self.take(seen);
        }
        let asked = self.asked.as_ref();
        if !asked.is_some_and(|of| Arc::ptr_eq(of, exhibit)) {
            self.asked = Some(Arc::clone(exhibit));
            self.ask(ctx, exhibit);
        }
        let seen = self.seen.as_ref().and_then(|seen| seen.exhibit.as_ref());
        Arc::clone(seen.unwrap_or(exhibit))
    }

    /// The same at once, whatever it takes: for what is saved.
    #[must_use]
    pub fn now(&self, exhibit: &Arc<Exhibit>) -> Arc<Exhibit> {
        let made = self
            .seen
            .as_ref()
            .filter(|seen| Arc::ptr_eq(&seen.of, exhibit));
        let seen = match made {
            Some(seen) => seen.exhibit.clone(),
            None => through(&self.wanted(exhibit), None).exhibit,
        };
        seen.unwrap_or_else(|| Arc::clone(exhibit))
    }

    fn take(&mut self, seen: Seen) {
        if seen.choice == self.choice {
            self.sorting.clone_from(&seen.sorting);
            self.seen = Some(seen);
        }
    }

    fn wanted(&self, exhibit: &Arc<Exhibit>) -> Wanted {
        Wanted {
            of: Arc::clone(exhibit),
            lens: self.lens,
            sorting: self.sorting.clone(),
            choice: self.choice,
        }
    }

    fn ask(&mut self, ctx: &egui::Context, exhibit: &Arc<Exhibit>) {
        if self.maker.is_none() {
            let ctx = ctx.clone();
            let wake = Arc::new(move || ctx.request_repaint_after(Duration::from_millis(1)));
            let mut before: Option<Seen> = None;
            let make = move |wanted: Wanted| {
                let seen = through(&wanted, before.as_ref());
                before = Some(seen.clone());
                seen
            };
            match Maker::spawn("dkae-lens", make, wake) {
                Ok(maker) => self.maker = Some(maker),
                Err(error) => tracing::error!("no thread for the kernels' lens: {error}"),
            }
        }
        let wanted = self.wanted(exhibit);
        match &self.maker {
            Some(maker) => maker.ask(wanted),
            // Whoever looks makes it.
            None => self.take(through(&wanted, self.seen.as_ref())),
        }
    }
}

/// What is wanted; what is as it was `before` is taken over from there.
fn through(wanted: &Wanted, before: Option<&Seen>) -> Seen {
    let of = &wanted.of;
    let sorting = match wanted.lens {
        Lens::Images | Lens::Classes => None,
        Lens::Sorted(by) => {
            let kept = wanted.sorting.clone().filter(|sorting| sorting.is_of(of));
            kept.or_else(|| Sorting::of(of, by).map(Arc::new))
        }
    };
    let same_order = |seen: &&Seen| match (&seen.sorting, &sorting) {
        (Some(then), Some(now)) => Arc::ptr_eq(then, now),
        (None, None) => true,
        _ => false,
    };
    let before = before.filter(|seen| seen.choice == wanted.choice);
    let before = before.filter(same_order);
    let before = before.and_then(|seen| Some((&*seen.of, &**seen.exhibit.as_ref()?)));
    let exhibit = match (wanted.lens, &sorting) {
        (Lens::Classes, _) => of.by_class(before),
        (Lens::Sorted(_), Some(sorting)) => of.sorted(sorting, before),
        (Lens::Sorted(_), None) | (Lens::Images, _) => None,
    };
    Seen {
        of: Arc::clone(of),
        exhibit: exhibit.map(Arc::new),
        sorting,
        choice: wanted.choice,
    }
}
