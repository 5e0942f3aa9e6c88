"""The table as text. Only the standard library."""

import math

from peer.environments import PEERS
from peer.rows import ROWS


def number(value):
    return f"{value:.0f}" if value >= 100 else f"{value:.1f}" if value >= 10 else f"{value:.2f}"


def cell(entry, batch):
    """The median and, in parentheses, the 10th percentile of the times."""
    if batch == 1:
        text = f"{number(entry['p50'])} ({number(entry['p10'])})"
    else:
        text = f"{batch / entry['p50'] * 1e6:,.0f} ({batch / entry['p10'] * 1e6:,.0f})"
    marks = {"dynamic": "d", "fp32": "f"}.get(entry["variant"], "")
    return text + marks + ("" if entry["right"] else "!")


def aligned(rows):
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    lines = []
    for row in rows:
        cells = [text.ljust(width) if column == 0 else text.rjust(width) for column, (text, width) in enumerate(zip(row, widths))]
        lines.append("  ".join(cells).rstrip())
    lines.insert(1, "-" * len(lines[0]))
    return lines


def geometric_mean(values):
    return math.exp(sum(map(math.log, values)) / len(values))


def one(results, threads, peers):
    """The table of one number of threads."""
    heads = ["network, µs: median (p10)", *[PEERS[peer].title for peer in peers], "Pith"]
    rows = [[*heads, "best peer ÷ Pith", "of the limit"]]
    for result in results:
        entries = result["peers"]
        line = [ROWS[result["row"]].title]
        line += [cell(entries[peer], result["batch"]) if peer in entries else "–" for peer in [*peers, "pith"]]
        best = result["best"]
        if best:
            ratios = entries[best]["ratios"]
            line.append(f"{PEERS[best].title} {entries[best]['ratio']:.2f} ({min(ratios):.2f} to {max(ratios):.2f})")
        else:
            line.append("–")
        share = result.get("share_of_limit")
        line.append(f"{share * 100:.0f} %" if share else "–")
        rows.append(line)
    lines = [f"{threads} thread{'s' if threads > 1 else ''}", *aligned(rows)]
    ratios = [result["peers"][result["best"]]["ratio"] for result in results if result["best"]]
    if ratios:
        behind = sum(ratio <= 1 for ratio in ratios)
        lines.append(
            f"geometric mean of best peer ÷ Pith over {len(ratios)} rows: {geometric_mean(ratios):.2f}"
            + (f"; Pith is not ahead on {behind}" if behind else "; Pith is ahead on every row")
        )
    return lines


def text(report):
    lines = []
    for threads in report["threads"]:
        results = [result for result in report["results"] if result["threads"] == threads]
        if results:
            lines += one(results, threads, report["peers"]) + [""]
    lines += [
        "float in, float out, batch 1 where nothing is said; d: dynamic quantization was the faster, f: fp32, as the peer has "
        "no int8 for it,",
        "!: its outputs are not those of the network (see below), so that it does not count as the best peer.",
        f"{report['rounds']} rounds in turn, each measurement a fresh process of {report['seconds']} s on its own cores "
        f"({', '.join(map(str, report['cores']))}); ratios of medians are taken inside a round.",
        "",
        f"CPU: {report['machine']['name']}; {', '.join(report['machine']['isas'])}"
        + (f"; restricted to {report['isa']}" if report["isa"] else ""),
        f"Pith: {report['pith']}; kernels: {', '.join(sorted({r['isa'] for r in report['results'] if r.get('isa')})) or '–'}",
        "versions: " + ", ".join(f"{name} {version}" for name, version in report["versions"].items()),
        f"load of the machine: {report['load'][0]:.1f} before, {report['load'][1]:.1f} after"
        + (" – it was busy with other work, which these figures show" if max(report["load"]) > report["calm"] else ""),
    ]
    wrong = [
        f"{PEERS[peer].title if peer in PEERS else 'Pith'}, {result['row']}, {entry['variant']}: cosine with fp32 "
        f"{entry['cosine']:.3f}, less the mean {entry['centred']:.3f}"
        for result in report["results"]
        for peer, entry in result["peers"].items()
        if not entry["right"]
    ]
    for title, items in (
        ("wrong outputs", list(dict.fromkeys(wrong))),
        ("notes", report["notes"]),
        ("left out", [f"{peer}{f', {row}' if row else ''}: {reason}" for peer, row, reason in report["exclusions"]]),
    ):
        if items:
            lines += ["", f"{title}:", *[f"  {item}" for item in items]]
    return "\n".join(lines)
