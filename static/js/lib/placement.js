/** Where a picture lies in its frame, whole or zoomed, and points of it as fractions. No DOM. */

const MOST_ZOOM = 40;

/** The picture's place when it is as large as fits; zoom 1. */
export function fitted(picture, frame) {
  const scale = Math.min(frame.width / picture.width, frame.height / picture.height);
  const width = picture.width * scale;
  const height = picture.height * scale;
  return { x: (frame.width - width) / 2, y: (frame.height - height) / 2, width, height, zoom: 1 };
}

/** The place after zooming around a point of the frame, between fitting and 40 times that. */
export function zoomedPlace(place, factor, point) {
  const zoom = Math.min(Math.max(place.zoom * factor, 1), MOST_ZOOM);
  const by = zoom / place.zoom;
  return {
    x: point.x - (point.x - place.x) * by,
    y: point.y - (point.y - place.y) * by,
    width: place.width * by,
    height: place.height * by,
    zoom,
  };
}

/** The place moved back so that the picture never leaves its frame. */
export function keptInFrame(place, frame) {
  return {
    ...place,
    x: keptAlong(place.x, place.width, frame.width),
    y: keptAlong(place.y, place.height, frame.height),
  };
}

function keptAlong(at, size, room) {
  if (size <= room) return (room - size) / 2;
  return Math.min(0, Math.max(at, room - size));
}

/** A point of the frame as fractions of the picture; outside it they are below 0 or above 1. */
export function fractionAt(place, { x, y }) {
  return { x: (x - place.x) / place.width, y: (y - place.y) / place.height };
}

/** A rectangle in fractions as pixels of the frame. */
export function pixelsOf(place, { x1, y1, x2, y2 }) {
  return {
    x: place.x + x1 * place.width,
    y: place.y + y1 * place.height,
    width: (x2 - x1) * place.width,
    height: (y2 - y1) * place.height,
  };
}
