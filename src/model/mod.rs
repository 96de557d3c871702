//! The autoencoder, its loss with hand-written gradients, and Adam.
