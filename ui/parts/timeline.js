// The timeline: a lane per vehicle. A click selects; a stop that is dragged tells before which other one it was dropped.

const LANE_PX = 34, BAR_PX = 16, STRIP_PX = 11, TOP_PX = 20, LEAST_PX = 5, STEP_PX = 4;
const PX_PER_HOUR = 150;
const lives = new WeakMap(); // what is remembered between two drawings, by the node that is drawn in

function text(at, content, attributes = {}) {
  return svg("text", { x: at[0], y: at[1], ...attributes }, content);
}

/** Where each second and each lane lies. */
function scale(data, width_px) {
  const [begin, end] = data.span;
  const x = (second) => (width_px * (second - begin)) / (end - begin);
  const y = (lane) => TOP_PX + LANE_PX * lane;
  const lane = (py) => Math.max(0, Math.min(data.lanes.length - 1, Math.floor((py - TOP_PX) / LANE_PX)));
  return { x, y, lane, width_px, height_px: y(data.lanes.length) + 2 };
}

function grid(data, at) {
  const lines = data.hours.map(([second]) =>
    svg("line", { class: "hour", x1: at.x(second), x2: at.x(second), y1: TOP_PX - 4, y2: at.height_px }),
  );
  const windows = data.windows.map(([from, to]) => {
    const [a, b] = [Math.max(0, at.x(from)), Math.min(at.width_px, at.x(to))];
    return svg("rect", { class: "window", x: a, y: TOP_PX, width: Math.max(0, b - a), height: at.height_px - TOP_PX });
  });
  const now = data.now
    ? [svg("line", { class: "now", x1: at.x(data.now[0]), x2: at.x(data.now[0]), y1: 0, y2: at.height_px })]
    : [];
  return [...windows, ...lines, ...now];
}

/** The clock above the lanes, which stays in sight where they are scrolled. */
function clock(data, at, scrolled_px) {
  const hours = data.hours.map(([second, hour], i) =>
    text([at.x(second) + (i ? -3 : 3), 12], hour, { class: "clock", "text-anchor": i ? "end" : "start" }),
  );
  const now = data.now
    ? [text([at.x(data.now[0]) + 3, 12], `${data.words.now} ${data.now[1]}`, { class: "now-clock" })]
    : [];
  const row = svg("rect", { class: "row", x: 0, y: 0, width: at.width_px, height: TOP_PX - 4 });
  return svg("g", { class: "hours", transform: `translate(0 ${scrolled_px})` }, [row, ...hours, ...now]);
}

/** The charge over the day as a line below the bars, and the reserve. */
function strip(lane, y, at, data) {
  if (!lane.stored.length) return [];
  const level = (share) => y + LANE_PX - 3 - STRIP_PX * share;
  const points = lane.stored.map(([second, share]) => `${at.x(second)},${level(share)}`).join(" ");
  const [a, b] = [at.x(lane.stored[0][0]), at.x(lane.stored[lane.stored.length - 1][0])];
  const reserve = svg("line", { class: "reserve", x1: a, x2: b, y1: level(lane.reserve), y2: level(lane.reserve) }, [
    svg("title", {}, data.words.reserve),
  ]);
  return [svg("polyline", { class: "stored", points, stroke: lane.colour }, svg("title", {}, data.words.battery)), reserve];
}

function bar(entry, lane, y, at, data) {
  const x = at.x(entry.from);
  const width = Math.max(entry.order ? LEAST_PX : 0.5, at.x(entry.to) - x);
  const [top, height] = { drive: [5, 6], wait: [7, 2], charge: [10, 6] }[entry.kind] ?? [0, BAR_PX];
  const selected = entry.order !== undefined && entry.order === data.order;
  const shape = svg("rect", { class: `bar ${entry.kind}`, x, y: y + top, width, height, rx: 2, fill: lane.colour });
  const marks = [shape];
  if (entry.order && width > 8 + 6 * entry.number.length) {
    marks.push(text([x + width / 2, y + 12], entry.number, { class: "number", "text-anchor": "middle" }));
  }
  if (entry.late) marks.push(svg("rect", { class: "late", x, y: y - 2, width, height: 2 }));
  if (selected) marks.push(svg("rect", { class: "selected", x: x - 2, y: y - 2, width: width + 4, height: BAR_PX + 4, rx: 3 }));
  const group = svg("g", entry.order ? { class: "stop", "data-order": entry.order } : {}, marks);
  group.append(svg("title", {}, entry.tip));
  return group;
}

function lane(data, number, at) {
  const of = data.lanes[number];
  const y = at.y(number) + 3;
  const faded = data.only !== null && data.only !== of.id;
  // Stops last: they lie on top of all that they can be mistaken for.
  const bars = [...of.bars].sort((a, b) => (a.order !== undefined) - (b.order !== undefined));
  return svg("g", { class: faded ? "lane faded" : "lane" }, [
    svg("line", { class: "floor", x1: 0, x2: at.width_px, y1: at.y(number), y2: at.y(number) }),
    ...strip(of, at.y(number), at, data),
    ...bars.map((entry) => bar(entry, of, y, at, data)),
  ]);
}

/** Before which stop of a lane something is dropped: the first whose middle lies behind it. */
function gap(of, x, at, dragged) {
  const stops = of.bars.filter(({ order }) => order !== undefined && order !== dragged).sort((a, b) => a.from - b.from);
  const next = stops.find((stop) => at.x((stop.from + stop.to) / 2) > x);
  const last = stops[stops.length - 1];
  const edge = next ? at.x(next.from) - 2 : last ? at.x(last.to) + 2 : x;
  return { before: next ? next.order : null, edge };
}

/** Let stops be dragged, by mouse, pen or finger. */
function draggable(board, life) {
  let held = null;
  const place = (event) => {
    const box = board.getBoundingClientRect();
    return [event.clientX - box.left, event.clientY - box.top];
  };
  const drop = () => {
    for (const node of board.querySelectorAll(".ghost")) node.remove();
    held = null;
  };
  board.addEventListener("pointerdown", (event) => {
    const stop = event.target.closest(".stop");
    if (!stop || event.button) return;
    held = { order: stop.dataset.order, from: place(event), moved: false };
    board.setPointerCapture(event.pointerId);
  });
  board.addEventListener("pointermove", (event) => {
    if (!held) return;
    const [x, y] = place(event);
    held.moved ||= Math.hypot(x - held.from[0], y - held.from[1]) > STEP_PX;
    if (!held.moved) return;
    const { at, data } = life;
    const number = at.lane(y);
    const { before, edge } = gap(data.lanes[number], x, at, held.order);
    held.to = { vehicle: data.lanes[number].id, before };
    for (const node of board.querySelectorAll(".ghost")) node.remove();
    const top = at.y(number);
    board.append(
      svg("g", { class: "ghost" }, [
        svg("rect", { class: "target", x: 0, y: top, width: at.width_px, height: LANE_PX }),
        svg("line", { class: "gap", x1: edge, x2: edge, y1: top, y2: top + LANE_PX }),
        text([x + 10, y + 4], held.order, { class: "carried" }),
      ]),
    );
  });
  board.addEventListener("pointerup", () => {
    if (held?.moved && held.to) life.tell("dropped", { order: held.order, ...held.to, version: life.data.version });
    else if (held) life.tell("picked", { order: held.order });
    drop();
  });
  board.addEventListener("pointercancel", drop);
  life.root.addEventListener("keydown", (event) => event.key === "Escape" && drop());
}

function names(data, life) {
  return data.lanes.map(({ id, colour }) => {
    const name = element("button", { type: "button", title: id, "aria-pressed": String(data.only === id) }, id);
    name.style.setProperty("--colour", colour);
    name.addEventListener("click", () => life.tell("picked", { vehicle: id }));
    return name;
  });
}

function legend(data) {
  const kinds = Object.entries(data.words.legend).map(([kind, word]) => element("li", { class: kind }, word));
  if (data.windows.length) kinds.push(element("li", { class: "window" }, data.words.window));
  return [element("ul", {}, kinds), element("p", {}, data.words.hint)];
}

function draw(life) {
  const { data, root } = life;
  const body = root.querySelector(".body");
  const room_px = body.clientWidth - root.querySelector(".names").offsetWidth;
  const least_px = ((data.span[1] - data.span[0]) / 3600) * PX_PER_HOUR;
  const at = (life.at = scale(data, Math.max(room_px - 2, least_px * life.zoom)));
  const board = root.querySelector("svg");
  board.setAttribute("width", at.width_px);
  board.setAttribute("height", at.height_px);
  const lanes = data.lanes.map((_, number) => lane(data, number, at));
  board.replaceChildren(...grid(data, at), ...lanes, clock(data, at, body.scrollTop));
  root.querySelector(".names").replaceChildren(...names(data, life));
  root.querySelector(".legend").replaceChildren(...legend(data));
  root.dataset.version = data.version;
  root.dataset.order = data.order ?? "";
}

function begin(root) {
  const life = { root, zoom: 0 };
  draggable(root.querySelector("svg"), life);
  for (const [name, factor] of [["closer", 2], ["wider", 0.5]]) {
    root.querySelector(`.${name}`).addEventListener("click", () => {
      life.zoom = Math.min(8, Math.max(1, life.zoom || 1) * factor);
      if (life.zoom < 1) life.zoom = 0;
      draw(life);
    });
  }
  const body = root.querySelector(".body");
  body.addEventListener("scroll", () =>
    root.querySelector(".hours").setAttribute("transform", `translate(0 ${body.scrollTop})`),
  );
  life.resized = new ResizeObserver(() => draw(life));
  return life;
}

export default function ({ data, parentElement, setTriggerValue }) {
  const root = parentElement.querySelector(".timeline");
  const { look } = data;
  for (const name of ["paper", "ink", "red"]) root.style.setProperty(`--${name}`, look[name]);
  root.setAttribute("aria-label", data.words.label);
  let life = lives.get(root);
  if (!life) lives.set(root, (life = begin(root)));
  life.data = data;
  life.tell = setTriggerValue;
  draw(life);
  life.resized.observe(root.querySelector(".body"));
  return () => life.resized.disconnect();
}
