//! Who makes maps: on a thread of its own, each from the one before.

use std::sync::Arc;

use ndarray::{Array2, s};

use super::{AXES, Crowd, Decoder, Map, Which};
use crate::data::{DataSet, Split};
use crate::exhibit::{Coder, Exhibit, Images, Trained, numbers};
use crate::experiment::axes::Axes;
use crate::experiment::kernel_space::KernelSpace;
use crate::kernel::PriorKernel;
use crate::linalg::{Rank, Threads};
use crate::training::config::DenoisingConfig;

/// Images that are encoded at a time.
const TILE: usize = 1_000;
/// The generator of iterations; the axes do not depend on it.
const SEED: u64 = 1;

/// A map, and the way back from it.
#[derive(Clone)]
pub struct Charted {
    /// The map.
    pub map: Arc<Map>,
    /// What makes an image of a representation; `None` where the network is not kept.
    pub decoder: Option<Decoder>,
    /// What the map shows, in a line.
    pub caption: String,
}

/// `62 %`, of a share from 0 to 1.
fn percent(share: f64) -> String {
    format!("{:.0} %", 100.0 * share)
}

/// What a map is wanted of. No more of an exhibit is kept alive by it than it takes.
#[derive(Clone)]
pub struct Wanted {
    /// The network; of kernel PCA there is none.
    pub network: Option<Trained>,
    /// The kernels' images.
    pub images: Arc<Images>,
    /// The data that they are of, where they are at hand.
    pub data: Option<Arc<DataSet>>,
    /// The seed that splits them.
    pub seed: u64,
    /// The images of the map.
    pub which: Which,
}

impl Wanted {
    /// Of an exhibit, whose `data` may be at hand.
    #[must_use]
    pub fn of(exhibit: &Exhibit, data: Option<Arc<DataSet>>, which: Which) -> Self {
        Self {
            network: exhibit.network.clone(),
            images: Arc::clone(&exhibit.images),
            data,
            seed: exhibit.made.began.seed,
            which,
        }
    }

    /// Whether two maps would be the same: of the same codes, or of the same network and images.
    #[must_use]
    pub fn is(&self, other: &Self) -> bool {
        let same = match (&self.network, &other.network) {
            (Some(a), Some(b)) => Arc::ptr_eq(&a.codes, &b.codes),
            (None, None) => true,
            _ => false,
        };
        same && self.has_images_of(other)
    }

    /// Whether they are of the same images.
    #[must_use]
    pub fn has_images_of(&self, other: &Self) -> bool {
        let same = match (self.which, &self.data, &other.data) {
            (Which::Shown, ..) => Arc::ptr_eq(&self.images, &other.images),
            (_, Some(a), Some(b)) => Arc::ptr_eq(a, b) && self.seed == other.seed,
            (_, None, None) => true,
            _ => false,
        };
        self.which == other.which && same
    }
}

/// The images of the last map, and what they were chosen of.
#[derive(Default)]
struct Gathered(Option<(Wanted, Arc<Crowd>)>);

impl Gathered {
    fn of(&mut self, wanted: &Wanted) -> Result<Arc<Crowd>, String> {
        match &self.0 {
            Some((of, crowd)) if of.has_images_of(wanted) => Ok(Arc::clone(crowd)),
            _ => {
                let data = wanted.data.as_ref().map(|data| (data, wanted.seed));
                let crowd = Crowd::of(&wanted.images, data, wanted.which)?;
                let crowd = Arc::new(crowd);
                let of = Wanted {
                    network: None,
                    ..wanted.clone()
                };
                self.0 = Some((of, Arc::clone(&crowd)));
                Ok(crowd)
            }
        }
    }
}

/// Makes maps of codes.
#[derive(Default)]
pub struct Mapper {
    threads: Option<Threads>,
    gathered: Gathered,
    before: Option<Arc<Map>>,
}

impl Mapper {
    /// The map of what is wanted, turned to the one before.
    ///
    /// # Errors
    ///
    /// Why there is none, in a sentence.
    pub fn map(&mut self, wanted: &Wanted) -> Result<Charted, String> {
        // One thread that gives way: the cores belong to training.
        let threads = self
            .threads
            .get_or_insert_with(|| Threads::of(1, Rank::Aside));
        let (gathered, before) = (&mut self.gathered, self.before.as_deref());
        let network = wanted.network.as_ref();
        let network = network.ok_or("There are no codes yet.")?;
        let map = threads.install(|| -> Result<Map, String> {
            let crowd = gathered.of(wanted)?;
            let rows = codes(network, wanted.which, &crowd)?;
            let axes = Axes::principal(rows.view(), AXES, SEED, &|| false);
            let axes = axes.map_err(|error| format!("The codes have no axes: {error}."))?;
            Ok(Map::new(crowd, rows, axes, before))
        })?;
        let map = Arc::new(map);
        self.before = Some(Arc::clone(&map));
        let decoder = network.coder.clone().map(Decoder::Network);
        Ok(Charted {
            caption: format!(
                "{} · step {} · both axes have {} of the variance of {} numbers",
                map.crowd.told,
                numbers::count(network.step as usize),
                percent(map.share()),
                numbers::count(map.axes.width()),
            ),
            decoder: decoder.filter(|decoder| decoder.width() == map.axes.width()),
            map,
        })
    }
}

/// The codes of a crowd: those that are there, or made of its pixels.
fn codes(network: &Trained, which: Which, crowd: &Crowd) -> Result<Arc<Array2<f32>>, String> {
    let rows = match which {
        Which::Shown => Arc::clone(&network.codes),
        Which::Validation | Which::Training => {
            let coder = network.coder.as_ref();
            let coder = coder.ok_or("This network is not kept, and encodes no other images.")?;
            Arc::new(encoded(coder, crowd).ok_or("These images are not at hand.")?)
        }
    };
    if rows.nrows() != crowd.count() {
        return Err("The codes of these images are not there yet.".to_owned());
    }
    Ok(rows)
}

/// The codes of a crowd, N×Nc.
fn encoded(coder: &Coder, crowd: &Crowd) -> Option<Array2<f32>> {
    let mut codes = Array2::zeros((crowd.count(), coder.code()));
    for start in (0..crowd.count()).step_by(TILE) {
        let range = start..(start + TILE).min(crowd.count());
        let pixels = crowd.rows(range.clone())?;
        let part = coder.encode(pixels.view());
        codes.slice_mut(s![range, ..]).assign(&part);
    }
    Some(codes)
}

/// What a map of kernel PCA's scores is wanted of.
#[derive(Clone)]
pub struct KernelWanted {
    /// The images, and the data.
    pub images: Wanted,
    /// P over the data.
    pub prior: Arc<dyn PriorKernel>,
    /// Components, ridge and width.
    pub config: DenoisingConfig,
}

impl KernelWanted {
    /// Of an exhibit: under its prior and denoising settings. `None` where the data are not at hand.
    #[must_use]
    pub fn of(exhibit: &Exhibit, images: &Wanted, prior: &Arc<dyn PriorKernel>) -> Option<Self> {
        let compared = exhibit.compared.map(|compared| compared.config);
        images.data.as_ref()?;
        Some(Self {
            images: Wanted {
                network: None,
                ..images.clone()
            },
            prior: Arc::clone(prior),
            config: compared.unwrap_or(exhibit.made.began.denoising),
        })
    }

    /// Whether the two would have one kernel PCA with one pre-image.
    #[must_use]
    pub fn has_space_of(&self, other: &Self) -> bool {
        let settings = |of: &Self| (of.config.components, of.config.ridge, of.config.width);
        let data = match (&self.images.data, &other.images.data) {
            (Some(a), Some(b)) => Arc::ptr_eq(a, b),
            _ => false,
        };
        data && Arc::ptr_eq(&self.prior, &other.prior)
            && settings(self) == settings(other)
            && self.images.seed == other.images.seed
    }

    /// Whether the two maps would be the same.
    #[must_use]
    pub fn is(&self, other: &Self) -> bool {
        self.has_space_of(other) && self.images.has_images_of(&other.images)
    }
}

/// Makes maps of kernel PCA's scores.
#[derive(Default)]
pub struct KernelMapper {
    threads: Option<Threads>,
    gathered: Gathered,
    fitted: Option<(KernelWanted, Arc<KernelSpace>)>,
}

impl KernelMapper {
    /// The map of what is wanted. Kernel PCA is fitted where it is another one than before, which takes seconds;
    /// `cancel` is asked meanwhile.
    ///
    /// # Errors
    ///
    /// Why there is none, in a sentence.
    pub fn map(
        &mut self,
        wanted: &KernelWanted,
        cancel: &(dyn Fn() -> bool + Sync),
    ) -> Result<Charted, String> {
        let threads = self
            .threads
            .get_or_insert_with(|| Threads::of(1, Rank::Aside));
        let (gathered, fitted) = (&mut self.gathered, &mut self.fitted);
        threads.install(|| {
            let crowd = gathered.of(&wanted.images)?;
            let kept = fitted.take().filter(|(of, _)| of.has_space_of(wanted));
            let space = match kept {
                Some((_, space)) => space,
                None => Arc::new(fit(wanted, cancel)?),
            };
            *fitted = Some((wanted.clone(), Arc::clone(&space)));
            let rows = Arc::new(space.scores(&*wanted.prior, &crowd.indices));
            let map = Map::new(crowd, rows, space.axes().clone(), None);
            Ok(Charted {
                caption: format!(
                    "{} · fitted on {} training images, m = {} · both axes have {} of the scores' variance",
                    map.crowd.told,
                    numbers::count(space.trained()),
                    space.components(),
                    percent(map.share()),
                ),
                map: Arc::new(map),
                decoder: Some(Decoder::Kernel(space)),
            })
        })
    }
}

fn fit(wanted: &KernelWanted, cancel: &dyn Fn() -> bool) -> Result<KernelSpace, String> {
    let data = wanted
        .images
        .data
        .as_ref()
        .ok_or("The data are not at hand.")?;
    let seed = wanted.images.seed;
    let training = Split::new(data.len(), seed).training;
    let space = KernelSpace::fit(
        (data, &training),
        &*wanted.prior,
        &wanted.config,
        (AXES, seed),
        cancel,
    );
    space.map_err(|error| format!("Kernel PCA was not computed: {error}."))
}
