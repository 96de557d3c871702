//! What is there before a study begins: a prior kernel that a run has fitted, and networks that it or its ladder has
//! trained.
//!
//! A study takes over what is just what it would come to itself: the same samples, settings and seed.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use crate::data::DataSet;
use crate::training::{Fitted, Resting, RunConfig};

/// A prior kernel and networks under it. Clones are the same.
#[derive(Clone)]
pub struct Beforehand(Arc<Inner>);

struct Inner {
    data: Arc<DataSet>,
    config: RunConfig,
    fitted: Fitted,
    networks: Vec<Taught>,
}

/// A network, and how long it took, where that is known.
#[derive(Clone)]
pub struct Taught {
    /// The network.
    pub network: Resting,
    /// How long it trained.
    pub time: Option<Duration>,
}

impl Beforehand {
    /// The prior that a run under `config` has on `data`, and networks that were trained under it.
    #[must_use]
    pub fn new(
        data: Arc<DataSet>,
        config: RunConfig,
        fitted: Fitted,
        networks: Vec<Taught>,
    ) -> Self {
        Self(Arc::new(Inner {
            data,
            config,
            fitted,
            networks,
        }))
    }

    /// The prior of a run under `config` on `data`, if it is this one.
    pub(super) fn prior(&self, data: &DataSet, config: &RunConfig) -> Option<&Fitted> {
        let own = &self.0.config;
        let same = (&own.prior, own.seed) == (&config.prior, config.seed);
        (same && self.0.data.checksum() == data.checksum()).then_some(&self.0.fitted)
    }

    /// The network that a run under `config` on `data` would come to, if it is among these.
    pub(super) fn network(&self, data: &DataSet, config: &RunConfig) -> Option<&Taught> {
        self.prior(data, config)?;
        let mut networks = self.0.networks.iter();
        networks.find(|taught| taught.network.is_of(config))
    }
}

/// Two are equal if they are one: requests for studies are held against one another.
impl PartialEq for Beforehand {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }
}

impl fmt::Debug for Beforehand {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut shown = f.debug_struct("Beforehand");
        shown
            .field("networks", &self.0.networks.len())
            .finish_non_exhaustive()
    }
}
