"""The colour maps that src/picture/colour.rs takes whole. Run here: python maps.py (matplotlib 3.11.2)

256 colours each, red, green and blue bytes. Magma is by N. Smith and S. van der Walt (CC0); cividis by J. R. Nuñez,
C. R. Anderton and R. S. Renslow (2018). Both are as matplotlib distributes them, under LICENSE-matplotlib beside
this file.
"""

import pathlib

import matplotlib

for name in ["magma", "cividis"]:
    colours = matplotlib.colormaps[name](range(256), bytes=True)[:, :3]
    pathlib.Path(f"{name}.rgb").write_bytes(colours.tobytes())
