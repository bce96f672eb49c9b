// Colours, shapes and small tools of the map page. Text becomes part of the page as text, never as HTML.
"use strict";

// Okabe and Ito's and Tol's colour-blind-safe hues without their reds: red is kept for what is not planned.
const COLOURS = ["#0072b2", "#e08a00", "#009e73", "#b05089", "#3aa3dd", "#882255", "#7d7d1a", "#332288"];
const DASHES = [null, "9 7", "2 7", "14 6 2 6"]; // by trip
const RED = "#d4002a";
const STREETS = ["#e3e2dd", "#dbdad5", "#cfcfcb", "#c3c5c6", "#b8bbbf", "#adb2b9"]; // by rank
const STREET_PX = [0.7, 0.9, 1.3, 1.9, 2.4, 2.8];

function element(tag, className, content = []) {
  const node = document.createElement(tag);
  if (className) node.className = className;
  node.append(...[content].flat()); // append() takes strings as text
  return node;
}

function svg(tag, attributes, children = []) {
  const node = document.createElementNS("http://www.w3.org/2000/svg", tag);
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
  node.append(...children);
  return node;
}

function integers(Type, base64) {
  return new Type(Uint8Array.from(atob(base64), (c) => c.charCodeAt(0)).buffer);
}

/** Undo planner.report.lines.packed: an array of lines of [lat, lon]. */
function unpack({ heads, deltas, bits }) {
  const starts = integers(Int32Array, heads);
  const steps = integers(bits === 16 ? Int16Array : Int32Array, deltas);
  const lines = [];
  for (let i = 0, k = 0; i < starts.length; i += 3) {
    let [lat, lon] = [starts[i], starts[i + 1]];
    const line = [[lat / 1e5, lon / 1e5]];
    for (const end = k + 2 * starts[i + 2]; k < end; k += 2) {
      lat += steps[k];
      lon += steps[k + 1];
      line.push([lat / 1e5, lon / 1e5]);
    }
    lines.push(line);
  }
  return lines;
}

function dash(trip) {
  return DASHES[(trip - 1) % DASHES.length];
}

function popup(title, ...rows) {
  const texts = rows.flat().filter(Boolean).map((row) => element("div", "", row));
  return element("div", "popup", [element("strong", "", title), ...texts]);
}

/** A disc with its number in it, drawn on the canvas so that thousands stay quick. */
const Disc = L.CircleMarker.extend({
  _updatePath() {
    L.CircleMarker.prototype._updatePath.call(this);
    const { label, ink, opacity } = this.options;
    const renderer = this._renderer;
    if (!renderer._drawing || this._empty() || this._radius < 7) return;
    const pen = renderer._ctx;
    pen.globalAlpha = opacity;
    pen.fillStyle = ink;
    pen.font = `600 ${Math.round(this._radius * 1.15)}px system-ui, sans-serif`;
    pen.textAlign = "center";
    pen.textBaseline = "middle";
    pen.fillText(label, this._point.x, this._point.y + 0.5);
    pen.globalAlpha = 1;
  },
});

function disc(at, { label, colour, filled }) {
  return new Disc(at, {
    label: String(label),
    ink: filled ? "#fff" : colour,
    color: filled ? "#fff" : colour,
    fillColor: filled ? colour : "#fff",
    fillOpacity: 1,
    weight: filled ? 1.2 : 2,
  });
}

const SHAPES = {
  depot: "M4 21V9.5L12 4l8 5.5V21h-5v-7H9v7z",
  station: "M13.5 2 5 13.5h5.5L9 22l9-12.5h-5.800z",
};

function sign(kind) {
  const box = svg("svg", { viewBox: "0 0 24 24" }, [svg("path", { d: SHAPES[kind] })]);
  return element("span", `sign ${kind}`, box);
}

function sample(colour, trip) {
  const line = svg("line", { x1: 0, x2: 34, y1: 5, y2: 5, stroke: colour, "stroke-width": 3 });
  if (dash(trip)) line.setAttribute("stroke-dasharray", dash(trip));
  return svg("svg", { class: "sample", width: 34, height: 10 }, [line]);
}
