use std::time::Duration;

use crossbeam_channel::bounded;
use ndarray::Array2;

use super::*;
use crate::exhibit::Matrix;
use crate::exhibit::live::Parts;
use crate::training::config::Preset;

fn prior(n: usize) -> Arc<Matrix> {
    let entries = Array2::from_shape_fn((n, n), |(i, j)| ((i * 7 + j * 3) % 10) as f32 / 10.0);
    Arc::new(Matrix::new(entries))
}

/// P, C and C − P.
fn order(prior: &Arc<Matrix>, codes: Option<Arc<Matrix>>, part: Part) -> Order {
    let mut exhibit = Parts::nothing(Preset::Quick.config()).exhibit();
    exhibit.kernels[0].entries = Entries::Matrix(Arc::clone(prior));
    exhibit.kernels[1].entries = codes.map_or(Entries::Absent, Entries::Matrix);
    Order {
        exhibit: Arc::new(exhibit),
        part,
        dark: true,
        arrived: Instant::now(),
    }
}

#[test]
fn a_large_matrix_becomes_a_picture_no_larger_than_the_screen() {
    let whole = Part::of_window(3000, [0.0, 0.0], 1.0, 302.0);
    assert_eq!((whole.first, whole.cells, whole.side), ([0, 0], 3000, 302));
    let near = Part::of_window(3000, [0.5, 0.25], 0.05, 302.0);
    assert_eq!(near.side, near.cells, "150 visible cells have a pixel each");
    assert!(near.cells >= 225 && near.cells < 240);
    for (first, origin) in near.first.into_iter().zip([1500, 750]) {
        assert!(first < origin && first + near.cells > origin + 150);
    }
    let small = Part::of_window(300, [0.0, 0.0], 1.0, 600.0);
    assert_eq!((small.cells, small.side), (300, 300));
}

#[test]
fn parts_stay_inside_the_matrix() {
    for n in [1, 2, 5, 300, 3000] {
        for span in [1.0, 0.5, 0.01] {
            for origin in [0.0, 0.3 * (1.0 - span), 1.0 - span] {
                let part = Part::of_window(n, [origin, 1.0 - span], span, 250.0);
                assert!(part.first.iter().all(|first| first + part.cells <= n));
                assert!((1..=part.cells).contains(&part.side) && part.side <= 380);
                assert!(part.serves(&part, n, [origin, 1.0 - span], span));
            }
        }
    }
}

#[test]
fn a_part_serves_until_its_margin_is_used_up() {
    let (n, span) = (1000, 0.2);
    let part = Part::of_window(n, [0.4, 0.4], span, 300.0);
    let serves = |origin: [f32; 2], span: f32| {
        part.serves(&Part::of_window(n, origin, span, 300.0), n, origin, span)
    };
    assert!(serves([0.42, 0.4], span));
    assert!(!serves([0.4, 0.5], span), "the right edge is not painted");
    let finer = Part::of_window(3000, [0.0, 0.0], 0.5, 300.0);
    assert!(
        !Part::of_window(3000, [0.0, 0.0], 1.0, 300.0).serves(&finer, 3000, [0.0, 0.0], 0.5),
        "means of more cells are too coarse"
    );
}

#[test]
fn equal_kernels_have_no_difference_and_one_picture() {
    let prior = prior(40);
    let part = Part::of_window(40, [0.0, 0.0], 1.0, 20.0);
    // Another length, the same direction: Eq. 6 does not see it.
    let twice = Arc::new(Matrix::new(&prior.entries() * 2.0));
    let painted = Kept::default().paint(order(&prior, Some(twice), part));
    let pixels: Vec<_> = painted.pixels.into_iter().map(Option::unwrap).collect();
    let [p, c, both] = &pixels[..] else {
        panic!("three kernels")
    };
    assert_eq!(p.len(), 4 * 20 * 20);
    assert_eq!(p, c);
    assert!(p.chunks(4).any(|pixel| pixel != &p[..4]), "not one colour");
    let middle = colour::diverging(true)[128];
    let near = |pixel: &[u8]| pixel.iter().zip(middle).all(|(a, b)| a.abs_diff(b) < 4);
    assert!(both.chunks(4).all(near));
}

#[test]
fn what_is_kept_of_the_prior_is_what_would_be_painted_anew() {
    let prior = prior(60);
    let mut kept = Kept::default();
    for (origin, pixels) in [(0.0, 30.0), (0.5, 30.0), (0.5, 200.0)] {
        let part = Part::of_window(60, [origin, 0.0], 0.5, pixels);
        for _ in 0..2 {
            let again = kept.paint(order(&prior, None, part)).pixels;
            let anew = Kept::default().paint(order(&prior, None, part)).pixels;
            assert_eq!(again, anew);
        }
    }
}

#[test]
fn the_thread_paints_the_newest_order_and_ends_with_its_owner() {
    let (sender, woken) = bounded(16);
    let painter = spawn(Arc::new(move || sender.send(()).unwrap())).unwrap();
    let prior = prior(50);
    let part = |pixels| Part::of_window(50, [0.0, 0.0], 1.0, pixels);
    painter.ask(order(&prior, None, part(10.0)));
    painter.ask(order(&prior, None, part(25.0)));
    let newest = loop {
        woken.recv_timeout(Duration::from_secs(20)).unwrap();
        if let Some(painted) = painter.take()
            && painted.order.part.side == 25
        {
            break painted;
        }
    };
    assert!(newest.pixels[0].is_some() && newest.pixels[1].is_none());
    drop(painter);
    assert!(woken.recv_timeout(Duration::from_secs(20)).is_err());
}
