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
    asked: Option<(Arc<Exhibit>, u64)>,
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
        self.lens = lens;
        self.choice += 1;
        self.sorting = None;
    }

    /// `exhibit` through the lens; what was seen of another one before, until it is there.
    pub fn at(&mut self, ctx: &egui::Context, exhibit: &Arc<Exhibit>) -> Arc<Exhibit> {
        if self.lens == Lens::Images {
            return Arc::clone(exhibit);
        }
        if let Some(seen) = self.maker.as_ref().and_then(Maker::take) {
            self.take(seen);
        }
        let choice = self.choice;
        let is = |of: &Arc<Exhibit>, made: u64| Arc::ptr_eq(of, exhibit) && made == choice;
        let asked = self.asked.as_ref().is_some_and(|(of, made)| is(of, *made));
        if !asked
            && !self
                .seen
                .as_ref()
                .is_some_and(|seen| is(&seen.of, seen.choice))
        {
            self.ask(ctx, exhibit);
        }
        let seen = self.seen.as_ref().filter(|seen| seen.choice == choice);
        let seen = seen.and_then(|seen| seen.exhibit.as_ref());
        Arc::clone(seen.unwrap_or(exhibit))
    }

    /// The same at once, whatever it takes: for what is saved.
    #[must_use]
    pub fn now(&self, exhibit: &Arc<Exhibit>) -> Arc<Exhibit> {
        let wanted = Wanted {
            of: Arc::clone(exhibit),
            lens: self.lens,
            sorting: self.sorting.clone(),
            choice: self.choice,
        };
        through(wanted)
            .exhibit
            .unwrap_or_else(|| Arc::clone(exhibit))
    }

    fn take(&mut self, seen: Seen) {
        if seen.choice == self.choice {
            self.sorting.clone_from(&seen.sorting);
            self.seen = Some(seen);
        }
    }

    fn ask(&mut self, ctx: &egui::Context, exhibit: &Arc<Exhibit>) {
        self.asked = Some((Arc::clone(exhibit), self.choice));
        let wanted = Wanted {
            of: Arc::clone(exhibit),
            lens: self.lens,
            sorting: self.sorting.clone(),
            choice: self.choice,
        };
        if self.maker.is_none() {
            let ctx = ctx.clone();
            let wake = Arc::new(move || ctx.request_repaint_after(Duration::from_millis(1)));
            match Maker::spawn("dkae-lens", through, wake) {
                Ok(maker) => self.maker = Some(maker),
                Err(error) => tracing::error!("no thread for the kernels' lens: {error}"),
            }
        }
        match &self.maker {
            Some(maker) => maker.ask(wanted),
            // Whoever looks makes it.
            None => self.take(through(wanted)),
        }
    }
}

fn through(wanted: Wanted) -> Seen {
    let Wanted {
        of,
        lens,
        sorting,
        choice,
    } = wanted;
    let (exhibit, sorting) = match lens {
        Lens::Images => (None, None),
        Lens::Classes => (of.by_class(), None),
        Lens::Sorted(by) => {
            let kept = sorting.filter(|sorting| sorting.is_of(&of.images));
            let sorting = kept.or_else(|| Sorting::of(&of, by).map(Arc::new));
            (
                sorting.as_ref().and_then(|sorting| of.sorted(sorting)),
                sorting,
            )
        }
    };
    Seen {
        exhibit: exhibit.map(Arc::new),
        of,
        sorting,
        choice,
    }
}
