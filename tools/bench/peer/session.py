"""One run of the benchmark: makes what is missing, quantizes, and measures in turn. Only the standard library."""

import hashlib
import json
import os
import shlex
import statistics
import subprocess
import sys
from pathlib import Path

from peer import environments, pith
from peer.environments import PEERS, ROOT, Unavailable
from peer.rows import ROWS

# Below either, a network says something else than in fp32: it is shown, and is no peer. Random weights make deep networks
# say nearly the same of every image, so that rounding is much of what is left less the mean; nothing of it is 0.
LEAST_COSINE = 0.95
LEAST_CENTRED = 0.1


def say(text):
    print(f"peers: {text}", file=sys.stderr, flush=True)


def digest(*paths):
    sums = hashlib.sha256()
    for path in paths:
        sums.update(Path(path).read_bytes())
    return sums.hexdigest()


def last_line(text):
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    return lines[-1][:300] if lines else ""


class Session:
    def __init__(self, options, cores, compress):
        self.options, self.cores = options, cores
        self.work = Path(os.environ.get("PEERS_WORK") or ROOT / ".build/peers-work").resolve()
        self.networks = self.work / "networks"
        os.environ["COMPRESS"] = self.compress = compress
        self.exclusions = []  # (peer, row or "", reason)
        self.notes = []
        self.peers = []
        self.versions = {}

    # Setting up.

    def exclude(self, peer, row, reason):
        reason = " ".join(str(reason).split())
        self.exclusions.append((PEERS[peer].title if peer in PEERS else peer, row, reason))
        say(f"{peer}{f' on {row}' if row else ''} is left out: {reason}")

    def set_up(self, wanted):
        for name in dict.fromkeys([environments.NETWORKS, *wanted]):
            try:
                environments.set_up(name)
            except Unavailable as error:
                if name == environments.NETWORKS:
                    raise SystemExit(f"peers: the networks cannot be made: {error}") from None
                self.exclude(name, "", error)
                continue
            self.versions[name] = environments.versions(name)
            if name in wanted:
                self.peers.append(name)

    def make_networks(self, rows):
        sources = [ROOT / "tools/bench/peer" / f"{name}.py" for name in ("networks", "sequence", "vision")]
        wanted = digest(*sources, ROOT / "tools/fixtures/networks.py")
        stamp = self.networks / "made.txt"
        self.networks.mkdir(parents=True, exist_ok=True)
        if not stamp.exists() or stamp.read_text() != wanted:
            for path in self.networks.glob("*.onnx"):
                path.unlink()
            stamp.write_text(wanted)
        missing = [row for row in rows if not (self.networks / f"{row}.onnx").exists()]
        if missing:
            say(f"making {', '.join(missing)}")
            run = self.python(environments.NETWORKS, "peer.networks", self.networks, *missing)
            if run.returncode:
                raise SystemExit(f"peers: the networks cannot be made: {last_line(run.stderr)}")

    def python(self, peer, module, *words, threads=1, pinned=None):
        home = environments.NETWORKS if peer == "pith" else peer
        isa = self.options.isa if peer in PEERS and PEERS[peer].restricts else None
        command = [environments.python(home), "-m", module, *words]
        return self.process(command, environments.environment(isa, threads), pinned)

    def process(self, command, environment, pinned=None):
        command = [str(word) for word in command]
        if not pinned:
            command = [*shlex.split(os.environ.get("PEERS_NICE", "")), *command]
        else:
            command = ["taskset", "-c", ",".join(map(str, pinned)), *command]
        return subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, env=environment)

    def answer(self, run):
        """The JSON object that a peer's process ends with."""
        if run.returncode:
            died = f"died of signal {-run.returncode}" if run.returncode < 0 else f"failed with {run.returncode}"
            raise Unavailable(last_line(run.stderr) or died)
        try:
            start = run.stdout.rindex("\n{", 0, -1) + 1 if "\n{" in run.stdout[:-1] else run.stdout.index("{")
            return json.loads(run.stdout[start:])
        except ValueError:
            raise Unavailable(f"gave no answer: {last_line(run.stdout)}") from None

    # Quantizing. What was made is kept with what it was made from.

    def variants(self, peer, row):
        """The quantized forms of a row's network: [{"name", "file", "cosine", "centred"}], and notes."""
        # Pith's own batch is an option of `compress bench`, so its network is the one of batch 1.
        home = self.work / "models" / peer / row
        stamp = home / "made.json"
        source = digest(self.networks / f"{row}.onnx")
        if peer == "pith":
            origin = {"compress": digest(self.compress)}
        else:
            origin = {"versions": self.versions[peer], "recipe": digest(ROOT / "tools/bench/peer" / f"{peer}.py")}
        origin["network"] = source
        if stamp.exists():
            made = json.loads(stamp.read_text())
            reusable = peer == "pith" and self.options.reuse and made["origin"].get("network") == source
            if made["origin"] == origin or reusable:
                return made["variants"], made["notes"]
        say(f"{peer} quantizes {row}")
        made = self.answer(self.python(peer, f"peer.{peer}", "quantize", row, self.networks, home))
        variants = []
        for name, file in made["variants"].items():
            try:
                near = self.answer(self.python(peer, f"peer.{peer}", "agree", file, row, self.networks))
                variants.append({"name": name, "file": file, **near})
            except Unavailable as error:
                made["notes"].append(f"{name} does not run: {error}")
        if not variants:
            raise Unavailable("; ".join(made["notes"]) or "made nothing")
        stamp.write_text(json.dumps({"origin": origin, "variants": variants, "notes": made["notes"]}, indent=2))
        return variants, made["notes"]

    @staticmethod
    def right(variant):
        return variant["cosine"] >= LEAST_COSINE and variant["centred"] >= LEAST_CENTRED

    # Measuring.

    def measure(self, peer, row, file, threads, seconds):
        """p10 and p50 in µs of one run, in a fresh process that has so many cores."""
        pinned = self.cores[:threads]
        if peer != "pith":
            words = ("measure", file, row, self.networks, "--threads", threads, "--seconds", seconds)
            return self.answer(self.python(peer, f"peer.{peer}", *words, threads=threads, pinned=pinned))
        command = pith.measure(file, row, threads, seconds, self.options.isa)
        report = self.answer(self.process(command, environments.environment(), pinned))
        latency = report.pop("latency_us")
        return {"p10": latency["p10"], "p50": latency["p50"], **report}

    def fastest(self, peer, row, threads):
        """The variant to measure: the faster of those that are right, or of all where none is."""
        variants, notes = self.variants(peer, row)
        for note in notes:
            text = f"{PEERS[peer].title if peer in PEERS else 'Pith'}, {row}: {note}"
            if text not in self.notes:
                self.notes.append(text)
        candidates = [v for v in variants if self.right(v)] or variants
        if len(candidates) > 1:
            trials = []
            for variant in candidates:
                try:
                    trials.append((self.measure(peer, row, variant["file"], threads, 0.2)["p50"], variant))
                except Unavailable as error:
                    self.notes.append(f"{PEERS[peer].title}, {row}, {variant['name']}: {error}")
            if not trials:
                raise Unavailable("none of its variants runs")
            candidates = [min(trials, key=lambda trial: trial[0])[1]]
        return candidates[0]

    def measure_row(self, row, threads):
        """Rounds of every peer in turn, the order moving by one each round."""
        chosen = {}
        for peer in ["pith", *self.peers]:
            try:
                chosen[peer] = self.fastest(peer, row, threads)
            except Unavailable as error:
                self.exclude(peer, row, error)
        rounds = []
        for index in range(self.options.rounds):
            order = list(chosen)
            order = order[index % len(order) :] + order[: index % len(order)]
            measured = {}
            for peer in order:
                try:
                    measured[peer] = self.measure(peer, row, chosen[peer]["file"], threads, self.options.seconds)
                except Unavailable as error:
                    self.exclude(peer, row, error)
                    del chosen[peer]
            rounds.append(measured)
        return self.summary(row, threads, chosen, rounds)

    def summary(self, row, threads, chosen, rounds):
        result = {"row": row, "threads": threads, "batch": ROWS[row].batch, "peers": {}}
        for peer, variant in chosen.items():
            figures = [measured[peer] for measured in rounds]
            entry = {
                "variant": variant["name"],
                "cosine": variant["cosine"],
                "centred": variant["centred"],
                "right": self.right(variant),
                "p50": statistics.median(f["p50"] for f in figures),
                "p10": statistics.median(f["p10"] for f in figures),
                "rounds": figures,
            }
            if "pith" in chosen and peer != "pith":
                entry["ratios"] = [measured[peer]["p50"] / measured["pith"]["p50"] for measured in rounds]
                entry["ratio"] = statistics.median(entry["ratios"])
            if peer == "pith":
                shares = [f["share_of_limit"] for f in figures if f.get("share_of_limit")]
                result["share_of_limit"] = statistics.median(shares) if shares else None
                result["isa"] = figures[0].get("isa")
            result["peers"][peer] = entry
        honest = [peer for peer, entry in result["peers"].items() if "ratio" in entry and entry["right"]]
        result["best"] = min(honest, key=lambda peer: result["peers"][peer]["ratio"]) if honest else None
        return result
