// A page that we have written, in a frame of its own where no script runs and nothing is asked for.

export default function ({ data, parentElement }) {
  const frame = parentElement.querySelector("iframe");
  frame.title = data.label;
  frame.style.cssText = `width: 100%; height: ${data.height_px}px; border: 0; border-radius: 0.4rem; background: #fff`;
  if (frame.srcdoc !== data.html) frame.srcdoc = data.html;
}
