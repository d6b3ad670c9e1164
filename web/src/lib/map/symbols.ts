/** The map's symbols, drawn on a canvas at twice their size: a shape for each meaning, so that colour is not alone. */

import type { MapPalette } from './palette';
import { mapFont } from './style';

export const symbolPixelRatio = 2;

/** What must be loaded before the symbols' letters can be drawn in the page's own font. */
export const symbolFont = `700 15px '${mapFont}'`;
export const symbolLetters = '拠H!';

type Pen = CanvasRenderingContext2D;
type Draw = (pen: Pen) => void;

function circlePath(pen: Pen, x: number, y: number, radius: number): void {
  pen.beginPath();
  pen.arc(x, y, radius, 0, 2 * Math.PI);
}

function letter(pen: Pen, text: string, x: number, y: number, px: number): void {
  pen.font = `700 ${px}px '${mapFont}', sans-serif`;
  pen.textAlign = 'center';
  pen.textBaseline = 'middle';
  pen.fillText(text, x, y);
}

/** A four-armed aircraft with a nose; `round` leaves the nose out. Size 44. */
function aircraft(fill: string, edge: string, nose: boolean, hollow: boolean): Draw {
  return (pen) => {
    pen.lineJoin = 'round';
    if (hollow) {
      pen.setLineDash([4, 3]);
      circlePath(pen, 22, 22, 13);
      pen.strokeStyle = edge;
      pen.lineWidth = 6;
      pen.stroke();
      pen.strokeStyle = fill;
      pen.lineWidth = 3;
      pen.stroke();
      return;
    }
    if (nose) {
      pen.beginPath();
      pen.moveTo(22, 2);
      pen.lineTo(36, 37);
      pen.lineTo(22, 30);
      pen.lineTo(8, 37);
      pen.closePath();
    } else circlePath(pen, 22, 22, 13);
    pen.lineWidth = 5;
    pen.strokeStyle = edge;
    pen.stroke();
    pen.fillStyle = fill;
    pen.fill();
  };
}

function disc(fill: string, edge: string, ink: string, text: string, chosen: boolean): Draw {
  return (pen) => {
    circlePath(pen, 16, 16, chosen ? 14 : 11);
    pen.fillStyle = fill;
    pen.fill();
    pen.lineWidth = chosen ? 4 : 2.5;
    pen.strokeStyle = edge;
    pen.stroke();
    pen.fillStyle = ink;
    letter(pen, text, 16, 16.8, chosen ? 15 : 13);
  };
}

function square(fill: string, edge: string, ink: string, text: string, chosen: boolean): Draw {
  return (pen) => {
    const half = chosen ? 14 : 12;
    pen.fillStyle = fill;
    pen.strokeStyle = edge;
    pen.lineWidth = 2.5;
    pen.beginPath();
    pen.roundRect(16 - half, 16 - half, 2 * half, 2 * half, 5);
    pen.fill();
    pen.stroke();
    pen.fillStyle = ink;
    letter(pen, text, 16, 16.8, 15);
  };
}

function house(fill: string, edge: string): Draw {
  return (pen) => {
    pen.beginPath();
    pen.moveTo(16, 7);
    pen.lineTo(25, 15);
    pen.lineTo(25, 24);
    pen.lineTo(7, 24);
    pen.lineTo(7, 15);
    pen.closePath();
    pen.fillStyle = fill;
    pen.strokeStyle = edge;
    pen.lineWidth = 2;
    pen.lineJoin = 'round';
    pen.stroke();
    pen.fill();
  };
}

function mast(fill: string, edge: string): Draw {
  return (pen) => {
    for (const [colour, width] of [
      [edge, 5],
      [fill, 2.4],
    ] as const) {
      pen.strokeStyle = colour;
      pen.lineWidth = width;
      pen.beginPath();
      pen.moveTo(16, 26);
      pen.lineTo(16, 11);
      pen.moveTo(10, 6);
      pen.arc(16, 10, 7, -2.4, -0.74);
      pen.moveTo(11, 26);
      pen.lineTo(21, 26);
      pen.stroke();
    }
  };
}

function picture(fill: string, edge: string, dashed: boolean): Draw {
  return (pen) => {
    pen.lineWidth = 2.5;
    pen.strokeStyle = edge;
    pen.fillStyle = fill;
    if (dashed) pen.setLineDash([3, 2]);
    pen.beginPath();
    pen.roundRect(6, 9, 20, 15, 3);
    pen.fill();
    pen.stroke();
    pen.setLineDash([]);
    circlePath(pen, 16, 16.5, 4);
    pen.stroke();
  };
}

function diamond(fill: string, edge: string, ink: string, text: string): Draw {
  return (pen) => {
    pen.beginPath();
    pen.moveTo(16, 3);
    pen.lineTo(29, 16);
    pen.lineTo(16, 29);
    pen.lineTo(3, 16);
    pen.closePath();
    pen.fillStyle = fill;
    pen.strokeStyle = edge;
    pen.lineWidth = 2.5;
    pen.fill();
    pen.stroke();
    pen.fillStyle = ink;
    letter(pen, text, 16, 17, 15);
  };
}

function hatch(colour: string): Draw {
  return (pen) => {
    pen.strokeStyle = colour;
    pen.globalAlpha = 0.55;
    pen.lineWidth = 1.6;
    pen.beginPath();
    for (const offset of [-12, 0, 12]) {
      pen.moveTo(offset, 12);
      pen.lineTo(offset + 12, 0);
    }
    pen.stroke();
  };
}

function image(size: number, draw: Draw): ImageData {
  const canvas = document.createElement('canvas');
  canvas.width = canvas.height = size * symbolPixelRatio;
  const pen = canvas.getContext('2d');
  if (pen === null) return new ImageData(canvas.width, canvas.height);
  pen.scale(symbolPixelRatio, symbolPixelRatio);
  draw(pen);
  return pen.getImageData(0, 0, canvas.width, canvas.height);
}

/** Every symbol of the style by name. */
export function symbols(colour: MapPalette): ReadonlyMap<string, ImageData> {
  const { surface, normal, done, attention, act, unknown, text, halo } = colour;
  return new Map([
    ['aircraft-fresh', image(44, aircraft(normal, halo, true, false))],
    ['aircraft-fresh-round', image(44, aircraft(normal, halo, false, false))],
    ['aircraft-stale', image(44, aircraft(unknown, halo, true, false))],
    ['aircraft-stale-round', image(44, aircraft(unknown, halo, false, false))],
    ['aircraft-old-round', image(44, aircraft(unknown, halo, false, true))],
    ['place-depot', image(32, square(normal, halo, surface, '拠', false))],
    ['place-depot-chosen', image(32, square(normal, text, surface, '拠', true))],
    ['place-landing_site', image(32, disc(surface, done, text, 'H', false))],
    ['place-landing_site-chosen', image(32, disc(done, text, surface, 'H', true))],
    ['place-shelter', image(32, house(done, halo))],
    ['place-shelter-chosen', image(32, house(done, text))],
    ['place-station', image(32, mast(text, halo))],
    ['place-station-chosen', image(32, mast(normal, halo))],
    ['picture', image(32, picture(surface, normal, false))],
    ['picture-part', image(32, picture(surface, unknown, true))],
    ['picture-chosen', image(32, picture(attention, text, false))],
    ['mark-finding', image(32, diamond(act, halo, surface, '!'))],
    ['mark-turn-back', image(32, diamond(attention, halo, '#16202b', '↩'))],
    ['mark-pointer', image(32, disc('rgba(0,0,0,0)', text, text, '', false))],
    ['hatch-act', image(12, hatch(act))],
    ['hatch-attention', image(12, hatch(attention))],
  ]);
}
