"""usage: growth.py FOLDER: draws what bench_growth has measured, examples.csv and width.csv, to growth.svg beside them."""
import csv
import sys
from pathlib import Path

try:
    import matplotlib
except ImportError:
    sys.exit("no plot: python3-matplotlib is not installed; the tables are there")
matplotlib.use("svg")
from matplotlib import pyplot
from matplotlib.ticker import NullFormatter, ScalarFormatter

folder = Path(sys.argv[1])
# Colours that the colour-blind can tell apart (Wong 2011), with a marker and a dash each.
styles = {"here": ("#0072B2", "o", "-"), "PyTorch": ("#D55E00", "s", "--")}
figure, panels = pyplot.subplots(1, 2, figsize=(7.2, 3.1), constrained_layout=True)
for panel, (name, title) in zip(panels, (("examples", "times 2,506 surnames, 128 units"), ("width", "times 32 units, 5,012 surnames"))):
    rows = list(csv.DictReader(open(folder / f"{name}.csv")))
    times = [int(row["times"]) for row in rows]
    for who, (colour, marker, dash) in styles.items():
        if all(row[who] for row in rows):
            panel.plot(times, [float(row[who]) for row in rows], color=colour, marker=marker, linestyle=dash, label=who)
    panel.set_xscale("log", base=2)
    panel.set_yscale("log")
    panel.set_xticks(times, [str(t) for t in times])
    panel.yaxis.set_major_formatter(ScalarFormatter())
    panel.yaxis.set_minor_formatter(NullFormatter())
    panel.set_xlabel(title)
    panel.grid(True, which="major", alpha=0.3)
panels[0].set_ylabel("ms a full-batch update, GRU")
panels[0].legend(frameon=False)
figure.savefig(folder / "growth.svg")
