// The map: streets, sites, routes with their stops, orders. A click tells what was clicked; what is selected comes back.

const STREET_PX = [0.7, 0.9, 1.3, 1.9, 2.4, 2.8]; // by rank
const RING_PX = 14;
const maps = new WeakMap(); // what is drawn, by the node it is drawn in

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

/** A disc with a label in it, drawn on the canvas so that thousands stay quick. Leaflet comes with the streets. */
const discs = () => (window.plannerDisc ??= L.CircleMarker.extend({
  _updatePath() {
    L.CircleMarker.prototype._updatePath.call(this);
    const { label, ink, opacity } = this.options;
    const renderer = this._renderer;
    if (!label || !renderer._drawing || this._empty() || this._radius < 8) return;
    const pen = renderer._ctx;
    pen.globalAlpha = opacity;
    pen.fillStyle = ink;
    pen.font = `600 ${Math.round(this._radius * (label.length > 3 ? 0.85 : 1.05))}px system-ui, sans-serif`;
    pen.textAlign = "center";
    pen.textBaseline = "middle";
    pen.fillText(label, this._point.x, this._point.y + 0.5);
    pen.globalAlpha = 1;
  },
}));

function begin(root) {
  const map = L.map(root, { renderer: L.canvas({ padding: 0.3, tolerance: 4 }), attributionControl: false, zoomSnap: 0.25 });
  map.createPane("streets").style.cssText = "z-index: 200; pointer-events: none";
  L.control.scale({ imperial: false }).addTo(map);
  const drawn = { map, root, things: L.layerGroup().addTo(map), streets: L.layerGroup().addTo(map), pick: null };
  drawn.onStreets = () => drawStreets(drawn);
  window.addEventListener("planner-streets", drawn.onStreets);
  // The wheel scrolls the page, unless somebody works on the map.
  map.scrollWheelZoom.disable();
  map.on("focus", () => map.scrollWheelZoom.enable());
  map.on("blur", () => map.scrollWheelZoom.disable());
  map.on("zoomend", () => restyleStreets(drawn));
  map.on("click", () => drawn.data.selectable && (drawn.data.order || drawn.data.only) && drawn.pick({ nothing: true }));
  drawn.resized = new ResizeObserver(() => map.invalidateSize({ animate: false }));
  drawn.resized.observe(root);
  return drawn;
}

function drawStreets(drawn) {
  const { data, map } = drawn;
  const streets = window.plannerStreets;
  const wanted = `${data.streets} ${data.look.streets}`;
  if (!streets || streets.id !== data.streets || drawn.drawnStreets === wanted) return;
  drawn.drawnStreets = wanted;
  drawn.streets.clearLayers();
  const renderer = L.canvas({ pane: "streets", padding: 0.3 });
  drawn.ranks = streets.ranks.map(({ rank, ...lines }) => {
    const color = data.look.streets[rank];
    const layer = L.polyline(unpack(lines), { renderer, pane: "streets", interactive: false, color, weight: STREET_PX[rank] });
    return { rank, layer: layer.addTo(drawn.streets) };
  });
  restyleStreets(drawn);
  map.fire("zoomend");
}

function restyleStreets({ map, ranks = [] }) {
  const scale = Math.min(5, Math.max(0.7, 1.35 ** (map.getZoom() - 13)));
  for (const { rank, layer } of ranks) layer.setStyle({ weight: STREET_PX[rank] * scale });
}

function disc(drawn, at, { radius, colour, label = "", opacity = 1, square = "#fff", text, what }) {
  const mark = new (discs())(at, {
    radius, label, ink: square, color: drawn.data.look.paper, fillColor: colour, weight: 1.2, fillOpacity: opacity, opacity,
  });
  return choosable(drawn, mark, text, what);
}

function choosable(drawn, layer, text, what) {
  layer.bindTooltip(() => tip(text), { sticky: true, opacity: 1 });
  if (what) {
    layer.on("click", (event) => {
      L.DomEvent.stopPropagation(event);
      drawn.pick(what);
    });
  }
  return layer.addTo(drawn.things);
}

function drawRoute(drawn, route, lines) {
  const { data } = drawn;
  const mine = data.only === route.id;
  const opacity = data.only && !mine ? 0.16 : 1;
  L.polyline(lines, { color: data.look.paper, weight: mine ? 8 : 5.5, opacity: opacity * 0.85, interactive: false }).addTo(drawn.things);
  route.legs.forEach((text, i) => {
    const line = L.polyline(lines[i], { color: route.colour, weight: mine ? 4.5 : 3, opacity });
    choosable(drawn, line, text, data.selectable && { vehicle: route.id });
  });
}

function drawStops(drawn, route) {
  const { data } = drawn;
  const mine = data.only === route.id;
  for (const stop of route.stops) {
    const opacity = data.only && !mine ? 0.3 : 1;
    const what = data.selectable && { order: stop.order };
    disc(drawn, stop.at, { radius: mine ? 11 : 5.5, colour: route.colour, label: mine ? stop.number : "", opacity, text: stop.tip, what });
  }
}

function draw(drawn) {
  const { data, things } = drawn;
  things.clearLayers();
  // What is drawn last lies on top: the vehicle that is looked at.
  const ranked = [...data.routes].sort((a, b) => (a.id === data.only) - (b.id === data.only));
  for (const route of ranked) drawRoute(drawn, route, unpack(route.lines));
  for (const route of ranked) drawStops(drawn, route);
  for (const site of data.sites) {
    const depot = site.kind === "D";
    const [colour, ink] = depot ? [data.look.ink, data.look.paper] : [data.look.paper, data.look.ink];
    const mark = disc(drawn, site.at, { radius: 11, colour, label: site.kind, square: ink, text: site.tip });
    mark.setStyle({ color: depot ? data.look.paper : data.look.ink, weight: 2 });
  }
  for (const pin of data.pins) {
    disc(drawn, pin.at, { radius: 6, colour: pin.colour, text: pin.tip, what: data.selectable && { order: pin.order } });
  }
  const chosen = [...data.routes.flatMap(({ stops }) => stops), ...data.pins].find(({ order }) => order === data.order);
  if (data.order && chosen) {
    L.circleMarker(chosen.at, { radius: RING_PX, color: data.look.ink, weight: 3, fill: false, interactive: false }).addTo(things);
    if (!drawn.map.getBounds().contains(chosen.at)) drawn.map.panTo(chosen.at);
  }
}

/** Where to look: at the vehicle that is looked at, or at everything. */
function look(drawn) {
  const { data, map } = drawn;
  const shown = JSON.stringify([data.day, data.only]);
  if (drawn.looked === shown) return;
  const first = drawn.looked === undefined || JSON.parse(drawn.looked)[0] !== data.day;
  drawn.looked = shown;
  if (!first && data.order) return; // somebody works on an order: the map stays where it is
  const focus = data.routes.filter(({ id }) => data.only === null || id === data.only);
  const stops = focus.flatMap((route) => route.stops.map(({ at }) => at));
  const points = [...stops, ...data.sites.filter(({ kind }) => kind === "D").map(({ at }) => at)];
  if (!data.routes.length) points.push(...data.pins.map(({ at }) => at));
  if (points.length) map.fitBounds(L.latLngBounds(points).pad(0.05), { animate: false, maxZoom: 16 });
}

function show(root, { data, setTriggerValue }) {
  let drawn = maps.get(root);
  if (!drawn) maps.set(root, (drawn = begin(root)));
  drawn.data = data;
  drawn.pick = (what) => setTriggerValue("picked", what);
  look(drawn);
  drawStreets(drawn);
  draw(drawn);
  root.dataset.drawn = `${data.routes.length} ${data.order ?? ""}`;
}

function end(root) {
  const drawn = maps.get(root);
  if (!drawn) return;
  window.removeEventListener("planner-streets", drawn.onStreets);
  drawn.resized.disconnect();
  drawn.map.remove();
}

export default function (given) {
  const root = given.parentElement.querySelector(".map");
  root.style.height = `${given.data.height_px}px`;
  root.style.background = given.data.look.paper;
  root.setAttribute("aria-label", given.data.label);
  root.given = given; // the newest of all that came before Leaflet did
  if (window.plannerStreets) show(root, given);
  else window.addEventListener("planner-streets", () => show(root, root.given), { once: true });
  return () => end(root);
}
