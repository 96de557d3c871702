//! The tree of a hierarchical clustering as it is drawn over the images that it has sorted.
//!
//! Leaf k stands at k + ½, a cluster in the middle between the two that it is merged of, at the height of their mean
//! distance, as in `dendrogram` of `scipy.cluster.hierarchy`.

use super::sorting::Tree;

/// Two clusters that are merged: a bar with a leg down to each of them.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Link {
    /// Where the two stand, in units of images from the left.
    pub ends: [f32; 2],
    /// Their heights; 0 of an image.
    pub lows: [f32; 2],
    /// The height at which they are merged.
    pub height: f32,
    /// Images below.
    pub images: usize,
    /// The place of the first of them; the others are next to it.
    pub first: usize,
}

/// The links of a tree, from the lowest to the highest.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Dendrogram {
    /// A link for each merge.
    pub links: Vec<Link>,
    /// The images from left to right, by their number before they were sorted.
    pub leaves: Vec<usize>,
}

/// What stands at a cluster, while links are found.
#[derive(Clone, Copy)]
struct Cluster {
    at: f32,
    height: f32,
    images: usize,
    first: usize,
}

impl Dendrogram {
    /// The links of `tree`.
    #[must_use]
    pub fn of(tree: Tree) -> Self {
        let leaf = Cluster {
            at: 0.0,
            height: 0.0,
            images: 1,
            first: 0,
        };
        let mut clusters = vec![leaf; tree.leaves.len()];
        for (place, &leaf) in tree.leaves.iter().enumerate() {
            (clusters[leaf].at, clusters[leaf].first) = (place as f32 + 0.5, place);
        }
        let mut links = Vec::with_capacity(tree.merges.len());
        for merge in &tree.merges {
            let [a, b] = merge.clusters.map(|cluster| clusters[cluster]);
            let link = Link {
                ends: [a.at, b.at],
                lows: [a.height, b.height],
                height: merge.height,
                images: a.images + b.images,
                first: a.first.min(b.first),
            };
            clusters.push(Cluster {
                at: (a.at + b.at) / 2.0,
                height: link.height,
                images: link.images,
                first: link.first,
            });
            links.push(link);
        }
        Self {
            links,
            leaves: tree.leaves,
        }
    }

    /// The height of the last merge.
    #[must_use]
    pub fn height(&self) -> f32 {
        self.links.last().map_or(0.0, |link| link.height)
    }

    /// The largest cluster over the place `at` that is merged at `height` or below.
    #[must_use]
    pub fn cluster(&self, at: f32, height: f32) -> Option<&Link> {
        let low = self.links.iter().rev();
        let mut low = low.filter(|link| link.height <= height);
        low.find(|link| (link.first as f32..(link.first + link.images) as f32).contains(&at))
    }
}

#[cfg(test)]
mod tests {
    use ndarray::Array2;
    use serde::Deserialize;

    use super::*;

    #[derive(Deserialize)]
    struct Reference {
        links: Vec<[f32; 5]>,
    }

    #[derive(Deserialize)]
    struct Clustered {
        kernel: Vec<Vec<f32>>,
    }

    fn reference_tree() -> Dendrogram {
        let text = include_str!("../../tests/reference/linkage.json");
        let clustered: Clustered = serde_json::from_str(text).unwrap();
        let n = clustered.kernel.len();
        let kernel = Array2::from_shape_fn((n, n), |(i, j)| clustered.kernel[i][j]);
        Dendrogram::of(Tree::of(kernel.view()))
    }

    #[test]
    fn links_stand_where_scipy_draws_them() {
        let text = include_str!("../../tests/reference/dendrogram.json");
        let wanted: Reference = serde_json::from_str(text).unwrap();
        let found = reference_tree();
        assert_eq!(found.links.len(), wanted.links.len());
        for (link, wanted) in found.links.iter().zip(wanted.links) {
            let [left, right] = link.ends;
            let [low_left, low_right] = link.lows;
            let drawn = [left, right, low_left, low_right, link.height];
            let near = |(a, b): (f32, f32)| (a - b).abs() < 1e-4;
            assert!(
                drawn.into_iter().zip(wanted).all(near),
                "{drawn:?} {wanted:?}"
            );
        }
    }

    /// Counted plainly: a cluster's images are those between its outermost legs.
    #[test]
    fn a_cluster_is_the_images_below_it() {
        let tree = reference_tree();
        let n = tree.leaves.len();
        assert_eq!(
            tree.links.last().map(|link| (link.first, link.images)),
            Some((0, n))
        );
        for link in &tree.links {
            let span = link.first as f32..(link.first + link.images) as f32;
            assert!(link.ends.iter().all(|end| span.contains(end)));
            let below = tree.links.iter().filter(|other| {
                let inside = other.ends.iter().all(|end| span.contains(end));
                inside && other.height <= link.height
            });
            assert_eq!(below.count(), link.images - 1);
            let at = span.start + 0.25;
            assert_eq!(tree.cluster(at, link.height), Some(link));
        }
        assert_eq!(tree.cluster(3.5, -1.0), None);
        assert_eq!(tree.cluster(n as f32 + 1.0, 1e9), None);
        let none = Dendrogram::of(Tree::of(Array2::zeros((0, 0)).view()));
        assert_eq!((none.height(), none.links.len()), (0.0, 0));
    }
}
