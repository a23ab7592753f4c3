/** Bars that stand for tags too many to draw: one a bin, stacked by class. */

/** Draw a density along the bottom of an area; the fullest bin in view has the full height. */
export function drawDensity(context, density, scale, bottom, height, looks) {
  const { start_s, end_s, bins, counts } = density;
  const bin_s = (end_s - start_s) / bins;
  const most = fullest(density, scale, bin_s);
  if (most === 0) return;
  const width = Math.max(1, bin_s * scale.pixelsPerSecond);
  const gap = width > 4 ? 1 : 0;
  for (let bin = 0; bin < bins; bin += 1) {
    const x = scale.toPixels(start_s + bin * bin_s);
    if (x + width < 0 || x > context.canvas.width) continue;
    let y = bottom;
    for (const series of counts) {
      const count = series.counts[bin];
      if (count === 0) continue;
      const tall = Math.max((count / most) * height, 1);
      context.fillStyle = looks.of(series).colour;
      context.fillRect(x, y - tall, width - gap, tall);
      y -= tall;
    }
  }
}

function fullest({ start_s, bins, counts }, scale, bin_s) {
  const first = Math.max(0, Math.floor((scale.toSeconds(0) - start_s) / bin_s));
  let most = 0;
  for (let bin = first; bin < bins; bin += 1) {
    let sum = 0;
    for (const series of counts) sum += series.counts[bin];
    if (sum > most) most = sum;
  }
  return most;
}
