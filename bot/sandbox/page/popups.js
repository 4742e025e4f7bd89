/** Lists that float beside the thing they belong to, and close when something else is used. */

const GAP = 4;

/** Put a popup under its anchor, or above where there is more room. */
export function placeBeside(anchor, popup, { wide = false } = {}) {
  const box = anchor.getBoundingClientRect();
  const below = window.innerHeight - box.bottom - GAP * 2;
  const above = box.top - GAP * 2;
  const up = below < 180 && above > below;
  popup.style.maxHeight = `${Math.min(320, up ? above : below)}px`;
  if (wide) popup.style.width = `${box.width}px`;
  const left = Math.max(GAP, Math.min(box.left, window.innerWidth - popup.offsetWidth - GAP));
  popup.style.left = `${left}px`;
  popup.style.top = up ? `${box.top - GAP - popup.offsetHeight}px` : `${box.bottom + GAP}px`;
}

/** Keep an open popup beside its anchor, and `close` it at the next press outside. Returns a stop. */
export function whileOpen(inside, { close, place }) {
  const onPress = (event) => {
    if (!inside.contains(event.target)) close();
  };
  const onMove = (event) => {
    if (!inside.contains(event.target)) place();
  };
  document.addEventListener("pointerdown", onPress, true);
  document.addEventListener("scroll", onMove, true);
  window.addEventListener("resize", place);
  return () => {
    document.removeEventListener("pointerdown", onPress, true);
    document.removeEventListener("scroll", onMove, true);
    window.removeEventListener("resize", place);
  };
}
