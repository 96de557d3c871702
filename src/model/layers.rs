//! The same rows of one matrix for each layer: what a thread writes on its samples' way through a
//! network.
//!
//! The views stand in an array of fixed length, because a training step allocates nothing.

use ndarray::{Array2, ArrayView2, ArrayViewMut2, Axis};

use super::autoencoder::MOST_LAYERS;
use crate::linalg::Rows;

/// Some rows of the buffers of all layers.
pub(super) struct LayerRows<'a, T> {
    views: [Option<ArrayViewMut2<'a, T>>; MOST_LAYERS],
}

impl<'a, T> LayerRows<'a, T> {
    /// All rows of `buffers`, at least one, which have equally many.
    pub fn of(buffers: &'a mut [Array2<T>]) -> Self {
        assert!(buffers.len() <= MOST_LAYERS, "a network has so many layers");
        let mut buffers = buffers.iter_mut();
        Self {
            views: std::array::from_fn(|_| buffers.next().map(|buffer| buffer.view_mut())),
        }
    }

    /// The rows of `layer`, to read.
    pub fn read(&self, layer: usize) -> ArrayView2<'_, T> {
        let view = self.views[layer].as_ref();
        view.expect("the layer is one of the network's").view()
    }

    /// The rows of `layer`, to write.
    pub fn write(&mut self, layer: usize) -> ArrayViewMut2<'_, T> {
        let view = self.views[layer].as_mut();
        view.expect("the layer is one of the network's").view_mut()
    }

    /// The rows of layer `from`, to read, and those of another layer `to`, to write.
    pub fn along(&mut self, from: usize, to: usize) -> (ArrayView2<'_, T>, ArrayViewMut2<'_, T>) {
        let pair = self.views.get_disjoint_mut([from, to]);
        let [from, to] = pair.expect("two layers of the network");
        match (from, to) {
            (Some(from), Some(to)) => (from.view(), to.view_mut()),
            _ => unreachable!("both layers are the network's"),
        }
    }
}

impl<T: Send + Sync> Rows for LayerRows<'_, T> {
    fn count(&self) -> usize {
        self.views[0].as_ref().map_or(0, ArrayViewMut2::nrows)
    }

    fn cut(mut self, row: usize) -> (Self, Self) {
        let mut after = std::array::from_fn(|_| None);
        for (view, after) in self.views.iter_mut().zip(&mut after) {
            if let Some(whole) = view.take() {
                let (upper, lower) = whole.split_at(Axis(0), row);
                (*view, *after) = (Some(upper), Some(lower));
            }
        }
        (self, Self { views: after })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::linalg::{Threads, for_row_blocks};

    #[test]
    fn there_is_room_for_the_deepest_network() {
        let mut buffers: Vec<_> = (0..MOST_LAYERS)
            .map(|layer| Array2::from_elem((2, 3), layer))
            .collect();
        let rows = LayerRows::of(&mut buffers);
        assert_eq!(rows.count(), 2);
        for layer in 0..MOST_LAYERS {
            assert_eq!(rows.read(layer)[[1, 2]], layer);
        }
    }

    #[test]
    fn each_block_has_its_rows_of_every_layer() {
        let mut buffers = vec![Array2::<usize>::zeros((7, 2)), Array2::zeros((7, 5))];
        Threads::new(3).install(|| {
            for_row_blocks(LayerRows::of(&mut buffers), 1, &|rows, mut block| {
                assert_eq!(block.read(1).nrows(), rows.len());
                for (row, mut values) in rows.zip(block.write(0).outer_iter_mut()) {
                    values += row + 1;
                }
                let (first, mut second) = block.along(0, 1);
                second.column_mut(4).assign(&first.column(1));
            });
        });
        for row in 0..7 {
            assert_eq!(
                (buffers[0][[row, 0]], buffers[1][[row, 4]]),
                (row + 1, row + 1)
            );
        }
    }
}
