"""Values of PyTorch's Adam for src/model/adam.rs. Run: python adam.py > adam.json"""

import json
import sys

import torch

torch.manual_seed(0)
torch.set_default_dtype(torch.float64)
start = torch.randn(7)
gradients = torch.randn(12, 7) * torch.logspace(-4, 1, 7)
x = start.clone().requires_grad_(True)
optimiser = torch.optim.Adam([x], lr=3e-3)
parameters = []
for gradient in gradients:
    x.grad = gradient.clone()
    optimiser.step()
    parameters.append(x.detach().tolist())
json.dump(
    {
        "made_by": f"Python {sys.version.split()[0]}, PyTorch {torch.__version__}",
        "rate": 3e-3,
        "start": start.tolist(),
        "gradients": gradients.tolist(),
        "parameters": parameters,
    },
    sys.stdout,
    indent=1,
)
