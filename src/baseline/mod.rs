//! What the kernel autoencoder is compared with: kernel PCA, its pre-images, linear PCA.
