// Leaflet, and the streets of a map: sent once, and kept for all maps of the page, as they are larger than all that is on them.

const HASH = 64; // characters before the JSON

export default function ({ data }) {
  const text = new TextDecoder();
  const id = text.decode(data.subarray(0, HASH));
  if (window.plannerStreets?.id === id) return;
  window.plannerStreets = { id, ranks: JSON.parse(text.decode(data.subarray(HASH))) };
  window.dispatchEvent(new Event("planner-streets"));
}
