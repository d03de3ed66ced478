// Draws the sampling points of the output pixel under the pointer; a click pins one.
(() => {
  const space = 'http://www.w3.org/2000/svg';
  const unpack = async text => {
    const packed = Uint8Array.from(atob(text), letter => letter.charCodeAt(0));
    const plain = new Blob([packed]).stream().pipeThrough(new DecompressionStream('deflate'));
    return new Uint8Array(await new Response(plain).arrayBuffer());
  };
  const start = async root => {
    const at = JSON.parse(root.dataset.layout);
    const taps = at.side * at.side, samples = at.groups * taps;
    const columns = Math.ceil(at.mapColumns / at.stride), rows = Math.ceil(at.mapRows / at.stride), plane = rows * columns;
    const weights = await unpack(root.dataset.samples);
    for (let i = 0; i < weights.length; i++) if (i % columns) weights[i] += weights[i - 1];
    const offsets = new Int8Array(weights.buffer);
    const svg = root.querySelector('svg'), select = root.querySelector('select'), output = root.querySelector('output');
    const lens = root.querySelector('.pechead-lens'), image = root.querySelector('img');
    let pinned = { row: at.row, column: at.column };

    const add = (target, name, attributes) => {
      const element = document.createElementNS(space, name);
      for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
      target.append(element);
    };
    // The map lies over a box of the target; points are in pixels of the map.
    const draw = (target, box, row, column, points) => {
      const width = box.width / at.mapColumns, height = box.height / at.mapRows;
      const toX = value => box.x + (value + 0.5) * width, toY = value => box.y + (value + 0.5) * height;
      const largest = Math.max(3, Math.min(8, 0.38 * width));
      for (const p of points) add(target, 'line', { x1: toX(p.x0), y1: toY(p.y0), x2: toX(p.x), y2: toY(p.y), stroke: p.color, 'stroke-width': 1.4, opacity: 0.75 });
      for (const p of points.slice(0, taps)) add(target, 'circle', { cx: toX(p.x0), cy: toY(p.y0), r: 1.6, fill: '#fff', stroke: '#111', 'stroke-width': 0.8 });
      for (const p of points) {
        const r = largest * Math.sqrt(p.share / (255 * at.weightUnit));
        add(target, 'circle', { cx: toX(p.x), cy: toY(p.y), r, fill: p.color, stroke: '#111', 'stroke-width': 0.8, opacity: 0.85 });
      }
      for (const [stroke, strokeWidth] of [['#fff', 2.5], ['#111', 1.2]])
        add(target, 'rect', { x: toX(column) - width / 2, y: toY(row) - height / 2, width, height, fill: 'none', stroke, 'stroke-width': strokeWidth });
    };
    const magnify = (row, column, points) => {
      const farthest = Math.max(...points.map(p => Math.max(Math.abs(p.x - column), Math.abs(p.y - row))));
      const reach = at.lensReaches.find(value => value >= farthest) ?? at.lensReaches.at(-1);
      const scale = at.lens / (2 * reach + 1) * at.mapColumns / at.width;
      const x = (column + 0.5) * at.width / at.mapColumns, y = (row + 0.5) * at.height / at.mapRows;
      const box = { x: at.lens / 2 - x * scale, y: at.lens / 2 - y * scale, width: at.width * scale, height: at.height * scale };
      lens.replaceChildren();
      add(lens, 'image', { ...box, href: image.src });
      draw(lens, box, row, column, points);
    };
    const show = pixel => {
      const storedRow = Math.floor(pixel.row / at.stride), storedColumn = Math.floor(pixel.column / at.stride);
      const row = storedRow * at.stride, column = storedColumn * at.stride, cell = storedRow * columns + storedColumn;
      const chosen = Number(select.value), points = [];
      let dx = 0, dy = 0, weight = 0;
      for (let group = 0; group < at.groups; group++) {
        if (chosen >= 0 && chosen !== group) continue;
        for (let tap = 0; tap < taps; tap++) {
          const sample = group * taps + tap;
          const x0 = column + (tap % at.side - (at.side >> 1)) * at.dilation;
          const y0 = row + (Math.floor(tap / at.side) - (at.side >> 1)) * at.dilation;
          const shiftY = offsets[2 * sample * plane + cell] * at.offsetUnit, shiftX = offsets[(2 * sample + 1) * plane + cell] * at.offsetUnit;
          const share = weights[(2 * samples + sample) * plane + cell] * at.weightUnit;
          points.push({ color: at.colors[group], x0, y0, x: x0 + shiftX, y: y0 + shiftY, share });
          dx += shiftX; dy += shiftY; weight += share;
        }
      }
      svg.replaceChildren();
      draw(svg, { x: 0, y: 0, width: at.width, height: at.height }, row, column, points);
      magnify(row, column, points);
      const mean = value => (value / points.length).toFixed(2);
      output.textContent = `row ${row}, column ${column}: mean offset ${mean(dx)} right, ${mean(dy)} down, mean weight ${mean(weight)}`;
    };
    const under = event => {
      const box = svg.getBoundingClientRect();
      const clip = (value, count) => Math.max(0, Math.min(count - 1, Math.floor(value * count)));
      return { row: clip((event.clientY - box.top) / box.height, at.mapRows), column: clip((event.clientX - box.left) / box.width, at.mapColumns) };
    };
    svg.addEventListener('pointermove', event => show(under(event)));
    svg.addEventListener('click', event => { pinned = under(event); show(pinned); });
    svg.addEventListener('pointerleave', () => show(pinned));
    select.addEventListener('change', () => show(pinned));
    show(pinned);
  };
  for (const root of document.querySelectorAll('.pechead-offsets:not([data-ready])')) {
    root.dataset.ready = 'yes';
    start(root);
  }
})();
