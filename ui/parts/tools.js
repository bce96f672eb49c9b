// What the parts of the screen share. Text becomes part of the page as text, never as HTML.

const SVG = "http://www.w3.org/2000/svg";

function element(tag, attributes = {}, children = []) {
  return grown(document.createElement(tag), attributes, children);
}

function svg(tag, attributes = {}, children = []) {
  return grown(document.createElementNS(SVG, tag), attributes, children);
}

function grown(node, attributes, children) {
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
  node.append(...[children].flat()); // append() takes strings as text
  return node;
}

/** Several lines of text, the first one bold. */
function tip(text) {
  const lines = text.split("\n").filter(Boolean);
  return element("div", {}, lines.map((line, at) => element(at ? "div" : "b", {}, line)));
}
