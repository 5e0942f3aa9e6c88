"""The virtual environment of each peer, made from PyPI where it is missing. Only the standard library."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parents[3]

# The build without CUDA, from PyTorch's own index (PIP_EXTRA_INDEX_URL).
TORCH = "torch==2.13.0+cpu"


class Peer(NamedTuple):
    title: str
    packages: list
    versions: list  # the packages whose versions the table names
    unwanted: list = []
    alone: list = []  # packages without what they depend on
    restricts: bool = False  # ONEDNN_MAX_CPU_ISA reaches its kernels


PEERS = {
    "onnxruntime": Peer(
        "ONNX Runtime",
        # sympy is what its shape inference needs; torch and onnxscript make the networks.
        ["onnxruntime==1.32.*", "onnx", "onnxscript", "sympy", TORCH],
        ["onnxruntime"],
    ),
    "openvino": Peer(
        "OpenVINO",
        ["openvino==2026.4.*", "nncf==3.4.*"],
        ["openvino", "nncf"],
        # Both do without it, and then send nothing.
        unwanted=["openvino-telemetry"],
        restricts=True,
    ),
    "litert": Peer(
        "LiteRT",
        ["ai-edge-litert==2.3.*", "litert-torch", "ai-edge-quantizer", TORCH],
        ["ai-edge-litert", "litert-torch", "ai-edge-quantizer"],
    ),
    "executorch": Peer("ExecuTorch", ["executorch==1.5.*", "torchao", TORCH], ["executorch", "torchao"]),
    "ncnn": Peer("ncnn", ["ncnn"], ["ncnn"], alone=["pnnx"]),
}

# The one that PyTorch and ONNX are in: it makes the networks and looks after Pith.
NETWORKS = "onnxruntime"

LEFT_OUT = {
    "MNN": "its wheel's commands, which convert and quantize, install and call a telemetry package; they are not run",
}


class Unavailable(Exception):
    """A peer that cannot be set up, with the reason in one line."""


def folder():
    return Path(os.environ.get("PEERS_VENV") or ROOT / ".build/peers").resolve()


def python(name):
    return folder() / name / "bin/python"


def environment(isa=None, threads=1):
    """What the processes of a peer find in theirs."""
    result = dict(os.environ)
    result |= {
        "PYTHONPATH": str(ROOT / "tools/bench"),
        "PYTHONDONTWRITEBYTECODE": "1",
        "OMP_NUM_THREADS": str(threads),
        "TF_CPP_MIN_LOG_LEVEL": "3",
        "DO_NOT_TRACK": "1",
    }
    if isa:
        result["ONEDNN_MAX_CPU_ISA"] = {"avx2": "AVX2", "avx-vnni": "AVX2_VNNI"}[isa]
    return result


def pip(name, *words):
    command = [str(python(name)), "-m", "pip", *words, "--quiet"]
    run = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True)
    if run.returncode:
        lines = [line for line in run.stderr.splitlines() if line.startswith("ERROR:")]
        reason = lines[-1].removeprefix("ERROR:").strip() if lines else "pip failed"
        raise Unavailable(f"cannot be installed: {reason}")


def set_up(name):
    """Makes a peer's environment unless it is there; what pip was asked for is kept beside it."""
    peer, home = PEERS[name], folder() / name
    wanted = json.dumps([peer.packages, peer.unwanted, peer.alone])
    stamp = home / "peers.json"
    if stamp.exists() and stamp.read_text() == wanted and python(name).exists():
        return
    print(f"{peer.title}: installing {' '.join(peer.packages)}", file=sys.stderr)
    if not python(name).exists():
        shutil.rmtree(home, ignore_errors=True)
        try:
            subprocess.run([sys.executable, "-m", "venv", str(home)], check=True, capture_output=True)
        except subprocess.CalledProcessError as error:
            raise Unavailable(f"no virtual environment at {home}: {error.stdout.decode().strip()[:200]}") from None
    pip(name, "install", *peer.packages)
    if peer.alone:
        pip(name, "install", "--no-deps", *peer.alone)
    if peer.unwanted:
        pip(name, "uninstall", "--yes", *peer.unwanted)
    stamp.write_text(wanted)


def versions(name):
    code = "import importlib.metadata as m, json, sys; print(json.dumps({p: m.version(p) for p in sys.argv[1:]}))"
    run = subprocess.run([str(python(name)), "-c", code, *PEERS[name].versions], capture_output=True, text=True)
    return json.loads(run.stdout) if run.returncode == 0 else {}
