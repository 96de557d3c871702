"""One training step of the same network in PyTorch and in JAX.

Tied weights, separate biases, a sigmoid on the output, the loss of Eq. 8 with P_k given, Adam at
1e-3; a fresh minibatch is not drawn. Prints the seconds of each step as JSON.
"""

import argparse
import json
import time

import numpy as np


def batch(dims, k):
    """The same kind of input for all: grey values and a positive semi-definite prior."""
    rng = np.random.default_rng(0)
    x = rng.random((k, dims[0]), dtype=np.float32)
    f = rng.random((k, 32), dtype=np.float32)
    return x, f @ f.T


def start(dims):
    """Glorot's uniform weights and zero biases."""
    rng = np.random.default_rng(1)
    layers = []
    for inputs, units in zip(dims, dims[1:]):
        limit = (6 / (inputs + units)) ** 0.5
        weights = rng.uniform(-limit, limit, (units, inputs)).astype(np.float32)
        layers.append((weights, np.zeros(units, np.float32), np.zeros(inputs, np.float32)))
    return layers


def torch_steps(dims, k, activation, threads, runs, fused):
    import torch

    torch.set_num_threads(threads)
    x, p = (torch.from_numpy(a) for a in batch(dims, k))
    layers = [[torch.from_numpy(a).requires_grad_() for a in layer] for layer in start(dims)]
    adam = torch.optim.Adam(sum(layers, []), lr=1e-3, fused=fused)
    act = {"relu": torch.relu, "sigmoid": torch.sigmoid}[activation]
    linear = torch.nn.functional.linear

    def step():
        h = x
        for w, b, _ in layers:
            h = act(linear(h, w, b))
        codes = h
        for i, (w, _, b) in reversed(list(enumerate(layers))):
            h = linear(h, w.t(), b)
            h = act(h) if i else torch.sigmoid(h)
        c = codes @ codes.t()
        lc = torch.linalg.norm(c / torch.linalg.norm(c) - p / torch.linalg.norm(p))
        loss = 0.9 * ((h - x) ** 2).mean() + 0.1 * lc
        adam.zero_grad()
        loss.backward()
        adam.step()
        return loss.item()

    return timed(step, runs)


def jax_steps(dims, k, activation, runs):
    import jax
    import jax.numpy as jnp

    x, p = (jnp.asarray(a) for a in batch(dims, k))
    layers = [tuple(jnp.asarray(a) for a in layer) for layer in start(dims)]
    act = {"relu": jax.nn.relu, "sigmoid": jax.nn.sigmoid}[activation]

    def loss(layers):
        h = x
        for w, b, _ in layers:
            h = act(h @ w.T + b)
        codes = h
        for i in reversed(range(len(layers))):
            w, _, b = layers[i]
            h = h @ w + b
            h = act(h) if i else jax.nn.sigmoid(h)
        c = codes @ codes.T
        lc = jnp.linalg.norm(c / jnp.linalg.norm(c) - p / jnp.linalg.norm(p))
        return 0.9 * ((h - x) ** 2).mean() + 0.1 * lc

    def update(layers, m, v, t):
        value, g = jax.value_and_grad(loss)(layers)
        m = jax.tree.map(lambda m, g: 0.9 * m + 0.1 * g, m, g)
        v = jax.tree.map(lambda v, g: 0.999 * v + 0.001 * g * g, v, g)
        rate, root = 1e-3 / (1 - 0.9**t), 1 / jnp.sqrt(1 - 0.999**t)
        move = lambda w, m, v: w - rate * m / (jnp.sqrt(v) * root + 1e-8)
        return jax.tree.map(move, layers, m, v), m, v, value

    update = jax.jit(update, donate_argnums=(0, 1, 2))
    zeros = lambda: jax.tree.map(jnp.zeros_like, layers)
    state = [layers, zeros(), zeros(), 1.0]

    def step():
        *moved, value = update(*state)
        state[:3] = moved
        state[3] += 1.0
        return float(value)

    return timed(step, runs)


def timed(step, runs):
    for _ in range(5):
        step()
    times = []
    for _ in range(runs):
        begun = time.perf_counter()
        step()
        times.append(time.perf_counter() - begun)
    return times


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("framework", choices=["torch", "torch-fused", "jax"])
    parser.add_argument("--dims", default="784,256,256,512,128")
    parser.add_argument("--batch", type=int, default=200)
    parser.add_argument("--activation", choices=["relu", "sigmoid"], default="relu")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--runs", type=int, default=50)
    args = parser.parse_args()
    dims = [int(d) for d in args.dims.split(",")]
    if args.framework == "jax":
        times = jax_steps(dims, args.batch, args.activation, args.runs)
    else:
        fused = args.framework == "torch-fused"
        times = torch_steps(dims, args.batch, args.activation, args.threads, args.runs, fused)
    print(json.dumps(times))


if __name__ == "__main__":
    main()
