// Puts the page together: the state, its controls, the socket and the pictures.
import { Connection } from './connection.js';
import { button, check, choice, make, slider, tabs, within, words } from './controls.js';
import { keepPanel } from './keep.js';
import { BranchColours, Layers } from './layers.js';
import { performPanel } from './perform.js';
import { Stage } from './stage.js';
import { load, rest, save, state, view } from './state.js';

const Head = [
  { name: 'yaw', least: -45, most: 45, step: 0.5, meaning: 'Degrees; to the right of the picture' },
  { name: 'pitch', least: -35, most: 35, step: 0.5, meaning: 'Degrees; down' },
  { name: 'roll', least: -45, most: 45, step: 0.5, meaning: 'Degrees; counter-clockwise' },
  { name: 'zoom', least: 0.6, most: 1.6, step: 0.01, meaning: 'Times as large' },
  { name: 'shift_x', label: 'Shift right', least: -0.6, most: 0.6, step: 0.01, meaning: 'Half frames' },
  { name: 'shift_y', label: 'Shift down', least: -0.6, most: 0.6, step: 0.01, meaning: 'Half frames' },
];
const Presets = {
  Smile: { smile: 0.9 }, Surprise: { mouth_open: 0.8, brow_up: 1 }, Kiss: { pucker: 1 }, Wink: { blink_left: 1, smile: 0.4 }, Frown: { brow_down: 1, smile: -0.5 },
  'Look left': { yaw: -22 }, 'Look right': { yaw: 22 }, 'Look up': { pitch: -15 },
};

const byId = id => document.getElementById(id);
const status = byId('status'), message = byId('message');
const sliders = new Map(), uploads = new Map(), fresh = new Set(), latencies = [];
let studio = null, described = null;

const tell = text => {
  message.hidden = !text;
  message.textContent = text;
};

const stage = new Stage(byId('stage'), {
  move: changes => {
    for (const [name, change] of Object.entries(changes)) {
      set(name, within(Head.find(one => one.name === name), (state.values[name] ?? rest(name)) + change));
    }
    update();
  },
  point: (model, x, y) => connection.ask({ kind: 'offsets', model, x, y }),
});

const answered = {
  frame: async answer => {
    if (!await stage.frame(answer)) return;
    tell('');
    const wait = connection.since(answer.id);
    // The first picture of a photograph waits for its encoding, and for the model.
    if (!Number.isFinite(wait) || fresh.delete(answer.model)) return;
    latencies.push(wait);
    if (latencies.length > 21) latencies.shift();
    status.textContent = `${Math.round([...latencies].sort((a, b) => a - b)[latencies.length >> 1])} ms from slider to picture`;
  },
  numbers: answer => {
    stage.numbers(answer.numbers);
    byId('numbers')?.replaceChildren(...answer.numbers.map(({ model, difference, identity }) => make('tr', {},
      make('th', { scope: 'row' }, model), make('td', {}, difference.toFixed(4)), make('td', {}, identity === undefined ? 'no face' : identity.toFixed(3)))));
  },
  offsets: answer => { stage.offsets(answer); describeOffsets(answer.offsets); },
  error: async answer => {
    if (answer.message.includes('no longer here') && uploads.has(state.photograph)) return bring(uploads.get(state.photograph));
    if (performing.error(answer)) return;
    stage.cards.get(answer.model)?.fail(answer.message);
    if (answer.model) return;
    stage.wait(false);
    tell(answer.message);
  },
};

const connection = new Connection({
  open: () => { status.dataset.state = 'open'; status.textContent = 'ready'; update(); },
  closed: () => { status.dataset.state = 'waiting'; status.textContent = 'the studio does not answer; trying again'; performing.closed(); },
  answer: answer => (answered[answer.kind] ?? performing.answers[answer.kind])?.(answer),
});

const performing = performPanel(byId('panel-perform'), connection, stage, { modes: () => described?.modes ?? [], ended: update });

// A moved slider asks for a picture; the server drops what it had no time for.
function update() {
  save();
  if (studio && state.photograph && state.models.length && !performing.isOn) connection.ask({ kind: 'pose', view: view() });
}

function set(name, value) {
  state.values[name] = value;
  sliders.get(name)?.show(value);
}

function reset(values = {}) {
  state.values = {};
  state.frontalize = false;
  for (const [name, one] of sliders) one.show(rest(name));
  for (const [name, value] of Object.entries(values)) if (sliders.has(name)) set(name, value);
  byId('frontalize')?.setAttribute('aria-pressed', 'false');
  update();
}

function posePanel() {
  sliders.clear();
  const moved = (name, value) => { state.values[name] = value; update(); };
  const made = one => {
    const control = slider({ ...one, rest: rest(one.name) }, moved);
    sliders.set(one.name, control);
    if (one.name in state.values) {
      // A link may ask for more than there is.
      const kept = within(one, state.values[one.name]);
      if (kept !== state.values[one.name]) moved(one.name, kept);
      control.show(kept);
    }
    return control.element;
  };
  const known = new Set([...Head, ...described.sliders].map(one => one.name));
  const presets = Object.entries(Presets).filter(([, values]) => Object.keys(values).every(name => known.has(name)));
  byId('panel-pose').replaceChildren(
    make('div', { className: 'row' },
      button('Frontalise', pressed => { state.frontalize = !state.frontalize; pressed.setAttribute('aria-pressed', state.frontalize); update(); }, { id: 'frontalize', 'aria-pressed': String(state.frontalize) }),
      button('Reset', () => reset(), { id: 'reset' })),
    make('div', { className: 'row small', role: 'group', 'aria-label': 'Presets' }, ...presets.map(([name, values]) => button(name, () => reset(values)))),
    make('h2', {}, 'Head'), ...Head.map(made),
    make('h2', {}, 'Expression'), ...described.sliders.map(one => made({ ...one, step: (one.most - one.least) / 100, label: words(one.name) })));
}

// In the order of the server: the first is the one that others are compared with.
function pick(names) {
  state.models = studio.models.map(model => model.name).filter(name => names.includes(name));
  state.chosen = true;
}

const settingsTitle = () => studio.settings.length === 6 ? 'The six settings' : 'The settings';

// Who opens Compare for the first time sees the settings, unless models were chosen.
function compareFirst() {
  if (state.chosen || studio.settings.length < 2) return false;
  pick([...state.models, ...studio.settings]);
  return true;
}

function comparePanel() {
  const panel = byId('panel-compare');
  const chosen = names => {
    pick(names);
    choose();
    comparePanel();
  };
  const rows = studio.models.map(model => check(model.name, state.models.includes(model.name), on => {
    const names = on ? [...state.models, model.name] : state.models.filter(name => name !== model.name);
    if (names.length) chosen(names);
    else comparePanel();
  }, { title: model.title }));
  const head = text => make('th', { scope: 'col' }, text);
  panel.replaceChildren(
    make('h2', {}, 'Models'), make('div', { className: 'row' },
      ...(studio.settings.length > 1 ? [button(settingsTitle(), () => chosen(studio.settings))] : []),
      button('All', () => chosen(studio.models.map(model => model.name))), button('Only the first', () => chosen([studio.models[0].name]))),
    make('div', { role: 'group', 'aria-label': 'Models' }, ...rows),
    make('h2', {}, 'Numbers'),
    make('table', {}, make('thead', {}, make('tr', {}, head('model'), head('Δ to the first'), head('identity'))), make('tbody', { id: 'numbers' })),
    make('p', { className: 'hint' }, 'Δ is the mean absolute difference to the first picture, of 1. Identity is the cosine of the face descriptors of photograph and picture. Both come when the sliders rest.'));
}

function insidePanel() {
  const layer = ([name, text]) => check(text, state.layers.includes(name), on => {
    state.layers = on ? [...state.layers, name] : state.layers.filter(other => other !== name);
    stage.mark();
    stage.redraw();
    update();
  });
  byId('panel-inside').replaceChildren(
    make('h2', {}, 'Layers'), make('div', { role: 'group', 'aria-label': 'Layers' }, ...Layers.map(layer)),
    make('h2', {}, 'Motion'), choice('Which', ['frame', 'keypoints', 'landmarks', 'joined'], state.motion, name => { state.motion = name; save(); stage.redraw(); }),
    make('p', { className: 'hint' }, 'frame: the motion of the picture itself. keypoints: the global branch. landmarks: the local branch. joined: all points in one branch.'),
    make('h2', {}, 'Deformable offsets'), make('div', { id: 'offsets', className: 'hint' }, 'Switch the layer on and move over a picture: the photograph shows where each branch looks, a circle a tap, its area the weight.'));
}

function describeOffsets(branches) {
  const rows = branches.map((branch, i) => {
    const mean = at => branch.samples.reduce((sum, sample) => sum + at(sample), 0) / branch.samples.length;
    const swatch = make('span', { className: 'swatch' });
    swatch.style.background = BranchColours[i];
    return make('tr', {}, make('th', { scope: 'row' }, swatch, branch.branch), make('td', {}, `${branch.columns}×${branch.rows}`),
      make('td', {}, `${mean(s => s[3] - s[1]).toFixed(1)}, ${mean(s => s[4] - s[2]).toFixed(1)}`), make('td', {}, mean(s => s[5]).toFixed(2)));
  });
  const head = text => make('th', { scope: 'col' }, text);
  byId('offsets').replaceChildren(rows.length
    ? make('table', {}, make('thead', {}, make('tr', {}, head('branch'), head('level'), head('offset x, y'), head('weight'))), make('tbody', {}, ...rows))
    : 'This model only warps: it has no deformable offsets. mmfa and full have.');
}

const fetched = async (address, options) => {
  const response = await fetch(address, options);
  if (!response.ok) throw new Error(await response.text() || `The studio refused this (${response.status} ${response.statusText}).`);
  return response;
};

// The chosen models changed: the controls are those of the first.
async function choose() {
  for (const name of state.models) if (!stage.cards.has(name)) fresh.add(name);
  stage.arrange();
  stage.wait();
  update();
  const first = state.models[0];
  if (described?.name === first) return;
  try {
    described = { name: first, ...await (await fetched(`models/${encodeURIComponent(first)}`)).json() };
    posePanel();
    performing.described();
  } catch (error) {
    tell(error.message);
  }
}

function open(id) {
  state.photograph = id;
  for (const sample of byId('samples').children) sample.setAttribute('aria-pressed', sample.dataset.id === id);
  tell('');
  for (const name of state.models) fresh.add(name);
  stage.photograph(`photographs/${encodeURIComponent(id)}`);
  stage.wait();
  performing.changed();
  update();
}

async function bring(file) {
  if (!file) return;
  if (file.size > studio.largestUpload) return tell(`${file.name} has ${Math.ceil(file.size / 1048576)} MB; the studio takes ${studio.largestUpload / 1048576}.`);
  tell('');
  status.textContent = `reading ${file.name}`;
  try {
    const photograph = await (await fetched(`photographs?name=${encodeURIComponent(file.name)}`, { method: 'POST', body: file })).json();
    uploads.set(photograph.id, file);
    sample(photograph);
    open(photograph.id);
  } catch (error) {
    tell(error.message);
  }
  status.textContent = connection.isOpen ? 'ready' : status.textContent;
}

function sample({ id, title }) {
  const picture = button('', () => open(id), { 'aria-pressed': 'false', title });
  picture.dataset.id = id;
  picture.append(make('img', { src: `photographs/${encodeURIComponent(id)}`, alt: title }));
  byId('samples').append(picture);
}

addEventListener('dragover', event => { event.preventDefault(); document.body.classList.add('dropping'); });
addEventListener('dragleave', event => { if (!event.relatedTarget) document.body.classList.remove('dropping'); });
addEventListener('drop', event => {
  event.preventDefault();
  document.body.classList.remove('dropping');
  bring(event.dataTransfer.files[0]);
});
byId('file').addEventListener('change', event => { bring(event.target.files[0]); event.target.value = ''; });

load(Head);
studio = await (await fetched('studio')).json();
state.models = state.models.filter(name => studio.models.some(model => model.name === name));
state.chosen = state.models.length > 0;
if (!state.chosen) state.models = [...studio.shown];
if (state.tab === 'compare') compareFirst();
studio.samples.forEach(sample);
byId('tray').append(check('Paste back into the whole photograph', state.whole, on => { state.whole = on; stage.redraw(); performing.changed(); update(); }, { id: 'whole' }));
tabs(byId('tabs'), ['pose', 'compare', 'inside', 'perform', 'keep'], state.tab, name => {
  state.tab = name;
  if (name === 'compare' && compareFirst()) { comparePanel(); choose(); }
  save();
});
comparePanel();
insidePanel();
keepPanel(byId('panel-keep'), stage, fetched, tell);
stage.arrange();
if (!state.photograph && studio.samples.length) state.photograph = studio.samples[0].id;
if (state.photograph) open(state.photograph);
await choose();
