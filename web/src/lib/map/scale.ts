/** The scale bar: a round length that fits. */

export interface ScaleBar {
  readonly metres: number;
  readonly widthPx: number;
}

const earthCircumferenceM = 40_075_016.686;
const tilePx = 512;

/** Metres a pixel of a Web Mercator map at a zoom of MapLibre and a latitude. */
export function metresPerPixel(zoom: number, latDeg: number): number {
  return (earthCircumferenceM * Math.cos((latDeg * Math.PI) / 180)) / (tilePx * 2 ** zoom);
}

/** The largest 1, 2 or 5 × 10ⁿ metres whose bar is at most `longestPx` wide. */
export function scaleBar(metresAPixel: number, longestPx: number): ScaleBar {
  const longestM = metresAPixel * longestPx;
  const decade = 10 ** Math.floor(Math.log10(longestM));
  const step = [5, 2, 1].find((factor) => factor * decade <= longestM) ?? 1;
  return { metres: step * decade, widthPx: (step * decade) / metresAPixel };
}

/** `500 m`, `2 km`. */
export function barLength(metres: number): string {
  return metres < 1000 ? `${metres} m` : `${metres / 1000} km`;
}
