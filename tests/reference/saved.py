"""Writes saved.safetensors and saved.json: a small network as PyTorch and safetensors store it, and
what PyTorch makes of a few images with it. The functions are those in the documentation of
`src/model/saved.rs`.

    python saved.py
"""

import json

import safetensors
import torch
from safetensors import safe_open
from safetensors.torch import save_file


def load(path):
    with safe_open(path, "pt") as f:
        shape = json.loads(f.metadata()["architecture"])
        return shape, {name: f.get_tensor(name) for name in f.keys()}


act = {"sigmoid": torch.sigmoid, "relu": torch.relu, "tanh": torch.tanh,
       "identity": lambda x: x, "softplus": torch.nn.functional.softplus}


def reconstruct(shape, t, x):
    last = len(shape["dims"]) - 2
    for l in range(last + 1):
        x = act[shape["code" if l == last else "hidden"]](
            x @ t[f"encoder.{l}.weight"].T + t[f"encoder.{l}.bias"])
    for l in range(last, -1, -1):
        x = act[shape["output" if l == 0 else "hidden"]](
            x @ t[f"encoder.{l}.weight"] + t[f"decoder.{l}.bias"])
    return x


if __name__ == "__main__":
    torch.manual_seed(0)
    shape = {"dims": [20, 12, 9, 5], "hidden": "relu", "code": "sigmoid", "output": "sigmoid"}
    tensors = {}
    for l, (inputs, units) in enumerate(zip(shape["dims"], shape["dims"][1:])):
        tensors[f"encoder.{l}.weight"] = torch.randn(units, inputs) / inputs**0.5
        tensors[f"encoder.{l}.bias"] = 0.1 * torch.randn(units)
        tensors[f"decoder.{l}.bias"] = 0.1 * torch.randn(inputs)
    save_file(tensors, "saved.safetensors", {"architecture": json.dumps(shape)})
    images = torch.rand(4, 20)
    out = reconstruct(*load("saved.safetensors"), images)
    with open("saved.json", "w") as file:
        json.dump({
            "versions": {"torch": torch.__version__, "safetensors": safetensors.__version__},
            "images": images.tolist(),
            "reconstructions": out.tolist(),
        }, file)
