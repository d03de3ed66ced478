// Draws charts with plotly.js in the place of their still pictures, as soon as the page has it.
(() => {
  const draw = () => {
    for (const root of document.querySelectorAll('.pechead-chart:not([data-ready])')) {
      root.dataset.ready = 'yes';
      const chart = JSON.parse(root.dataset.chart);
      const still = root.querySelector('img'), moving = still.nextElementSibling;
      moving.style.display = '';
      still.style.display = 'none';
      Plotly.newPlot(root.querySelector('.pechead-plot'), chart.data, chart.layout, { displaylogo: false })
        .catch(error => { moving.style.display = 'none'; still.style.display = ''; throw error; });
    }
  };
  if (window.Plotly) draw();
  else addEventListener('pechead-plotly', draw, { once: true });
})();
