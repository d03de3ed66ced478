// Defines Plotly from its compressed text and tells the charts that wait for it.
(async packed => {
  if (!window.Plotly) {
    const bytes = Uint8Array.from(atob(packed), letter => letter.charCodeAt(0));
    const plain = new Blob([bytes]).stream().pipeThrough(new DecompressionStream('deflate'));
    // A page with a module loader, as Jupyter's, would be given plotly.js as a module: hide the loader.
    new Function('define', 'exports', 'module', await new Response(plain).text()).call(window);
  }
  dispatchEvent(new Event('pechead-plotly'));
})('PACKED');
