// Steps through a video frame by frame with the keys , and .
(() => {
  for (const root of document.querySelectorAll('.pechead-video:not([data-ready])')) {
    root.dataset.ready = 'yes';
    const video = root.querySelector('video');
    const frame = 1 / Number(root.dataset.rate);
    video.addEventListener('keydown', event => {
      if (event.key !== ',' && event.key !== '.') return;
      video.pause();
      video.currentTime += event.key === '.' ? frame : -frame;
    });
  }
})();
