"""Draw the pictures of docs/records.md: routes of an answer, and labels that meet.

python -m tests.bench.pictures INSTANCE ROUTES docs/images
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence
from pathlib import Path
from xml.etree import ElementTree

Points = Sequence[tuple[float, float]]

SIDE, MARGIN = 640, 24
# Okabe and Ito's colours, told apart by everyone; routes beyond eight are dashed.
COLOURS = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#56b4e9", "#e69f00", "#999999", "#000000")
INK, PAPER = "#222222", "#ffffff"


def picture(width: int, height: int) -> ElementTree.Element:
    root = ElementTree.Element(
        "svg", xmlns="http://www.w3.org/2000/svg", viewBox=f"0 0 {width} {height}", width=str(width)
    )
    ElementTree.SubElement(root, "rect", width=str(width), height=str(height), fill=PAPER)
    return root


def line(root: ElementTree.Element, points: Points, **style: str) -> None:
    listed = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
    ElementTree.SubElement(root, "polyline", {"points": listed, "fill": "none", "stroke": INK} | style)


def text(root: ElementTree.Element, x: float, y: float, words: str, **style: str) -> None:
    plain = {"x": f"{x:.1f}", "y": f"{y:.1f}", "font-family": "sans-serif", "font-size": "14", "fill": INK}
    ElementTree.SubElement(root, "text", plain | style).text = words


def routes_picture(instance: Path, routes: Path) -> ElementTree.Element:
    """Draw the routes of an answer to an E-VRPTW instance: customers as dots, stations as squares, the depot large."""
    places: dict[str, tuple[str, float, float]] = {}
    for row in instance.read_text().splitlines()[1:]:
        if not row.strip():
            break
        words = row.split()
        places[words[0]] = (words[1], float(words[2]), float(words[3]))
    xs, ys = [x for _, x, _ in places.values()], [y for _, _, y in places.values()]
    scale = (SIDE - 2 * MARGIN) / max(max(xs) - min(xs), max(ys) - min(ys))

    def at(name: str) -> tuple[float, float]:
        _, x, y = places[name]
        return MARGIN + (x - min(xs)) * scale, SIDE - MARGIN - (y - min(ys)) * scale

    root = picture(SIDE, SIDE)
    listed = [row.split() for row in routes.read_text().splitlines() if row and not row.startswith("#")]
    for number, route in enumerate(listed):
        style = {"stroke": COLOURS[number % len(COLOURS)], "stroke-width": "2"}
        line(root, [at(name) for name in route], **style, **dashes(number))
    for name, (kind, _, _) in places.items():
        x, y = at(name)
        if kind == "c":
            ElementTree.SubElement(root, "circle", cx=f"{x:.1f}", cy=f"{y:.1f}", r="3", fill=INK)
            continue
        half = 8 if kind == "d" else 5
        where = {"x": f"{x - half:.1f}", "y": f"{y - half:.1f}", "width": str(2 * half), "height": str(2 * half)}
        ElementTree.SubElement(root, "rect", where | {"fill": INK if kind == "d" else PAPER, "stroke": INK})
    return root


def dashes(number: int) -> dict[str, str]:
    return {"stroke-dasharray": "7 3"} if number >= len(COLOURS) else {}


def labels_picture() -> ElementTree.Element:
    """Draw energy over time at one stop: what the way so far allows, and what the way home asks for.

    The forward label is (t, q, x) = (2, 20, 30) at a rate of 0.1, the backward one (latest, base, least) = (7, 1, 35).
    """
    t, q, x, rate, latest, base, least = 2.0, 20.0, 30.0, 0.1, 7.0, 1.0, 35.0
    root = picture(SIDE, 420)

    def at(time: float, energy: float) -> tuple[float, float]:
        return 70 + time * 60, 360 - energy * 4.5

    corner = (base + rate * least, least)
    needed: Points = [(0, least), corner, (latest, (latest - base) / rate), (latest, 75), (0, 75)]
    shade(root, [at(*point) for point in needed])
    line(root, [at(0, 0), at(9, 0)])
    line(root, [at(0, 0), at(0, 75)])
    allowed: Points = [(t, 0.0), (t, q), (t + rate * x, q + x), (9.0, q + x)]
    line(root, [at(*point) for point in allowed], stroke=COLOURS[0], **{"stroke-width": "3"})
    meeting = at(t + rate * (least - q), least)
    ElementTree.SubElement(root, "circle", cx=f"{meeting[0]:.1f}", cy=f"{meeting[1]:.1f}", r="6", fill=COLOURS[1])
    text(root, *at(5.9, 46), "this may be in the battery", fill=COLOURS[0])
    text(root, *at(0.4, 69), "with this the way home is possible")
    text(root, *at(7.0, -7), "time at the stop")
    text(root, 8, 20, "energy")
    text(root, meeting[0] + 12, meeting[1] + 16, "here they meet", fill=COLOURS[1])
    return root


def shade(root: ElementTree.Element, points: Points) -> None:
    listed = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
    ElementTree.SubElement(root, "polygon", points=listed, fill="#dddddd")


def main(arguments: Iterable[str]) -> None:
    instance, routes, folder = map(Path, arguments)
    for name, root in (("routes.svg", routes_picture(instance, routes)), ("labels.svg", labels_picture())):
        (folder / name).write_text(ElementTree.tostring(root, encoding="unicode") + "\n", encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
