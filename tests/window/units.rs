//! The units of a code, and the spectra of the kernels.
