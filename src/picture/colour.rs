//! Colour maps and class colours, as red, green and blue bytes.
//!
//! *Viridis* for kernels: perceptually uniform, readable without colour vision, dark at zero. The
//! difference of two kernels gets a diverging map whose middle is the page: near black on a dark
//! page, near white on a light one, so that agreement disappears and disagreement stands out.
//! Other maps can be chosen for kernels (`assets/maps` says whose they are). Viridis and the diverging maps
//! are interpolated from a few anchor colours, the diverging one along straight lines in the
//! Oklab space, in which equal distances look equal.

use std::sync::LazyLock;

use crate::exhibit::ColourMap;

/// Red, green, blue.
pub type Rgb = [u8; 3];

/// A colour map of 256 steps, with an opaque fourth byte, so that pixels are copied whole.
pub type Lut = [[u8; 4]; 256];

/// Lr, the reconstruction, on a light page.
pub const RECONSTRUCTION: Rgb = [0xb8, 0x62, 0x00];
/// Lc, the alignment, on a light page.
pub const ALIGNMENT: Rgb = [0x00, 0x6c, 0xae];

/// Ten class colours that readers with and without colour blindness tell apart
/// (M. A. Petroff, "Accessible color sequences for data visualization", arXiv 2107.02270).
pub const CLASSES: [Rgb; 10] = [
    [0x3f, 0x90, 0xda],
    [0xff, 0xa9, 0x0e],
    [0xbd, 0x1f, 0x01],
    [0x94, 0xa4, 0xa2],
    [0x83, 0x2d, 0xb6],
    [0xa9, 0x6b, 0x59],
    [0xe7, 0x63, 0x00],
    [0xb9, 0xac, 0x70],
    [0x71, 0x75, 0x81],
    [0x92, 0xda, 0xdd],
];

/// The colour of a class; classes beyond the tenth begin again.
#[must_use]
pub fn class(label: u8) -> Rgb {
    CLASSES[usize::from(label) % CLASSES.len()]
}

/// Black or white, whichever is easier to read on a colour.
#[must_use]
pub fn ink(on: Rgb) -> Rgb {
    let linear = |byte: u8| (f64::from(byte) / 255.0).powf(2.2);
    let [r, g, b] = on.map(linear);
    // Relative luminance; above this value black has the greater contrast.
    let luminance = 0.2126 * r + 0.7152 * g + 0.0722 * b;
    if luminance > 0.179 { [0; 3] } else { [255; 3] }
}

/// The viridis map (S. van der Walt, N. Smith, E. Firing; CC0), from 17 of its 256 colours.
#[must_use]
pub fn viridis() -> &'static Lut {
    static MAP: LazyLock<Lut> = LazyLock::new(|| {
        const ANCHORS: [Rgb; 17] = [
            [68, 1, 84],
            [72, 20, 103],
            [72, 38, 119],
            [69, 55, 129],
            [63, 71, 136],
            [57, 85, 140],
            [50, 100, 142],
            [45, 113, 142],
            [40, 125, 142],
            [35, 138, 141],
            [31, 150, 139],
            [41, 175, 127],
            [60, 187, 117],
            [94, 201, 98],
            [132, 212, 75],
            [189, 223, 38],
            [253, 231, 37],
        ];
        // Where the anchors stand among the 256 colours.
        const PLACES: [f64; 17] = [
            0.0, 14.0, 30.0, 45.0, 60.0, 73.0, 88.0, 102.0, 114.0, 127.0, 140.0, 163.0, 175.0,
            190.0, 206.0, 228.0, 255.0,
        ];
        interpolate(&ANCHORS, &PLACES)
    });
    &MAP
}

/// The colours of a map.
#[must_use]
pub fn map(map: ColourMap) -> &'static Lut {
    static MAGMA: LazyLock<Lut> =
        LazyLock::new(|| whole(include_bytes!("../../assets/maps/magma.rgb")));
    static CIVIDIS: LazyLock<Lut> =
        LazyLock::new(|| whole(include_bytes!("../../assets/maps/cividis.rgb")));
    match map {
        ColourMap::Viridis => viridis(),
        ColourMap::Magma => &MAGMA,
        ColourMap::Cividis => &CIVIDIS,
        ColourMap::Grey => greys(true),
    }
}

/// A map of which all 256 colours are there, three bytes each.
fn whole(bytes: &[u8; 768]) -> Lut {
    let (colours, _) = bytes.as_chunks::<3>();
    std::array::from_fn(|index| {
        let [r, g, b] = colours[index];
        [r, g, b, 255]
    })
}

/// A diverging map, blue below zero and orange-red above; the middle is dark on a dark page and
/// light on a light one.
#[must_use]
pub fn diverging(dark: bool) -> &'static Lut {
    static DARK: LazyLock<Lut> = LazyLock::new(|| {
        let anchors = [
            [158, 202, 255],
            [58, 130, 214],
            [24, 24, 28],
            [219, 96, 48],
            [255, 204, 160],
        ];
        interpolate(&anchors, &[0.0, 64.0, 127.5, 191.0, 255.0])
    });
    static LIGHT: LazyLock<Lut> = LazyLock::new(|| {
        let anchors = [
            [8, 48, 107],
            [66, 146, 198],
            [248, 248, 248],
            [225, 102, 56],
            [112, 20, 0],
        ];
        interpolate(&anchors, &[0.0, 64.0, 127.5, 191.0, 255.0])
    });
    if dark { &DARK } else { &LIGHT }
}

/// Greys, a pixel's byte as it is in the file: light on black on a dark page, ink on paper (0 is
/// white) on a light one.
#[must_use]
pub fn greys(dark: bool) -> &'static Lut {
    static DARK: LazyLock<Lut> = LazyLock::new(|| std::array::from_fn(|grey| opaque(grey as u8)));
    static LIGHT: LazyLock<Lut> =
        LazyLock::new(|| std::array::from_fn(|grey| opaque(255 - grey as u8)));
    if dark { &DARK } else { &LIGHT }
}

/// A grey without transparency.
fn opaque(grey: u8) -> [u8; 4] {
    [grey, grey, grey, 255]
}

/// The colour a fraction `t` of the way from `from` to `to`, as the eye measures ways.
#[must_use]
pub fn blend(from: Rgb, to: Rgb, t: f64) -> Rgb {
    let (a, b) = (oklab(from), oklab(to));
    let mix = std::array::from_fn(|i| a[i] + (b[i] - a[i]) * t.clamp(0.0, 1.0));
    from_oklab(mix)
}

/// All 256 colours from anchors at ascending `places` from 0 to 255.
fn interpolate(anchors: &[Rgb], places: &[f64]) -> Lut {
    let mut segment = 0;
    std::array::from_fn(|index| {
        let place = index as f64;
        while segment + 2 < places.len() && place > places[segment + 1] {
            segment += 1;
        }
        let t = (place - places[segment]) / (places[segment + 1] - places[segment]);
        let [r, g, b] = blend(anchors[segment], anchors[segment + 1], t);
        [r, g, b, 255]
    })
}

/// sRGB to Oklab (B. Ottosson, 2020).
fn oklab(colour: Rgb) -> [f64; 3] {
    let [r, g, b] = colour.map(|byte| {
        let value = f64::from(byte) / 255.0;
        if value <= 0.04045 {
            value / 12.92
        } else {
            ((value + 0.055) / 1.055).powf(2.4)
        }
    });
    let l = (0.412_221_470_8 * r + 0.536_332_536_3 * g + 0.051_445_992_9 * b).cbrt();
    let m = (0.211_903_498_2 * r + 0.680_699_545_1 * g + 0.107_396_956_6 * b).cbrt();
    let s = (0.088_302_461_9 * r + 0.281_718_837_6 * g + 0.629_978_700_5 * b).cbrt();
    [
        0.210_454_255_3 * l + 0.793_617_785_0 * m - 0.004_072_046_8 * s,
        1.977_998_495_1 * l - 2.428_592_205_0 * m + 0.450_593_709_9 * s,
        0.025_904_037_1 * l + 0.782_771_766_2 * m - 0.808_675_766_0 * s,
    ]
}

/// Oklab to sRGB.
fn from_oklab([lightness, a, b]: [f64; 3]) -> Rgb {
    let l = (lightness + 0.396_337_777_4 * a + 0.215_803_757_3 * b).powi(3);
    let m = (lightness - 0.105_561_345_8 * a - 0.063_854_172_8 * b).powi(3);
    let s = (lightness - 0.089_484_177_5 * a - 1.291_485_548_0 * b).powi(3);
    let linear = [
        4.076_741_662_1 * l - 3.307_711_591_3 * m + 0.230_969_929_2 * s,
        -1.268_438_004_6 * l + 2.609_757_401_1 * m - 0.341_319_396_5 * s,
        -0.004_196_086_3 * l - 0.703_418_614_7 * m + 1.707_614_701_0 * s,
    ];
    linear.map(|value| {
        let value = value.clamp(0.0, 1.0);
        let value = if value <= 0.003_130_8 {
            value * 12.92
        } else {
            1.055 * value.powf(1.0 / 2.4) - 0.055
        };
        (value * 255.0).round() as u8
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lightness(lut: &Lut) -> Vec<f64> {
        lut.iter()
            .map(|&[r, g, b, _]| oklab([r, g, b])[0])
            .collect()
    }

    #[test]
    fn viridis_only_grows_lighter_and_ends_where_it_should() {
        let lightness = lightness(viridis());
        assert!(lightness.windows(2).all(|pair| pair[1] >= pair[0] - 0.004));
        assert_eq!(viridis()[0], [68, 1, 84, 255]);
        assert_eq!(viridis()[255], [253, 231, 37, 255]);
    }

    #[test]
    fn all_maps_of_kernels_only_grow_lighter_and_end_where_matplotlibs_do() {
        for (of, first, last) in [
            (ColourMap::Viridis, [68, 1, 84], [253, 231, 37]),
            (ColourMap::Magma, [0, 0, 3], [251, 252, 191]),
            (ColourMap::Cividis, [0, 34, 77], [253, 231, 55]),
            (ColourMap::Grey, [0; 3], [255; 3]),
        ] {
            let lut = map(of);
            let lightness = lightness(lut);
            assert!(
                lightness.windows(2).all(|pair| pair[1] >= pair[0] - 0.01),
                "{of:?}"
            );
            assert_eq!(
                [lut[0][..3].to_vec(), lut[255][..3].to_vec()],
                [first, last]
            );
            assert!(lut.iter().all(|colour| colour[3] == 255));
        }
        assert_eq!(map(ColourMap::Magma)[128], [182, 54, 121, 255]);
        assert_eq!(map(ColourMap::Cividis)[128], [124, 123, 120, 255]);
    }

    #[test]
    fn the_diverging_maps_are_extreme_in_the_middle_only() {
        let dark = lightness(diverging(true));
        let light = lightness(diverging(false));
        assert!(
            dark.iter()
                .all(|&value| value >= dark[127].min(dark[128]) - 1e-9)
        );
        assert!(
            light
                .iter()
                .all(|&value| value <= light[127].max(light[128]) + 1e-9)
        );
    }

    #[test]
    fn oklab_and_back() {
        for colour in CLASSES {
            let back = from_oklab(oklab(colour));
            assert!(
                back.iter().zip(colour).all(|(&x, y)| x.abs_diff(y) <= 1),
                "{colour:?}"
            );
        }
    }

    #[test]
    fn class_colours_stay_apart() {
        for (i, &a) in CLASSES.iter().enumerate() {
            for &b in &CLASSES[i + 1..] {
                let (a, b) = (oklab(a), oklab(b));
                let distance: f64 = (0..3).map(|k| (a[k] - b[k]).powi(2)).sum::<f64>().sqrt();
                assert!(distance > 0.05, "{distance}");
            }
        }
    }
}
