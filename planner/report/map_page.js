// The map page: draws the streets and routes, fills the side panel, and ties the two together.

const plan = JSON.parse(document.getElementById("data").textContent);
const NAMES = { start: "Start", reload: "Load", charge: "Charge", swap: "Swap", break: "Break", return: "Return", end: "Back" };

// ---- map and streets

const [west, south, east, north] = plan.bbox;
const world = L.latLngBounds([south, west], [north, east]);
const map = L.map("map", {
  renderer: L.canvas({ padding: 0.3, tolerance: 5 }),
  attributionControl: false,
  zoomSnap: 0.5,
  maxZoom: 19,
  maxBounds: world.pad(0.5),
});
map.createPane("streets").style.cssText = "z-index: 200; pointer-events: none";

function drawStreets() {
  const renderer = L.canvas({ pane: "streets", padding: 0.3 });
  const layers = plan.streets.map(({ rank, ...lines }) => ({
    rank,
    layer: L.polyline(unpack(lines), { renderer, pane: "streets", interactive: false, color: STREETS[rank] }),
  }));
  const restyle = () => {
    const scale = Math.min(5, Math.max(0.7, 1.35 ** (map.getZoom() - 13)));
    for (const { rank, layer } of layers) layer.setStyle({ weight: STREET_PX[rank] * scale });
  };
  for (const { layer } of layers) layer.addTo(map);
  map.on("zoomend", restyle);
  restyle();
}

function place(kind, { id, at, facts }) {
  const icon = L.divIcon({ className: "", html: sign(kind), iconSize: [26, 26] });
  return L.marker(at, { icon, title: id, zIndexOffset: kind === "depot" ? 500 : 0 }).bindPopup(popup(id, facts));
}

// ---- vehicles: lines and stops

const fleet = plan.vehicles.map((vehicle, index) => ({
  ...vehicle,
  colour: COLOURS[index % COLOURS.length],
  shown: true,
}));
let selected = null;

function drawRoute(vehicle) {
  const shapes = unpack(vehicle.lines);
  vehicle.casing = L.polyline(shapes, { color: "#fff", weight: 6, interactive: false });
  vehicle.drives = vehicle.legs.map((leg, i) =>
    L.polyline(shapes[i], { color: vehicle.colour, weight: 3, dashArray: dash(leg.trip), lineCap: "butt" })
      .bindPopup(popup(`${vehicle.id}, trip ${leg.trip}`, `${leg.from} → ${leg.to}`, leg.facts.join(" · ")))
      .on("click", () => select(vehicle)),
  );
  vehicle.discs = vehicle.steps.filter((step) => step.number).map((step) => drawStop(vehicle, step));
}

function drawStop(vehicle, step) {
  const mark = disc(step.at, { label: step.number, colour: vehicle.colour, filled: step.trip % 2 === 1 });
  const soc = `battery ${Math.round(100 * step.soc)} %`;
  const title = `${vehicle.id}, trip ${step.trip}, stop ${step.number}`;
  const times = `${step.clock}–${step.until} · ${soc}`;
  mark.bindPopup(popup(title, `order ${step.id}`, step.address, times, step.facts.join(" · "), step.notes));
  mark.on("click", () => select(vehicle, step));
  step.mark = mark;
  return mark;
}

function discRadius(emphasised) {
  const radius = Math.min(11, Math.max(3.5, 7 + 1.6 * (map.getZoom() - 13)));
  return emphasised ? Math.max(9, radius) : radius;
}

function restyle() {
  for (const vehicle of fleet) {
    const mine = vehicle === selected;
    const opacity = selected && !mine ? 0.16 : 1;
    for (const layer of [vehicle.casing, ...vehicle.drives, ...vehicle.discs]) {
      if (vehicle.shown && !map.hasLayer(layer)) layer.addTo(map);
      if (!vehicle.shown) layer.remove();
    }
    vehicle.casing.setStyle({ opacity: opacity * 0.85, weight: mine ? 8 : 5.5 });
    for (const drive of vehicle.drives) drive.setStyle({ opacity, weight: mine ? 4.5 : 3 });
    for (const mark of vehicle.discs) mark.setStyle({ opacity, fillOpacity: opacity, radius: discRadius(mine) });
    vehicle.card.classList.toggle("selected", mine);
    vehicle.card.classList.toggle("off", !vehicle.shown);
  }
  for (const mark of leftOut) mark.setStyle({ radius: Math.max(7, discRadius(false)) });
  stack();
}

/** Lines below discs, the selected vehicle above the others. */
function stack() {
  const order = [...fleet].sort((a, b) => (a === selected) - (b === selected));
  for (const { casing, drives } of order) for (const layer of [casing, ...drives]) front(layer);
  for (const { discs } of order) discs.forEach(front);
  leftOut.forEach(front);
}

function front(layer) {
  if (map.hasLayer(layer)) layer.bringToFront();
}

function select(vehicle, step) {
  selected = vehicle;
  if (vehicle) {
    vehicle.shown = vehicle.box.checked = true;
    vehicle.card.scrollIntoView({ block: "nearest" });
  }
  for (const row of document.querySelectorAll("tr.current")) row.classList.remove("current");
  if (step) {
    vehicle.details.open = true;
    step.row.classList.add("current");
    step.row.scrollIntoView({ block: "nearest" });
  }
  restyle();
}

// ---- panel

function share(second) {
  return (100 * (second - plan.ticks.start)) / (plan.ticks.end - plan.ticks.start);
}

/** State of charge over the day: the area below it, charges in green, the reserve as a dashed line. */
function strip(vehicle) {
  const y = (soc) => 100 - 100 * soc;
  const points = vehicle.soc.map(([second, soc]) => `${share(second)},${y(soc)}`);
  const [first, last] = [vehicle.soc[0], vehicle.soc[vehicle.soc.length - 1]];
  const area = [`${share(first[0])},100`, ...points, `${share(last[0])},100`].join(" ");
  const charges = vehicle.charges.map(([from, to]) =>
    svg("rect", { class: "charging", x: share(from), width: share(to) - share(from), y: 0, height: 100 }),
  );
  const level = y(vehicle.reserve);
  return svg("svg", { class: "strip", viewBox: "0 0 100 100", preserveAspectRatio: "none", role: "img" }, [
    svg("title", {}, [`State of charge of ${vehicle.id} over the day, lowest ${vehicle.lowest}`]),
    ...plan.ticks.hours.map(([at]) => svg("line", { class: "hour", x1: share(at), x2: share(at), y1: 0, y2: 100 })),
    ...charges,
    svg("polygon", { points: area, fill: vehicle.colour, "fill-opacity": 0.16 }),
    svg("polyline", { points: points.join(" "), fill: "none", stroke: vehicle.colour }),
    svg("line", { class: "reserve", x1: 0, x2: 100, y1: level, y2: level }),
  ]);
}

function axis() {
  const every = Math.ceil(plan.ticks.hours.length / 7);
  const labels = plan.ticks.hours.filter((_, i) => i % every === 0).map(([at, clock]) => {
    const label = element("span", "", clock);
    label.style.left = `${share(at)}%`;
    return label;
  });
  return element("div", "axis", labels);
}

function battery(soc, reserve) {
  const bar = element("i", soc < reserve + 0.1 ? "low" : "");
  bar.style.width = `${100 * soc}%`;
  return element("td", "soc", [element("span", "bar", bar), `${Math.round(100 * soc)} %`]);
}

function stepRow(vehicle, step) {
  const name = step.number ? step.address || step.id : `${NAMES[step.kind]} · ${step.id}`;
  const small = [step.number && step.address ? step.id : "", ...step.facts, step.notes].filter(Boolean).join(" · ");
  const what = element("td", "", [element("b", "", name), element("small", "", small)]);
  const number = element("td", "number", step.number ? String(step.number) : "");
  const clock = element("td", "clock", step.clock);
  step.row = element("tr", step.kind, [number, clock, what, battery(step.soc, vehicle.reserve)]);
  step.row.addEventListener("click", () => {
    select(vehicle, step);
    map.setView(step.at, Math.max(map.getZoom(), 15));
    if (step.mark) step.mark.openPopup();
  });
  return step.row;
}

function stepTable(vehicle) {
  const rows = [];
  let trip = 0;
  for (const step of vehicle.steps) {
    if (step.trip !== trip) {
      trip = step.trip;
      const head = element("th", "", [`Trip ${trip}`, sample(vehicle.colour, trip)]);
      head.colSpan = 4;
      rows.push(element("tr", "trip", head));
    }
    rows.push(stepRow(vehicle, step));
  }
  return element("table", "", element("tbody", "", rows));
}

function card(vehicle) {
  vehicle.box = element("input");
  vehicle.box.type = "checkbox";
  vehicle.box.checked = true;
  vehicle.box.setAttribute("aria-label", `show ${vehicle.id}`);
  vehicle.box.style.accentColor = vehicle.colour;
  vehicle.box.addEventListener("change", () => {
    vehicle.shown = vehicle.box.checked;
    select(vehicle.shown || selected !== vehicle ? selected : null);
  });
  const name = element("button", "name", [element("b", "", vehicle.id), ` ${vehicle.type}`]);
  name.type = "button";
  name.addEventListener("click", () => {
    select(selected === vehicle ? null : vehicle);
    if (selected && vehicle.drives.length) map.fitBounds(vehicle.casing.getBounds(), { padding: [30, 30] });
  });
  const low = element("span", "low", [element("small", "", "lowest "), vehicle.lowest]);
  vehicle.details = element("details", "", [element("summary", "", "Steps"), stepTable(vehicle)]);
  const head = element("div", "head", [vehicle.box, name, low]);
  const facts = vehicle.facts.flatMap((fact, i) => [i ? " · " : "", element("span", "", fact)]);
  vehicle.card = element("article", "", [head, element("p", "facts", facts), strip(vehicle), vehicle.details]);
  vehicle.card.style.setProperty("--colour", vehicle.colour);
  return vehicle.card;
}

function leftOutItem(order, mark) {
  const item = element("li", "", [element("b", "", order.id), ` ${order.reason}`, element("small", "", order.detail)]);
  item.addEventListener("click", () => {
    map.setView(order.at, Math.max(map.getZoom(), 14));
    mark.openPopup();
  });
  return item;
}

function fillPanel() {
  document.getElementById("title").textContent = plan.title;
  const verdict = document.getElementById("verdict");
  verdict.textContent = [plan.verdict.text, ...plan.verdict.broken].join(" · ");
  verdict.className = plan.verdict.ok ? "ok" : "bad";
  const tiles = plan.kpis.map(([label, value, small]) =>
    element("div", "", [element("dt", "", label), element("dd", "", [value, element("small", "", small)])]),
  );
  document.getElementById("kpis").append(...tiles);
  const list = document.getElementById("left-out");
  list.hidden = !plan.unassigned.length;
  list.querySelector("ul").append(...plan.unassigned.map((order, i) => leftOutItem(order, leftOut[i])));
  document.getElementById("vehicles").append(axis(), ...fleet.map(card));
  document.getElementById("source").textContent = plan.source;
  document.getElementById("all").addEventListener("click", () => {
    for (const vehicle of fleet) vehicle.shown = vehicle.box.checked = true;
    select(null);
    map.fitBounds(extent());
  });
}

function control(position, node) {
  const holder = L.control({ position });
  holder.onAdd = () => node;
  L.DomEvent.disableClickPropagation(node);
  holder.addTo(map);
}

function legend() {
  const trips = Math.min(DASHES.length, Math.max(1, ...fleet.flatMap(({ legs }) => legs.map(({ trip }) => trip))));
  const lines = Array.from({ length: trips }, (_, i) => element("li", "", [sample("#444", i + 1), `trip ${i + 1}`]));
  const entry = (mark, text) => element("li", "", [mark, text]);
  const key = element("ul", "", [
    ...lines,
    entry(element("span", "stop odd", "1"), trips > 1 ? "stop, odd trips" : "stop"),
    ...(trips > 1 ? [entry(element("span", "stop", "1"), "stop, even trips")] : []),
    entry(sign("depot"), "depot"),
    ...(plan.stations.length ? [entry(sign("station"), "charging station")] : []),
    ...(leftOut.length ? [entry(element("span", "stop out", "!"), "not planned")] : []),
  ]);
  const box = element("details", "legend", [element("summary", "", "Legend"), key]);
  box.open = window.innerWidth > 800;
  return box;
}

/** What to look at first; an order left out because it lies in another city must not shrink the map to a dot. */
function extent() {
  const near = plan.unassigned.filter(({ at }) => world.pad(0.1).contains(at));
  const points = [...fleet.flatMap(({ steps }) => steps), ...plan.depots, ...near].map(({ at }) => at);
  return points.length ? L.latLngBounds(points).pad(0.03) : world;
}

// ---- go

const leftOut = plan.unassigned.map(({ id, at, address, reason, detail }) =>
  disc(at, { label: "!", colour: RED, filled: true }).bindPopup(
    popup(`Order ${id}: not planned`, address, reason, detail),
  ),
);
map.fitBounds(extent());
drawStreets();
fleet.forEach(drawRoute);
leftOut.forEach((mark) => mark.addTo(map));
plan.stations.forEach((station) => place("station", station).addTo(map));
plan.depots.forEach((depot) => place("depot", depot).addTo(map));
fillPanel();
control("bottomright", element("div", "attribution", `${plan.attribution} · Leaflet`));
control("topright", legend());
L.control.scale({ imperial: false }).addTo(map);
restyle();
map.on("zoomend", restyle);
map.on("click", () => select(null));
window.addEventListener("beforeprint", () => {
  map.invalidateSize({ animate: false });
  for (const { details } of fleet) details.open = true;
});
