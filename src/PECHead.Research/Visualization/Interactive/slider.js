// Shows one of many pictures that lie in one large picture, row by row, chosen by one slider per axis.
(() => {
  for (const root of document.querySelectorAll('.pechead-slider:not([data-ready])')) {
    root.dataset.ready = 'yes';
    const stage = root.querySelector('.pechead-stage');
    const columns = Number(root.dataset.columns), rows = Number(root.dataset.rows);
    const sliders = [...root.querySelectorAll('input')];
    const values = JSON.parse(root.dataset.values);
    const show = () => {
      let frame = 0;
      sliders.forEach((slider, axis) => {
        frame = frame * values[axis].length + Number(slider.value);
        slider.parentElement.querySelector('output').textContent = values[axis][slider.value];
      });
      const x = columns > 1 ? 100 * (frame % columns) / (columns - 1) : 0;
      const y = rows > 1 ? 100 * Math.floor(frame / columns) / (rows - 1) : 0;
      stage.style.backgroundPosition = `${x}% ${y}%`;
    };
    sliders.forEach(slider => slider.addEventListener('input', show));
    show();
  }
})();
