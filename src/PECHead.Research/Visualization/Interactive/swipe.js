// Moves the border between two frames that lie on each other.
(() => {
  for (const root of document.querySelectorAll('.pechead-swipe:not([data-ready])')) {
    root.dataset.ready = 'yes';
    const stage = root.querySelector('.pechead-stage');
    const slider = root.querySelector('input');
    const move = share => {
      slider.value = share;
      root.querySelector('.pechead-over').style.clipPath = `inset(0 0 0 ${share}%)`;
      root.querySelector('.pechead-divider').style.left = share + '%';
    };
    const follow = event => {
      const box = stage.getBoundingClientRect();
      move(Math.max(0, Math.min(100, 100 * (event.clientX - box.left) / box.width)));
    };
    slider.addEventListener('input', () => move(slider.value));
    stage.addEventListener('pointerdown', event => { stage.setPointerCapture(event.pointerId); follow(event); });
    stage.addEventListener('pointermove', event => { if (event.buttons) follow(event); });
    move(slider.value);
  }
})();
