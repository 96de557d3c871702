//! Images as points: their codes, or kernel PCA's scores, in the plane of the two leading principal axes; and the
//! way back from any point to an image.
//!
//! A [`Map`] is made of representations, N×D, of a [`Crowd`] of images. A point of the plane is a representation
//! again: that of a base, the mean or an image of the crowd, moved within the plane; what the base has beyond the
//! plane it keeps. A [`Decoder`] makes an image of it. While a network trains, each map is [turned](turn) to the one
//! before, so that points move no more than they have to.

mod crowd;
mod decoder;
mod map;
mod mapper;
pub mod select;
pub mod turn;

pub use self::crowd::{Crowd, Which};
pub use self::decoder::Decoder;
pub use self::map::{AXES, Map};
pub use self::mapper::{Charted, KernelMapper, KernelWanted, Mapper, Wanted};

#[cfg(test)]
mod tests;
