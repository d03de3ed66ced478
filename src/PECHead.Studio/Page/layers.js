// What led to a frame, drawn over it. Attributes and not styles, so that a saved SVG looks the same.
import { state } from './state.js';

const Space = 'http://www.w3.org/2000/svg', Lines = 17, Arrows = 20;
export const Layers = [
  ['keypoints', 'Points, and where they come from'], ['landmarks', '68 landmarks of the pose'],
  ['flow', 'Flow as colour'], ['arrows', 'Flow as arrows'], ['grid', 'Warped grid'],
  ['occlusion', 'Occlusion (yellow is visible)'], ['offsets', 'Deformable offsets under the cursor'],
];

export const hue = (i, count) => `hsl(${Math.round(i * 360 / Math.max(count, 1))} 85% 62%)`;
export const BranchColours = ['#ffb000', '#38bdf8', '#f472b6'];

const add = (target, name, attributes) => {
  const element = document.createElementNS(Space, name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  target.append(element);
  return element;
};

// [-1, 1], whose ends are pixel centres, in a picture of S pixels that is 1 wide.
const size = 128;
const place = value => ((value + 1) / 2 * (size - 1) + 0.5) / size;
const pairs = numbers => Array.from({ length: numbers.length / 2 }, (_, i) => [place(numbers[2 * i]), place(numbers[2 * i + 1])]);
const floats = text => new Float32Array(Uint8Array.from(atob(text), letter => letter.charCodeAt(0)).buffer);
const field = motion => motion.field ??= floats(motion.deformation);
const even = (count, wanted) => Array.from({ length: Math.min(wanted, count) }, (_, i) => Math.round(i * (count - 1) / (Math.min(wanted, count) - 1)));

export const motionOf = answer => {
  const motions = answer?.inside?.motions;
  return motions && (motions.find(motion => motion.name === state.motion) ?? motions[0]);
};

const points = (target, places, radius = 0.009) => places.forEach(([x, y], i) => add(target, 'circle', { cx: x, cy: y, r: radius, fill: hue(i, places.length), stroke: '#101018', 'stroke-width': 0.003 }));

const line = (target, path, colour, width) => {
  add(target, 'path', { d: path, fill: 'none', stroke: '#101018', 'stroke-opacity': 0.55, 'stroke-width': width * 2.2, 'stroke-linejoin': 'round', 'stroke-linecap': 'round' });
  add(target, 'path', { d: path, fill: 'none', stroke: colour, 'stroke-width': width, 'stroke-linejoin': 'round', 'stroke-linecap': 'round' });
};

const outline = places => places.map(([x, y], i) => `${i ? 'L' : 'M'}${x.toFixed(4)} ${y.toFixed(4)}`).join('');

const map = (target, png) => add(target, 'image', { href: `data:image/png;base64,${png}`, width: 1, height: 1, preserveAspectRatio: 'none', opacity: 0.72 });

const arrows = (target, motion) => {
  const deformation = field(motion);
  let path = '';
  for (const row of even(motion.rows, Arrows)) {
    for (const column of even(motion.columns, Arrows)) {
      const at = 2 * (row * motion.columns + column);
      const [x, y] = [place(2 * column / (motion.columns - 1) - 1), place(2 * row / (motion.rows - 1) - 1)];
      const [dx, dy] = [place(deformation[at]) - x, place(deformation[at + 1]) - y], length = Math.hypot(dx, dy);
      if (length < 0.004) continue;
      const barb = Math.min(0.016, 0.45 * length), [ux, uy] = [dx / length, dy / length];
      path += outline([[x, y], [x + dx, y + dy]]) + outline([
        [x + dx - barb * (ux + 0.6 * uy), y + dy - barb * (uy - 0.6 * ux)], [x + dx, y + dy], [x + dx - barb * (ux - 0.6 * uy), y + dy - barb * (uy + 0.6 * ux)]]);
    }
  }
  line(target, path, '#ffffff', 0.004);
};

const grid = (target, motion) => {
  const deformation = field(motion);
  const from = (row, column) => { const at = 2 * (row * motion.columns + column); return [place(deformation[at]), place(deformation[at + 1])]; };
  const across = even(motion.rows, Lines).map(row => outline(Array.from({ length: motion.columns }, (_, column) => from(row, column))));
  const down = even(motion.columns, Lines).map(column => outline(Array.from({ length: motion.rows }, (_, row) => from(row, column))));
  line(target, [...across, ...down].join(''), '#ff9d4d', 0.0035);
};

const cell = (target, offsets, colour) => add(target, 'rect', {
  x: offsets.column / offsets.columns, y: offsets.row / offsets.rows, width: 1 / offsets.columns, height: 1 / offsets.rows, fill: 'none', stroke: colour, 'stroke-width': 0.005 });

export const drawModel = (target, answer, layers, offsets) => {
  target.replaceChildren();
  if (!answer || state.whole) return;
  const motion = motionOf(answer);
  if (motion) {
    if (layers.includes('flow')) map(target, motion.flow);
    if (layers.includes('occlusion')) map(target, motion.occlusion);
    if (layers.includes('arrows')) arrows(target, motion);
    if (layers.includes('landmarks') && answer.inside.landmarks) {
      for (const [x, y] of pairs(answer.inside.landmarks)) add(target, 'circle', { cx: x, cy: y, r: 0.006, fill: '#a7f3d0', stroke: '#101018', 'stroke-width': 0.003 });
    }
    if (layers.includes('keypoints')) {
      const [from, to] = [pairs(motion.source), pairs(motion.driving)];
      from.forEach((source, i) => line(target, outline([source, to[i]]), hue(i, from.length), 0.004));
      points(target, to);
    }
    if (layers.includes('offsets')) offsets?.forEach((branch, i) => cell(target, branch, BranchColours[i]));
  }
  if (answer.nose) add(target, 'circle', { cx: place(answer.nose[0]), cy: place(answer.nose[1]), r: 0.017, fill: '#ffffff', 'fill-opacity': 0.2, stroke: '#ffffff', 'stroke-width': 0.006, 'data-nose': '' });
};

export const drawSource = (target, answer, layers, offsets) => {
  target.replaceChildren();
  const motion = motionOf(answer);
  if (!motion) return;
  if (layers.includes('grid')) grid(target, motion);
  if (layers.includes('keypoints')) points(target, pairs(motion.source));
  if (!layers.includes('offsets')) return;
  offsets?.forEach((branch, i) => {
    for (const [, x0, y0, x, y, weight] of branch.samples) {
      const [from, to] = [[(x0 + 0.5) / branch.columns, (y0 + 0.5) / branch.rows], [(x + 0.5) / branch.columns, (y + 0.5) / branch.rows]];
      add(target, 'path', { d: outline([from, to]), stroke: BranchColours[i], 'stroke-opacity': 0.35, 'stroke-width': 0.0025 });
      add(target, 'circle', { cx: to[0], cy: to[1], r: 0.011 * Math.sqrt(Math.max(0, weight / branch.largestWeight)), fill: BranchColours[i], 'fill-opacity': 0.85, stroke: '#101018', 'stroke-width': 0.002 });
    }
    cell(target, branch, BranchColours[i]);
  });
};
