//! `matrices/`: P, codes and labels of each seed's test samples, whole, for others to work with.

use ndarray::{Array1, ArrayView2};

use super::{SeedGround, StudyError};
use crate::data::write_npy;
use crate::experiment::fig5;
use crate::experiment::matrices::write_prior;
use crate::experiment::plan::{Plan, Recipe};
use crate::experiment::store::{Sizes, Store};

/// Bytes of a number.
const NUMBER: u64 = 4;

/// Bytes that the matrices of a seed take: P and the codes of two networks.
pub(super) fn size(plan: &Plan, test: usize) -> u64 {
    let (test, code) = (test as u64, plan.config.network.code as u64);
    NUMBER * test * (test + 2 * code) + test
}

/// The networks whose codes are kept: the dkAE and the plain autoencoder.
fn kept(plan: &Plan, seed: u64) -> [Recipe; 2] {
    [plan.dkae(seed), plan.plain(seed)]
}

fn prior_name(seed: u64) -> String {
    format!("seed{seed}-prior")
}

fn labels_name(seed: u64) -> String {
    format!("seed{seed}-labels")
}

fn codes_name(recipe: &Recipe) -> String {
    format!("seed{}-codes-lambda{}", recipe.seed, recipe.lambda)
}

/// Whether what there is to keep of `seed` is there, as far as its networks are.
pub(super) fn are_there(store: &Store, plan: &Plan, sizes: &Sizes, seed: u64) -> bool {
    let codes = |recipe: &Recipe| {
        store.matrix_path(&codes_name(recipe)).exists() || !store.network_path(recipe).exists()
    };
    let labels = !sizes.labelled || store.matrix_path(&labels_name(seed)).exists();
    let prior = store.matrix_path(&prior_name(seed)).exists();
    labels && prior && kept(plan, seed).iter().all(codes)
}

/// Keeps P and the labels of a seed, and codes that an earlier version did not keep.
pub(super) fn keep_ground(
    store: &Store,
    plan: &Plan,
    sizes: &Sizes,
    ground: &SeedGround,
    test: &[usize],
) -> Result<(), StudyError> {
    let seed = ground.seed;
    let path = store.matrix_path(&labels_name(seed));
    if let Some(labels) = ground.data.labels().filter(|_| !path.exists()) {
        let labels: Array1<u8> = test.iter().map(|&index| labels[index]).collect();
        write_npy(&path, labels.view())?;
    }
    let path = store.matrix_path(&prior_name(seed));
    if !path.exists() {
        write_prior(&path, &**ground.fitted.prior(), test)?;
    }
    for recipe in kept(plan, seed) {
        let path = store.matrix_path(&codes_name(&recipe));
        if path.exists() || !store.network_path(&recipe).exists() {
            continue;
        }
        // One that is damaged is found out by whoever needs it.
        if let Ok(network) = store.network(&recipe, plan, sizes) {
            write_npy(&path, fig5::codes(&network, &ground.data, test).view())?;
        }
    }
    Ok(())
}

/// Keeps the codes of the test samples, if `recipe` is one of those whose codes are kept.
pub(super) fn keep_codes(
    store: &Store,
    plan: &Plan,
    recipe: &Recipe,
    codes: ArrayView2<'_, f32>,
) -> Result<(), StudyError> {
    if kept(plan, recipe.seed).contains(recipe) {
        write_npy(&store.matrix_path(&codes_name(recipe)), codes)?;
    }
    Ok(())
}
