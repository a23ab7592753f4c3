/** The wheel: time, with Shift frequency, with Ctrl zoom around the pointer. */

const LINE_PX = 32;
const PER_PX = 0.0022;

/** Listen on an element whose points `pointAt` knows; `onTurn` comes after. Returns a stop. */
export function mountWheel(element, { actions, pointAt, size, onTurn }) {
  const stop = new AbortController();
  const turn = (event) => {
    event.preventDefault();
    const unit = event.deltaMode === 0 ? 1 : LINE_PX;
    const down = event.deltaY * unit;
    const right = event.deltaX * unit;
    const { time_s, hz } = pointAt(event);
    const { width, height } = size();
    if ((event.ctrlKey || event.metaKey) && event.shiftKey && hz !== null) {
      actions.zoomFrequency(Math.exp(-(down || right) * PER_PX), hz);
    } else if (event.ctrlKey || event.metaKey) actions.zoom(Math.exp(-down * PER_PX), time_s);
    else if (event.shiftKey) actions.panFrequency(-(down || right) / height);
    else actions.pan((down + right) / width);
    onTurn(pointAt(event));
  };
  element.addEventListener("wheel", turn, { passive: false, signal: stop.signal });
  return () => stop.abort();
}
