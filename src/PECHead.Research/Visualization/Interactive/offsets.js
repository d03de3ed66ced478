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
    const toX = column => (column + 0.5) * at.width / at.mapColumns, toY = row => (row + 0.5) * at.height / at.mapRows;
    let pinned = { row: at.row, column: at.column };

    const add = (name, attributes) => {
      const element = document.createElementNS(space, name);
      for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
      svg.append(element);
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
          const tapColumn = column + (tap % at.side - (at.side >> 1)) * at.dilation;
          const tapRow = row + (Math.floor(tap / at.side) - (at.side >> 1)) * at.dilation;
          const shiftY = offsets[2 * sample * plane + cell] * at.offsetUnit, shiftX = offsets[(2 * sample + 1) * plane + cell] * at.offsetUnit;
          const share = weights[(2 * samples + sample) * plane + cell] * at.weightUnit;
          points.push({ color: at.colors[group], x0: toX(tapColumn), y0: toY(tapRow), x: toX(tapColumn + shiftX), y: toY(tapRow + shiftY), share });
          dx += shiftX; dy += shiftY; weight += share;
        }
      }
      svg.replaceChildren();
      for (const p of points) add('line', { x1: p.x0, y1: p.y0, x2: p.x, y2: p.y, stroke: p.color, 'stroke-width': 1, opacity: 0.7 });
      for (const p of points.slice(0, taps)) add('circle', { cx: p.x0, cy: p.y0, r: 1.6, fill: '#fff', stroke: '#111', 'stroke-width': 0.8 });
      for (const p of points) {
        const radius = at.radius * Math.sqrt(p.share / (255 * at.weightUnit));
        add('circle', { cx: p.x, cy: p.y, r: radius, fill: p.color, stroke: '#111', 'stroke-width': 0.8, opacity: 0.85 });
      }
      const side = at.width / at.mapColumns, height = at.height / at.mapRows;
      for (const [stroke, width] of [['#fff', 2.5], ['#111', 1.2]])
        add('rect', { x: toX(column) - side / 2, y: toY(row) - height / 2, width: side, height, fill: 'none', stroke, 'stroke-width': width });
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
