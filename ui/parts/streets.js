// The streets of a map: sent once, and kept for all maps of the page, as they are much larger than all that is on them.

export default function ({ data }) {
  window.plannerStreets = data;
  window.dispatchEvent(new Event("planner-streets"));
}
