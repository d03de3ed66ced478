// The pictures: the photograph, and what every model makes of it, with layers over them.
import { check, make } from './controls.js';
import { drawModel, drawSource } from './layers.js';
import { state } from './state.js';

const DegreesAcross = 110, FramesAcross = 2, KeyDegrees = 2, KeyShift = 0.02, Cells = 32;
const Space = 'http://www.w3.org/2000/svg';

class Card {
  answer = null;
  at = [0.5, 0.5];

  constructor(name, { model = true } = {}) {
    this.name = name;
    this.image = make('img', { alt: model ? `The photograph as ${name} shows it` : 'The head of the photograph', draggable: false });
    this.image.addEventListener('load', () => this.fail(''));
    this.image.addEventListener('error', () => this.fail('This picture cannot be shown.'));
    this.overlay = document.createElementNS(Space, 'svg');
    this.overlay.setAttribute('viewBox', '0 0 1 1');
    this.overlay.setAttribute('aria-hidden', 'true');
    this.view = make('div', { className: 'view' }, this.image, this.overlay);
    this.time = make('span');
    this.numbers = make('span', { className: 'numbers' });
    this.caption = make('figcaption', {}, make('b', {}, model ? name : 'photograph'), this.time, this.numbers);
    this.element = make('figure', {}, this.view, this.caption);
    this.element.dataset.card = name;
  }

  fail(message) {
    this.view.querySelector('.failure')?.remove();
    // It may be longer than the picture is high: then it scrolls, by keys too.
    if (message) this.view.append(make('p', { className: 'failure', tabIndex: 0 }, message));
    delete this.element.dataset.waiting;
  }

  show(bytes, type = 'jpeg') {
    this.fail('');
    this.bytes = bytes;
    this.image.src = `data:image/${type};base64,${bytes}`;
    return this.image.decode().catch(() => {});
  }
}

export class Stage {
  cards = new Map();

  constructor(holder, on) {
    [this.holder, this.on] = [holder, on];
    this.source = new Card('source', { model: false });
  }

  get active() { return this.cards.get(this.activeName) ?? this.cards.get(state.models[0]); }

  // One card a chosen model.
  arrange() {
    for (const name of this.cards.keys()) if (!state.models.includes(name)) this.cards.delete(name);
    for (const name of state.models) if (!this.cards.has(name)) this.cards.set(name, this.#card(name));
    const all = [this.source, ...state.models.map(name => this.cards.get(name))];
    const columns = all.length <= 3 ? all.length : Math.ceil(all.length / 2);
    this.holder.style.setProperty('--columns', columns);
    this.holder.style.setProperty('--rows', Math.ceil(all.length / columns));
    this.holder.replaceChildren(...all.map(card => card.element));
    this.mark();
    this.redraw();
  }

  wait(waiting = true) { for (const card of this.cards.values()) card.element.dataset.waiting = waiting; }

  photograph(address) {
    this.source.image.src = address;
    for (const card of [this.source, ...this.cards.values()]) card.numbers.textContent = '';
  }

  async frame(answer) {
    const card = this.cards.get(answer.model);
    if (!card || answer.id < (card.answer?.id ?? 0)) return false;
    card.answer = answer;
    delete card.element.dataset.waiting;
    card.time.textContent = `${Math.round(answer.milliseconds)} ms`;
    this.source.numbers.textContent = answer.faces ? `${answer.faces} faces: the largest is posed` : '';
    await card.show(answer.picture);
    card.image.dataset.id = answer.id;
    this.redraw();
    if (card === this.active) this.#point(card);
    return true;
  }

  numbers(list) {
    for (const { model, difference, identity } of list) {
      const card = this.cards.get(model);
      if (!card) continue;
      const apart = model === list[0].model ? '' : `Δ ${difference.toFixed(4)}`;
      card.numbers.textContent = [apart, identity === undefined ? 'no face' : `identity ${identity.toFixed(3)}`].filter(Boolean).join('  ');
      card.numbers.title = 'Δ: mean absolute difference to the first picture, of 1. Identity: cosine of the face descriptors of photograph and picture.';
    }
  }

  offsets(answer) {
    const card = this.cards.get(answer.model);
    if (card) card.offsets = answer.offsets;
    this.redraw();
  }

  mark() {
    for (const card of this.cards.values()) card.element.dataset.active = String(this.cards.size > 1 && card === this.active && state.layers.length > 0);
  }

  redraw() {
    for (const card of this.cards.values()) {
      const layered = state.layers.length > 0;
      card.toggle.hidden = !layered;
      card.view.classList.toggle('crosshair', state.layers.includes('offsets'));
      drawModel(card.overlay, card.answer, state.hidden.includes(card.name) ? [] : state.layers, card.offsets);
    }
    const shown = this.active;
    drawSource(this.source.overlay, shown?.answer, shown && state.hidden.includes(shown.name) ? [] : state.layers, shown?.offsets);
  }

  #card(name) {
    const card = new Card(name);
    card.view.tabIndex = 0;
    card.view.setAttribute('role', 'application');
    card.view.setAttribute('aria-label', `${name}: drag to turn the head, with Shift to move it. Arrow keys do the same, and with Alt they choose the pixel whose offsets are shown.`);
    card.toggle = check('layers', !state.hidden.includes(name), on => {
      state.hidden = state.hidden.filter(other => other !== name);
      if (!on) state.hidden.push(name);
      this.redraw();
    });
    card.toggle.className = '';
    card.caption.append(card.toggle);
    this.#drag(card);
    card.view.addEventListener('keydown', event => {
      const way = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[event.key];
      if (!way) return;
      event.preventDefault();
      if (event.altKey) {
        this.#activate(card);
        this.#point(card, card.at.map((value, i) => Math.min(1, Math.max(0, value + way[i] / Cells))));
      } else if (event.shiftKey) this.on.move({ shift_x: way[0] * KeyShift, shift_y: way[1] * KeyShift });
      else this.on.move({ yaw: way[0] * KeyDegrees, pitch: way[1] * KeyDegrees });
    });
    return card;
  }

  #drag(card) {
    let at = null;
    card.view.addEventListener('pointerdown', event => {
      if (event.button !== 0) return;
      card.view.setPointerCapture(event.pointerId);
      at = [event.clientX, event.clientY];
      this.#activate(card);
    });
    card.view.addEventListener('pointermove', event => {
      const box = card.view.getBoundingClientRect();
      if (at) {
        const [x, y] = [(event.clientX - at[0]) / box.width, (event.clientY - at[1]) / box.height];
        at = [event.clientX, event.clientY];
        if (event.shiftKey) this.on.move({ shift_x: x * FramesAcross, shift_y: y * FramesAcross });
        else this.on.move({ yaw: x * DegreesAcross, pitch: y * DegreesAcross });
      } else if (state.layers.includes('offsets')) {
        this.#activate(card);
        this.#point(card, [(event.clientX - box.left) / box.width, (event.clientY - box.top) / box.height]);
      }
    });
    for (const end of ['pointerup', 'pointercancel']) card.view.addEventListener(end, () => { at = null; });
  }

  // Asks where the deformable convolutions look for a place.
  #point(card, at = card.at) {
    card.at = at;
    if (state.layers.includes('offsets')) this.on.point(card.name, ...at);
  }

  #activate(card) {
    if (this.activeName === card.name) return;
    this.activeName = card.name;
    this.mark();
    this.redraw();
  }
}
