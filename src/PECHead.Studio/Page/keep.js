// What a user takes along.
import { button, make } from './controls.js';
import { link, state, view } from './state.js';

const Side = 768;

const give = (content, name) => {
  const address = URL.createObjectURL(content);
  make('a', { href: address, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(address), 10_000);
};

const escaped = text => new XMLSerializer().serializeToString(document.createTextNode(text));

// The picture with its layers, beside the photograph with its own.
const drawing = cards => {
  const inner = cards.map((card, i) => {
    const overlay = card.overlay.cloneNode(true);
    overlay.querySelector('[data-nose]')?.remove();
    return `<svg x="${i * Side}" width="${Side}" height="${Side}" viewBox="0 0 1 1"><image href="${card.address}" width="1" height="1"/>${overlay.innerHTML}</svg>`
      + `<text x="${i * Side + 12}" y="${Side + 24}" font-family="sans-serif" font-size="18">${escaped(card.caption.querySelector('b').textContent)}</text>`;
  });
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${cards.length * Side} ${Side + 36}">${inner.join('')}</svg>`;
};

// A picture of the socket is in its address already; the photograph is not.
const embedded = async image => {
  if (image.src.startsWith('data:')) return image.src;
  const content = await (await fetch(image.src)).blob();
  return new Promise(resolve => {
    const reader = new FileReader();
    reader.onload = () => resolve(reader.result);
    reader.readAsDataURL(content);
  });
};

export const keepPanel = (panel, stage, fetched, tell) => {
  const lines = make('textarea', { id: 'lines', readOnly: true, spellcheck: false, 'aria-label': 'C# lines that make this picture' });
  const posted = address => fetched(address, { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(view()) });
  const during = work => async pressed => {
    pressed.disabled = true;
    try { await work(); tell(''); } catch (error) { tell(error.message); }
    pressed.disabled = false;
  };
  const copy = text => navigator.clipboard.writeText(text);
  panel.replaceChildren(make('div', { className: 'stack' },
    make('h2', {}, 'Pictures'),
    button('Picture (PNG, every pixel)', during(async () => give(await (await posted('picture')).blob(), `${state.models[0]}.png`)), { className: 'wide', id: 'keep-png' }),
    button('Drawing with the layers (SVG)', during(async () => {
      // A model that refused the pose has no picture.
      const cards = [stage.source, ...stage.cards.values()].filter(card => card.image.naturalWidth && !card.view.querySelector('.failure'));
      for (const card of cards) card.address = await embedded(card.image);
      give(new Blob([drawing(cards)], { type: 'image/svg+xml' }), 'layers.svg');
    }), { className: 'wide', id: 'keep-svg' }),
    button('Film: into the pose and back (MP4)', during(async () => give(await (await posted('film')).blob(), `${state.models[0]}.mp4`)), { className: 'wide', id: 'keep-mp4' }),
    make('h2', {}, 'This view'),
    button('Copy the link', during(() => copy(location.origin + link())), { className: 'wide', id: 'keep-link' }),
    button('C# lines that make this picture', during(async () => { lines.value = await (await posted('lines')).text(); }), { className: 'wide', id: 'keep-lines' }),
    lines, button('Copy the lines', during(() => copy(lines.value)), { className: 'wide' }),
    make('p', { className: 'hint' }, 'PNG, MP4 and the lines are of the first model. A link holds the token of this machine: it opens here alone.')));
};
